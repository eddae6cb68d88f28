import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from memoryd.domain.markdown.document import Document, parse

DATA = Path(__file__).parents[2] / "data"


def read(text: str) -> Document:
    return parse("MEMORY.md", text.encode())


def destinations(text: str) -> list[str]:
    return [link.destination for link in read(text).links]


def wiki_names(text: str) -> list[str]:
    return [link.name for link in read(text).wiki_links]


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
        ("![[b.png]]", "b.png", "![[b.png]]"),
        (r"\![[b]]", "b", "[[b]]"),
        ("see [[b]](as ever) too", "b", "[[b]]"),
        ("- [[b]](只是备注),再说", "b", "[[b]]"),
        ("**[[b]](note)**", "b", "[[b]]"),
        ("[[b]](example.com)", "b", "[[b]]"),
    ],
)
def test_wiki_links(text: str, name: str, shown: str) -> None:
    document = read("\ufeff" + text + "\r\n")
    [link] = document.wiki_links
    assert link.name == name
    assert document.slice(link.span) == shown


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[b#Part one]]", "Part one"),
        ("[[ b # Part one |the b]]", "Part one"),
        ("[[b#One#Two]]", "One#Two"),
        ("![[b#^block]]", "^block"),
        (r"| [[b#one\|the b]] |" + "\n|---|", "one"),
        ("[[b]]", ""),
    ],
)
def test_parts_of_wiki_links(text: str, part: str) -> None:
    [link] = read(text + "\n").wiki_links
    assert link.part == part


def test_wiki_links_to_parts_of_their_own_document() -> None:
    document = read("[[#One]] `[[#in code]]` [[#Two|2]] [[b#three]]\n")
    assert [link.part for link in document.own_parts] == ["One", "Two"]
    assert [link.name for link in document.wiki_links] == ["b"]


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
        "[[]] [[ ]] [[|x]] [[#x]]",
        "[[x\ny]]",
        "[[x]\n\n[x]]",
        "[[x]](y.md)",
    ],
)
def test_what_is_no_wiki_link(text: str) -> None:
    assert wiki_names(text + "\n") == []
