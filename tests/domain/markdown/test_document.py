from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import Document, parse


def read(text: str) -> Document:
    return parse("MEMORY.md", text.encode())


def test_an_empty_file_has_nothing() -> None:
    document = read("")
    assert (document.blocks, document.entries, document.links, document.body) == ((), (), (), 0)


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
