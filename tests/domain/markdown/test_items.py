import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.items import outline

TEXT = "- a\n  - b `c`\n    more\n- [x] d\n\n> - quoted\n\n1. e\n"
markdown = st.lists(
    st.sampled_from(["- a\n", "  - b\n", "* [x] c\n", "1. d\n", "> - q\n", "\n", "t `c`\n", "```\n", "# h\n"])
).map("".join)


def test_items_are_whole_lines_with_what_is_nested() -> None:
    document = parse("a.md", TEXT.encode())
    found = [(document.slice(item.span), item.is_done) for item in outline(document).items]
    assert found == [
        ("- a\n  - b `c`\n    more\n", False),
        ("  - b `c`\n    more\n", False),
        ("- [x] d\n", True),
        ("1. e\n", False),
    ]


def test_code_spans_are_told_from_text() -> None:
    document = parse("a.md", TEXT.encode())
    found = outline(document)
    assert [document.slice(span) for span in found.text_spans if span in found.code] == ["`c`"]


@pytest.mark.parametrize(("offset", "text"), [(0, b"a"), (8, b"b"), (15, b"b"), (28, b"d"), (40, None)])
def test_the_innermost_item_around_an_offset(offset: int, text: bytes | None) -> None:
    item = outline(parse("a.md", TEXT.encode())).innermost(offset)
    assert (item and TEXT.encode()[item.text : item.text + 1]) == text


@given(markdown)
def test_items_are_nested_or_apart(text: str) -> None:
    document = parse("a.md", text.encode())
    items = outline(document).items
    assert [item.span.start for item in items] == sorted({item.span.start for item in items})
    for one in items:
        assert one.span.start < one.text <= one.span.end
        assert one.span.start == document.line_at(one.span.start).start
        for other in items:
            inside = one.span.start <= other.span.start and other.span.end <= one.span.end
            assert inside or other.span.start >= one.span.end or other.span.start <= one.span.start
