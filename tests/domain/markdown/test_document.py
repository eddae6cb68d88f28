import json
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind

DATA = Path(__file__).parents[2] / "data"


def read(text: str) -> Document:
    return parse("MEMORY.md", text.encode())


def destinations(text: str) -> list[str]:
    return [link.destination for link in read(text).links]


def wiki_names(text: str) -> list[str]:
    return [link.name for link in read(text).wiki_links]


def place(document: Document, offset: int) -> tuple[int, int]:
    position = document.position(offset)
    return position.line, position.column


# --- Links ---


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("a [b](c.md) d", "c.md", "[b](c.md)"),
        ('[b](<c d.md> "title")', "c d.md", '[b](<c d.md> "title")'),
        (r"[b](c\_d.md)", "c_d.md", r"[b](c\_d.md)"),
        ("[b](c&amp;d.md)", "c&d.md", "[b](c&amp;d.md)"),
        ("[b](c%20d.md)", "c%20d.md", "[b](c%20d.md)"),
        ("[b](c(d).md)", "c(d).md", "[b](c(d).md)"),
        ("[b][c]\n\n[c]: d.md", "d.md", "[b][c]"),
        ("[b][]\n\n[b]: d.md", "d.md", "[b][]"),
        ("[b]\n\n[B]: d.md", "d.md", "[b]"),
        ("![b](c.png)", "c.png", "![b](c.png)"),
        ("<https://example.com/a>", "https://example.com/a", "<https://example.com/a>"),
        ("<ann@example.com>", "mailto:ann@example.com", "<ann@example.com>"),
        ('a <a class="x" href="b.md">c</a>', "b.md", '<a class="x" href="b.md">'),
        ("<div>\n<IMG SRC=b.png>\n</div>", "b.png", "<IMG SRC=b.png>"),
        ("<a title='x > y' href='b&amp;c.md'>d</a>", "b&c.md", "<a title='x > y' href='b&amp;c.md'>"),
        ("| a |\n|---|\n| [b](c.md) |", "c.md", "[b](c.md)"),
        ("- a\n  - b\n\n    > [c](d.md)", "d.md", "[c](d.md)"),
        ("# [b](c.md)", "c.md", "[b](c.md)"),
        ("a[^1]\n\n[^1]: [b](c.md)", "c.md", "[b](c.md)"),
        ("- [x] [b](c.md)", "c.md", "[b](c.md)"),
    ],
)
@pytest.mark.parametrize("before", ["", "\ufeff", "---\nname: x [y](z.md)\n---\n", "目次 \U0001f600é\n\n"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_every_kind_of_link_stands_where_it_stands(
    text: str, wanted: str, shown: str, before: str, eol: str
) -> None:
    document = read((before + text + "\n").replace("\n", eol))
    [link] = document.links
    assert link.destination == wanted
    assert document.slice(link.span) == shown


def test_links_in_links_come_in_order() -> None:
    document = read("[![a](b.png)](c.md) <a href=d.md>[e](f.md)</a>")
    assert [link.destination for link in document.links] == ["c.md", "b.png", "d.md", "f.md"]
    assert document.links[0].text == "a"


@pytest.mark.parametrize(
    "text",
    [
        "`[a](b.md)`",
        "``[a](b.md) ` [a](b.md)``",
        "```\n[a](b.md)\n```",
        "~~~ md\n[a](b.md)",
        "    [a](b.md)",
        "- a\n\n      [a](b.md)",
        "<!-- [a](b.md) -->",
        "<!--\n[a](b.md)\n\n[a](b.md) <a href=b.md>\n-->",
        "- a <!-- [a](b.md)\n  <a href=b.md> -->",
        "- <!--\n  <a href=b.md>\n  -->",
        "> <!--\n> <a href=b.md>\n> -->",
        "<pre>\n[a](b.md)\n</pre>",
        "---\nname: '[a](b.md)'\n---",
        r"\[a](b.md) [a\](b.md)",
        "[a] (b.md) [a][b]",
        "<b href=b.md> <a data-href=b.md> <a>",
        "[a]: b.md",
    ],
)
def test_what_is_no_link(text: str) -> None:
    assert destinations(text + "\n") == []


def test_the_links_of_the_commonmark_specification() -> None:
    examples = json.loads((DATA / "commonmark-links.json").read_text(encoding="utf-8"))["examples"]
    different = [
        number
        for number, text, wanted in examples
        if list(map(unquote, destinations(text))) != list(map(unquote, wanted))
    ]
    assert (len(examples), different) == (652, [])


def test_definitions_are_kept_by_label() -> None:
    document = read("---\nname: x\n---\n[a][b]\n\n[b]: é.md\n")
    assert document.definitions["b"].destination == "é.md"
    assert document.slice(document.definitions["b"].span).strip() == "[b]: é.md"


# --- Wiki links ---


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("a [[b]] c", "b", "[[b]]"),
        ("é [[ b c ]]", "b c", "[[ b c ]]"),
        ("[[b|the b]]", "b", "[[b|the b]]"),
        ("[[b#part]]", "b", "[[b#part]]"),
        ("[[b#part|the b]]", "b", "[[b#part|the b]]"),
        ("- **[[目次_b-c.md]]**", "目次_b-c.md", "[[目次_b-c.md]]"),
        ("| [[b]] |\n|---|", "b", "[[b]]"),
        ("# [[b]]", "b", "[[b]]"),
        (r"| [[b\|the b]] |" + "\n|---|", "b", r"[[b\|the b]]"),
    ],
)
def test_wiki_links(text: str, name: str, shown: str) -> None:
    document = read("\ufeff" + text + "\r\n")
    [link] = document.wiki_links
    assert link.name == name
    assert document.slice(link.span) == shown


