"""Three-way merge by lines."""

from collections.abc import Iterator

from memoryd.domain.text.line_diff import LineMatcher
from memoryd.values import dataclass

_Lines = list[bytes]


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Outcome of a merge.

    Attributes:
        content: The merged bytes; where the sides contradict each other, both are between the markers
            that git uses.
        conflicts: The number of contradictions.
    """

    content: bytes
    conflicts: int


@dataclass(frozen=True, slots=True, order=True)
class _Change:
    """A replacement by one side of the lines `start` up to `end` of the base, counted from 0."""

    start: int
    end: int
    is_theirs: bool
    lines: _Lines


def merge(
    base: bytes, ours: bytes, theirs: bytes, labels: tuple[str, str] = ("ours", "theirs")
) -> MergeResult:
    r"""Merge two versions that were made from a third one, by lines split on `\n` only.

    Two insertions at the same place do not contradict each other: notes are lists, and both stay, ours
    first. Neither do adjacent changes.

    Args:
        base: The common ancestor of both.
        ours: One version.
        theirs: The other version.
        labels: Names of the two in the markers.
    """
    # The last part is the text after the last line end, so a missing line end is an ordinary difference.
    old, left, right = (content.split(b"\n") for content in (base, ours, theirs))
    changes = sorted([*_changes(old, left, is_theirs=False), *_changes(old, right, is_theirs=True)])
    merged: _Lines = []
    conflicts = at = 0
    for group in _grouped(changes):
        start, end = group[0].start, max(change.end for change in group)
        here, there = (_side(old, start, end, group, is_theirs=side) for side in (False, True))
        lines = _resolved(old[start:end], here, there)
        conflicts += lines is None
        merged += old[at:start]
        merged += _marked(here, there, labels) if lines is None else lines
        at = end
    return MergeResult(b"\n".join(merged + old[at:]), conflicts)


def side_by_side(ours: bytes, theirs: bytes, labels: tuple[str, str]) -> MergeResult:
    """Return two versions that cannot be merged as one conflict, between the markers that git uses."""
    return MergeResult(b"\n".join([*_marked(ours.split(b"\n"), theirs.split(b"\n"), labels), b""]), 1)


def _changes(old: _Lines, new: _Lines, *, is_theirs: bool) -> Iterator[_Change]:
    for tag, start, end, new_start, new_end in LineMatcher(old, new).get_opcodes():
        if tag != "equal":
            yield _Change(start, end, is_theirs, new[new_start:new_end])


def _grouped(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Yield groups of changes that overlap, or insert at the same place."""
    group: list[_Change] = []
    end = 0
    for change in changes:
        same_place = bool(group) and change.start == change.end == group[0].start == end
        if group and change.start >= end and not same_place:
            yield group
            group = []
        end = max(end, change.end) if group else change.end
        group.append(change)
    if group:
        yield group


def _side(old: _Lines, start: int, end: int, group: list[_Change], *, is_theirs: bool) -> _Lines:
    """Return the lines of one side for some lines of the base."""
    lines: _Lines = []
    for change in group:
        if change.is_theirs is is_theirs:
            lines += old[start : change.start] + change.lines
            start = change.end
    return lines + old[start:end]


def _resolved(old: _Lines, ours: _Lines, theirs: _Lines) -> _Lines | None:
    """Return the lines that both sides agree on; None if they contradict each other."""
    if ours in (old, theirs):
        return theirs
    if theirs == old:
        return ours
    if old:
        return None
    most = min(len(ours), len(theirs))
    first = next((at for at in range(most) if ours[at] != theirs[at]), most)
    last = next((at for at in range(most - first) if ours[-1 - at] != theirs[-1 - at]), most - first)
    return ours[: len(ours) - last] + theirs[first:]


def _marked(ours: _Lines, theirs: _Lines, labels: tuple[str, str]) -> _Lines:
    start, end = (f"{mark * 7} {label}".encode() for mark, label in zip("<>", labels, strict=True))
    return [start, *ours, b"=======", *theirs, end]
