import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.text.units import Unit

TEXTS = st.text(st.sampled_from("aé漢🦊\u0301\n"), max_size=40)


@pytest.mark.parametrize(
    ("unit", "text", "size"),
    [
        (Unit.UTF16, "a🦊", 3),
        (Unit.CHARACTERS, "a🦊", 2),
        (Unit.TOKENS, "abc", 0),
        (Unit.TOKENS, "abcd", 1),
        (Unit.TOKENS, "abcdefg", 1),
        (Unit.TOKENS, "漢字", 1),
    ],
)
def test_the_size_of_a_text(unit: Unit, text: str, size: int) -> None:
    assert unit.size(text) == size


def test_a_suffix_begins_after_a_pair_that_does_not_fit() -> None:
    assert [Unit.UTF16.suffix("🦊a", most) for most in range(5)] == ["", "a", "a", "🦊a", "🦊a"]


@given(TEXTS, st.integers(0, 50), st.sampled_from(Unit))
def test_both_ends_are_parts_of_the_text_and_fit(text: str, most: int, unit: Unit) -> None:
    head, tail = unit.prefix(text, most), unit.suffix(text, most)
    assert text.startswith(head)
    assert text.endswith(tail)
    assert max(unit.size(head), unit.size(tail)) <= most