@pytest.mark.parametrize(
    "text",
    [
        "`[[x]]` ``[[x]]``",
        "```\n[[x]]\n```",
        "    [[x]]",
        "<!-- [[x]] --> a <!-- [[x]] -->",
        "---\nname: '[[x]]'\n---",
        r"\[\[x\]\] \[[x]] [\[x]]",
        "[[2,1,0],[1,3,1]] [[2, 1-1j], [1+1j, 3]]",
        "![[x]]",
        "[[]] [[ ]] [[|x]] [[#x]]",
        "[[x\ny]]",
        "[[x]\n\n[x]]",
        "[[x]](y.md)",
    ],
)
def test_what_is_no_wiki_link(text: str) -> None:
    assert wiki_names(text + "\n") == []


# --- Positions ---


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_positions_count_from_one_in_code_points(bom: str, eol: str) -> None:
    document = read((bom + "[a](b.md)\n\té\U0001f600 [a](b.md)\n\n> 目 [a](b.md)\n").replace("\n", eol))
    assert [place(document, link.span.start) for link in document.links] == [(1, 1), (2, 5), (4, 5)]
    assert place(document, 0) == (1, 1)
    assert place(document, len(document.source)) == (5, 1)


def test_positions_where_bytes_were_replaced() -> None:
    document = parse("MEMORY.md", b"caf\xe9 \xff [a](b.md)\n")
    [link] = document.links
    assert (document.undecodable, place(document, link.span.start)) == (3, (1, 8))
    assert document.slice(link.span) == "[a](b.md)"


# --- Blocks, headings, entries ---

EVERYTHING = """\
# One *two* `three` [four](five.md)

Setext
======

- a
  - nested

  more
- b
1) c

text
text

| a | b |
|---|---|
| c | d |

> quote

---

~~~
code
~~~

    indented

<div>
</div>

<!-- memoryd: note -->

a[^1]

[^1]: foot
"""


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "---\nname: é\n---\n", "\ufeff---\nname: x\n---\n"])
def test_every_kind_of_block(before: str, eol: str) -> None:
    document = read((before + EVERYTHING).replace("\n", eol))
    assert [block.kind for block in document.blocks] == [
        BlockKind.HEADING,
        BlockKind.HEADING,
        BlockKind.LIST,
        BlockKind.LIST,
        BlockKind.PARAGRAPH,
        BlockKind.TABLE,
        BlockKind.QUOTE,
        BlockKind.RULE,
        BlockKind.CODE,
        BlockKind.CODE,
        BlockKind.HTML,
        BlockKind.HTML,
        BlockKind.PARAGRAPH,
        BlockKind.FOOTNOTE,
    ]
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "One two three four"),
        (1, "Setext"),
    ]
    assert document.slice(document.headings[1].span) == f"Setext{eol}======{eol}"
    assert [document.slice(entry.span).replace("\r", "") for entry in document.entries] == [
        "- a\n  - nested\n\n  more\n",
        "- b\n",
        "1) c\n",
        "text\ntext\n",
        "| a | b |\n|---|---|\n| c | d |\n",
        "> quote\n",
        "~~~\ncode\n~~~\n",
        "    indented\n",
        "<div>\n</div>\n",
        "a[^1]\n",
        "[^1]: foot\n",
    ]


def test_headings_in_lists_and_quotes_are_none() -> None:
    assert read("- # a\n\n> # b\n").headings == ()


def test_an_empty_file_has_nothing() -> None:
    document = read("")
    assert (document.blocks, document.entries, document.links, document.body) == ((), (), (), 0)


# --- Laws ---

