"""Units matched across versions."""

from memoryd.domain.merging.matches import match, match_added
from memoryd.domain.merging.units import MergeUnit, split


def units(text: str) -> list[MergeUnit]:
    return split(text.encode())[0]


def test_equal_units_match_wherever_they_are() -> None:
    found = match(units("- a\n- b\n- c\n"), units("- c\n- a\n- b\n"))
    assert found.numbers == [2, 0, 1]
    assert found.moved == {2}


def test_an_entry_is_known_by_its_link_target() -> None:
    old = units("- [A](a.md) - one\n- [B](b.md) - two\n")
    assert match(old, units("- [Beta](b.md) - changed\n- new\n")).numbers == [1, -1]
    assert match(old, units("- see [[a]]\n")).numbers == [-1]


def test_else_by_its_words_between_the_same_neighbors() -> None:
    old = units("- first of all\n- the linker needs four GB\n- last of all\n")
    new = units("- first of all\n- the linker needs eight GB\n- something else\n- last of all\n")
    assert match(old, new).numbers == [0, 1, -1, 2]


def test_a_heading_alone_between_its_neighbors_was_renamed() -> None:
    old = units("- a\n\n## Tests\n\n- b\n")
    assert match(old, units("- a\n\n## How to check\n\n- b\n")).numbers == [0, 1, 2]


def test_a_title_was_renamed_wherever_it_is() -> None:
    assert match(units("# One\n\n- a\n"), units("- a\n\n# Two\n")).numbers == [1, 0]


def test_short_texts_are_the_same_ones_only_in_the_same_section() -> None:
    ours, theirs = (
        units("## A\n\n- none\n- the same long text\n"),
        units("## B\n\n- none\n- the same long text\n"),
    )
    assert match_added(ours, range(3), theirs, range(3)) == {2: 2}
    assert match_added(ours, range(3), units("## A\n\n- none\n"), range(2)) == {0: 0, 1: 1}
