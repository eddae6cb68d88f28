import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.duplicates.spelling import comments_of, says_the_same, written_otherwise

texts = st.text(alphabet="aAbB `'()*-_.\nnot", max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("- Restart the worker.", "* restart the worker"),
        ("**Restart** the worker", "Restart the worker."),
        ("1. restart the\n   worker", "Restart the worker"),
    ],
)
def test_marks_emphasis_and_stops_do_not_matter(one: str, other: str) -> None:
    assert says_the_same(one, other)
    assert written_otherwise(one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "differing"),
    [
        ("run `make Test` first", "run `make test` first", (("make Test",), ("make test",))),
        ("ask the Cursor team", "ask the cursor team", (("Cursor",), ("cursor",))),
        ("it is (not) safe", "it is not safe", (("(not)",), ())),
    ],
)
def test_code_names_and_asides_tell_notes_apart(
    one: str, other: str, differing: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    assert written_otherwise(one, other) == differing
    assert written_otherwise(other, one) == differing[::-1]


def test_a_capital_at_the_start_of_a_sentence_is_none() -> None:
    assert written_otherwise("Cursor moves. Ask first", "cursor moves. ask first") is None


@given(texts, texts)
def test_the_comparison_has_two_equal_sides(one: str, other: str) -> None:
    assert says_the_same(one, one)
    assert written_otherwise(one, one) is None
    assert says_the_same(one, other) == says_the_same(other, one)
    there, back = written_otherwise(one, other), written_otherwise(other, one)
    assert (there and there[::-1]) == back


def test_comments_are_found_over_lines() -> None:
    assert comments_of("a <!-- b\nc --> d <!--e-->") == ["<!-- b\nc -->", "<!--e-->"]
