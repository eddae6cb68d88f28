"""Units that are part of another one by mistake."""

from memoryd.domain.merging.absorbed import separate
from memoryd.domain.merging.merge import merge_file
from memoryd.domain.merging.units import split

BASE = b"# M\n\nNothing yet.\n\n## End\n\n- a\n"
THEIRS = b"# M\n\n- a new entry\nNothing yet.\n\n## End\n\n- a\n  - b\n"


def test_a_paragraph_that_became_part_of_an_item_is_one_again() -> None:
    units = separate(split(THEIRS)[0], split(BASE)[0])
    assert [unit.text for unit in units][1:4] == [b"- a new entry\n", b"Nothing yet.\n", b"## End\n"]
    assert [(unit.parent, unit.section) for unit in units][3:] == [(-1, 0), (-1, 3), (4, 3)]
    assert b"".join(unit.gap + unit.text for unit in units) == THEIRS


def test_what_the_other_side_removed_of_it_is_gone() -> None:
    ours = BASE.replace(b"Nothing yet.\n", b"- something\n")
    assert merge_file(BASE, ours, THEIRS).content == (
        b"# M\n\n- something\n- a new entry\n\n## End\n\n- a\n  - b\n"
    )


def test_nothing_else_is_split() -> None:
    units = split(b"- a\n  goes on\n\none\ntwo\n")[0]
    assert separate(units, split(b"- a\n\none\nTWO\n")[0]) == units
