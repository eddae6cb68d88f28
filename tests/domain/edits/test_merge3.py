"""Merging by lines: laws, and what notes need."""

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.edits.merge3 import merge

texts = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"", b"a\r"]), max_size=8).map(b"\n".join)


@given(texts, texts)
def test_a_side_that_changed_nothing_leaves_the_other(base: bytes, side: bytes) -> None:
    for merged in (merge(base, base, side), merge(base, side, base), merge(base, side, side)):
        assert (merged.content, merged.conflicts) == (side, 0)


@given(texts, texts, texts)
def test_every_line_that_a_side_has_added_is_there(base: bytes, ours: bytes, theirs: bytes) -> None:
    merged = merge(base, ours, theirs)
    lines = merged.content.split(b"\n")
    for side in (ours, theirs):
        assert set(side.split(b"\n")) - set(base.split(b"\n")) <= set(lines)


@given(texts, texts, texts)
def test_sides_may_be_exchanged(base: bytes, ours: bytes, theirs: bytes) -> None:
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.conflicts == other.conflicts
    assert sorted(one.content.split(b"\n")) == sorted(other.content.split(b"\n"))


def test_changes_at_different_places_come_together() -> None:
    assert merge(b"a\nb\nc\nd\n", b"A\nb\nc\nd\n", b"a\nb\nc\nD\n").content == b"A\nb\nc\nD\n"


def test_what_both_append_stays_ours_first() -> None:
    merged = merge(b"- a\n", b"- a\n- b\n", b"- a\n- c\n")
    assert (merged.content, merged.conflicts) == (b"- a\n- b\n- c\n", 0)
    assert merge(b"- a", b"- a\n- b", b"- a\n- c").content == b"- a\n- b\n- c"
    assert merge(b"", b"- b\n", b"- c\n").content == b"- b\n- c\n"


def test_what_both_append_alike_stays_once() -> None:
    assert merge(b"- a\n", b"- a\n- b\n- c\n", b"- a\n- b\n- d\n").content == b"- a\n- b\n- c\n- d\n"
    assert merge(b"- a\n", b"- a\n- b\n", b"- a\n- b\n- d\n").content == b"- a\n- b\n- d\n"


def test_a_line_after_a_replaced_one_is_no_contradiction() -> None:
    merged = merge(b"- [x](x.md)\n", b"## x\n- one\n- two\n", b"- [x](x.md)\n- new\n")
    assert (merged.content, merged.conflicts) == (b"## x\n- one\n- two\n- new\n", 0)


def test_a_contradiction_shows_both_between_markers() -> None:
    merged = merge(b"a\nold\nz\n", b"a\nmine\nz\n", b"a\nyours\nz\n", ("now", "before"))
    assert merged.conflicts == 1
    assert merged.content == b"a\n<<<<<<< now\nmine\n=======\nyours\n>>>>>>> before\nz\n"


def test_changed_here_and_deleted_there_is_a_contradiction() -> None:
    assert merge(b"a\nold\nz\n", b"a\nmine\nz\n", b"a\nz\n").conflicts == 1
