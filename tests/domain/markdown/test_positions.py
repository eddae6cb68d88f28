import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import Document, parse


def read(text: str) -> Document:
    return parse("MEMORY.md", text.encode())


def place(document: Document, offset: int) -> tuple[int, int]:
    position = document.position(offset)
    return position.line, position.column


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


MARKS = "-|*|1.|#|##|>|   |\t|```|~~~|`|[|]|(|)|<|[[|]]|<!--|-->|<div>|</a>|---|===|\\|_|$|~|[^1]|[^1]:|- [ ]"
LINKS = """[a](b.md)|[[x]]|![i](j.png)|[r]|[r]: s.md|<a href="h.md">|https://e.com|<e@f.gh>"""
BREAKS = [" ", " ", "\n", "\n", "\n\n", "\r\n", "\r", "|", "| a |\n|---|\n", "\ufeff", "\x0b", "\u2028"]
WORDS = ["a", "é", "目", "\U0001f600", "&amp;", "!", "---\nname: x\n---\n"]
PIECES = st.sampled_from(MARKS.split("|") + LINKS.split("|") + BREAKS + WORDS)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
def test_positions_are_places_in_the_text(text: str) -> None:
    document = read(text)
    lines = text.removeprefix("\ufeff").split("\n")
    for link in document.links:
        line, column = place(document, link.span.start)
        assert lines[line - 1][column - 1] == document.slice(link.span)[0]
