"""A unit in three versions, merged."""

from enum import StrEnum
from typing import NamedTuple

from memoryd.domain.edits.merge3 import merge as merge_lines
from memoryd.domain.edits.merge3 import side_by_side
from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.merging.units import MergeUnit

_ATOMS = frozenset({BlockKind.CODE, BlockKind.HTML})
_ENDS = b".,;:!"


class Doubt(StrEnum):
    """A reason for a person to look at a part of a merged file."""

    EDITED_AND_REMOVED = "edited on one side, removed on the other"
    EDITED_TWICE = "edited differently on both sides"
    NEEDED = "removed on one side, still above something new"


class Outcome(NamedTuple):  # made by the ten thousand
    """The text of a unit after a merge.

    Attributes:
        texts: Its versions that stay: usually one, none if it is removed.
        doubt: Why a person may want to look at it, or None.
        is_conflict: The text has conflict markers.
    """

    texts: tuple[bytes, ...]
    doubt: Doubt | None = None
    is_conflict: bool = False


def resolve(
    base: MergeUnit | None, ours: MergeUnit | None, theirs: MergeUnit | None, *, strict: bool
) -> Outcome:
    """Return what a merge makes of a unit.

    Args:
        base: The unit in the common ancestor; None if it is new.
        ours: The unit in one version; None if it is missing there.
        theirs: The unit in the other version.
        strict: Mark what was edited differently on both sides as a conflict, instead of keeping both.
    """
    if ours is None or theirs is None:
        return _resolve_one(base, ours or theirs)
    if base and base.identity in {ours.identity, theirs.identity}:
        return Outcome((_changed(base, ours, theirs).text,))
    if one := _one_of(base, ours, theirs):
        return Outcome((one,))
    if strict:
        marked = side_by_side(ours.text.rstrip(b"\n"), theirs.text.rstrip(b"\n"), ("ours", "theirs"))
        return Outcome((marked.content,), Doubt.EDITED_TWICE, is_conflict=True)
    return Outcome((ours.text, theirs.text), Doubt.EDITED_TWICE)


def _one_of(base: MergeUnit | None, ours: MergeUnit, theirs: MergeUnit) -> bytes:
    """Return the text that says all that two edits say; empty if there is none."""
    if ours.identity == theirs.identity or _contains(ours, theirs):
        return ours.text
    if _contains(theirs, ours):
        return theirs.text
    if not base or {base.kind, ours.kind, theirs.kind} & _ATOMS:
        return b""
    merged = merge_lines(base.text, ours.text, theirs.text)
    return b"" if merged.conflicts or merged.content.count(b"\n") == 1 else merged.content


def _resolve_one(base: MergeUnit | None, only: MergeUnit | None) -> Outcome:
    """Return the outcome of a unit that at most one side has."""
    if only is None or (base and base.identity == only.identity):
        return Outcome(())
    return Outcome((only.text,), Doubt.EDITED_AND_REMOVED if base else None)


def _changed(base: MergeUnit, ours: MergeUnit, theirs: MergeUnit) -> MergeUnit:
    """Return the version of a side that changed the unit; ours if both changed only the space around it."""
    if ours.identity == theirs.identity:
        return theirs if ours.text == base.text else ours
    return theirs if ours.identity == base.identity else ours


def _contains(one: MergeUnit, other: MergeUnit) -> bool:
    """Return whether a unit says all that another one says, in the same words."""
    if one.kind is not other.kind or one.kind in _ATOMS:
        return False
    return b" %b " % _plain(other) in b" %b " % _plain(one)


def _plain(unit: MergeUnit) -> bytes:
    return b" ".join(word.rstrip(_ENDS) for word in unit.identity.split())
