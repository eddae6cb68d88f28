import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.text.width import hang, width, wrap


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("目次", 4),
        ("ｱ", 1),
        ("Ａ", 2),
        ("\U0001f600", 2),
        ("a\u200db", 2),
        ("a\ufeff", 1),
    ],
)
def test_cells_that_a_text_takes(text: str, cells: int) -> None:
    assert width(text) == cells


@given(st.text(), st.text())
def test_the_width_of_a_whole_is_that_of_its_parts(one: str, other: str) -> None:
    assert width(one + other) == width(one) + width(other) <= 2 * len(one + other)


@given(st.lists(st.text("ab語 é-", min_size=1), max_size=30).map(" ".join), st.integers(1, 40))
def test_lines_are_broken_between_words(text: str, columns: int) -> None:
    lines = wrap(text, columns, "  ")
    assert " ".join(lines).split() == text.split()
    assert all(width(line) <= columns or " " not in line.strip() for line in lines)
    assert [line for line in lines[1:] if not line.startswith("  ")] == []


def test_what_fits_stays_as_it_is() -> None:
    assert wrap("  a  b", 6, "    ") == ["  a  b"]
    assert wrap("  a  b", 5, "    ") == ["  a ", "    b"]
    assert wrap("12:00  one two", 10, " ") == ["12:00  one", " two"]
    assert wrap("", 0, "") == [""]


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("a line of words", 0, ["a line of words"]),
        ("a line of words", 10, ["a line of", "words"]),
        ("  a line of words", 11, ["  a line of", "  words"]),
        (" 142  a line of words", 12, [" 142  a line", "      of", "      words"]),
        (" " * 30 + "a line", 10, [" " * 30 + "a", "     line"]),
    ],
)
def test_further_parts_hang_below_the_text(text: str, columns: int, lines: list[str]) -> None:
    assert hang(text, columns, width) == lines
