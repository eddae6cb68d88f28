from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import parse
from memoryd.domain.search.facts import facts
from memoryd.domain.search.segments import CLOSE, OPEN, segment
from memoryd.domain.search.snippet import unmarked

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANY_TEXT)
def test_segmented_text_is_storable_and_keeps_its_lines(text: str) -> None:
    segmented = segment(text)
    segmented.encode()
    assert segmented.count("\n") == text.count("\n")
    assert not set(segmented) & {OPEN, CLOSE, "\x00", "\x1b"}


def test_segmenting_is_undone_for_people() -> None:
    assert unmarked(segment("a 日本語\ttext 한국"))[0] == "a 日本語 text 한국"


def test_columns_know_their_lines() -> None:
    document = parse(
        "a.md",
        "\ufeff---\r\ntype: user\r\nname: n\r\ndescription: d\r\n---\r\n\r\n# A\r\n\r\n## B\r\n".encode(),
    )
    indexed = facts(document, "/m").columns
    assert (indexed.name, indexed.description, indexed.headings) == ("n\na", "d", "A\nB")
    assert indexed.lines == ([3, 1], [4], [7, 9], [6])
    assert "type" not in indexed.body
