import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.text.phrases import counted_lines, parts_in, without_signs, written_size


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999.6, "1.0 kB"),
        (1500, "1.5 kB"),
        (33_400_000, "33 MB"),
        (9_960_000, "10 MB"),
        (999_600, "1.0 MB"),
        (1e9, "1.0 GB"),
        (5e16, "50,000 TB"),
    ],
)
def test_sizes_have_the_largest_unit(size: float, written: str) -> None:
    assert written_size(size) == written


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([3], "line 3"),
        ([3, 5], "lines 3 and 5"),
        ([1, 2, 3, 4, 5], "lines 1, 2, 3, 4 and 5"),
        ([1, 2, 3, 4, 5, 6], "lines 1, 2, 3, 4 and 2 more"),
    ],
)
def test_lines_are_named(numbers: list[int], words: str) -> None:
    assert counted_lines(numbers) == words


def test_parts_are_found_in_any_case() -> None:
    assert parts_in("Heute ist Вчера", ("heute", "вчера", "today")) == ("heute", "вчера")


@given(st.text(st.sampled_from("aAb éÉя今ſ\n"), max_size=12))
def test_an_alphabet_makes_no_difference(text: str) -> None:
    parts = ("a", "ab", "b a", "é", "aé", "éa", "я", "今", "a今")
    assert parts_in(text, parts) == tuple(part for part in parts if part in text.lower())


def test_without_signs_a_text_is_words_and_lines() -> None:
    assert without_signs("It's a_b-2,\n(ok)") == "It s a b 2 \n ok "