MARKS = "-|*|1.|#|##|>|   |\t|```|~~~|`|[|]|(|)|<|[[|]]|<!--|-->|<div>|</a>|---|===|\\|_|$|~|[^1]|[^1]:|- [ ]"
LINKS = """[a](b.md)|[[x]]|![i](j.png)|[r]|[r]: s.md|<a href="h.md">|https://e.com|<e@f.gh>"""
BREAKS = [" ", " ", "\n", "\n", "\n\n", "\r\n", "\r", "|", "| a |\n|---|\n", "\ufeff", "\x0b", "\u2028"]
WORDS = ["a", "é", "目", "\U0001f600", "&amp;", "!", "---\nname: x\n---\n"]
PIECES = st.sampled_from(MARKS.split("|") + LINKS.split("|") + BREAKS + WORDS)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
def test_what_holds_of_any_text(text: str) -> None:
    document = read(text)
    size = len(document.source)
    assert document.raw == document.source == text.encode()
    spans = [
        [block.span for block in document.blocks],
        [entry.span for entry in document.entries],
        [heading.span for heading in document.headings],
        [link.span for link in document.links],
        [link.span for link in document.wiki_links],
        list(document.prose),
    ]
    for group in spans:
        assert all(document.body <= span.start < span.end <= size for span in group)
        assert group == sorted(group)
        assert all(document.slice(span) for span in group)
    blocks = spans[0]
    assert all(one.end <= other.start for one, other in pairwise(blocks))
    assert all(one.end <= other.start for one, other in pairwise(spans[1]))
    for span in spans[1] + spans[2]:
        assert any(block.start <= span.start and span.end <= block.end for block in blocks)
    assert all(document.slice(link.span)[0] in "[!<" for link in document.links)
    assert all(document.slice(link.span).startswith("[[") for link in document.wiki_links)


@given(TEXTS)
def test_positions_are_places_in_the_text(text: str) -> None:
    document = read(text)
    lines = text.removeprefix("\ufeff").split("\n")
    for link in document.links:
        line, column = place(document, link.span.start)
        assert lines[line - 1][column - 1] == document.slice(link.span)[0]


@given(TEXTS, st.binary(max_size=3))
def test_bytes_that_are_no_text_hurt_nothing(text: str, noise: bytes) -> None:
    raw = text.encode() + noise + text.encode()
    document = parse("MEMORY.md", raw)
    assert document.raw == raw
    assert (document.undecodable is None) == (document.source == raw)


@pytest.mark.parametrize(
    "piece",
    ["[", "[[", "<!--", "](", "![", "[[a]]", "[](a)", "<a href=a ", '<a "', " href=a", "`", "*a_ ", "> "],
)
@pytest.mark.parametrize("start", ["", "<div>\n<a", "- <!--\n"])
def test_hostile_text_ends(piece: str, start: str) -> None:
    read(start + piece * (100_000 // len(piece)))


# --- Lines, sections and keys ---


@given(TEXTS, st.data())
def test_the_line_of_an_offset_is_one_of_the_lines(text: str, data: st.DataObject) -> None:
    document = read(text)
    offset = data.draw(st.integers(0, len(document.source)))
    line = document.line_at(offset)
    before = document.source[: line.start].split(b"\n")
    assert (
        document.source[line.start : line.end].rstrip(b"\n") == document.source.split(b"\n")[len(before) - 1]
    )
    assert line.start <= offset <= line.end


@given(st.lists(st.integers(1, 6), max_size=12))
def test_a_section_reaches_to_the_next_heading_of_its_level_or_above(levels: list[int]) -> None:
    document = read("before\n\n" + "".join(f"{'#' * level} {n}\ntext\n" for n, level in enumerate(levels)))
    for number, section in enumerate(document.sections):
        heading, later = section.heading, document.headings[number + 1 :]
        ends = [each.span.start for each in later if each.level <= heading.level]
        assert section.span == (heading.span.start, ends[0] if ends else len(document.source))
        around = [each for each in document.sections[:number] if each.span.end >= section.span.end]
        assert section.above == tuple(each.heading for each in around)
        for offset in (heading.span.start, heading.span.end):
            assert document.heading_above(offset) == heading
            assert document.section_at(offset) == section
    assert document.heading_above(0) is None


@pytest.mark.parametrize(
    ("block", "key", "wanted"),
    [
        ("name: a\n", "name", "name: a"),
        ("nickname: b\nname: a  \n", "name", "name: a"),
        ("metadata:\n  name: b\nname: a\n", "name", "name: a"),
        ("metadata:\n  type: b\nx: 1\n", "metadata.type", "type: b"),
        ("type: a\nmetadata:\n    type: b\n", "metadata.type", "type: b"),
        ("'name' : a\n", "name", "'name' : a"),
        ("a.b: c\n", "a.b", "a.b: c"),
        ("name: ä\r\nx: y\r\n", "name", "name: ä"),
        ("{name: a}\n", "name", None),
        ("x: |\n  name: b\n", "name", None),
    ],
)
def test_the_line_of_a_key_is_found(block: str, key: str, wanted: str | None) -> None:
    document = read(f"\ufeff---\n{block}---\nname: no\n")
    span = document.front_matter and document.front_matter.key_span(key)
    assert (span and document.slice(span)) == wanted
