"""Removed lines that an outdated write brings back."""

from collections.abc import Callable, Sequence

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_updates import WINDOW
from memoryd.domain.history.versions import Version
from memoryd.values import dataclass

WALKED = 40
"""Most versions back that a writer may have read."""
_KEPT = 0.5  # share of the lines of a reading that a version made from it has


@dataclass(frozen=True, slots=True)
class ReturnedLines:
    """Lines that were removed shortly before and are back.

    Attributes:
        version: The version that has them again.
        removed_by: The version that removed the first of them.
        entries: The lines, as they were written.
    """

    version: Version
    removed_by: Version
    entries: tuple[str, ...]


def returned_lines(
    before: Sequence[Version], after: Version, read: LineReader, was_there: Callable[[Version], bool]
) -> ReturnedLines | None:
    """Return what a version brings back that was removed in the hour before; None if nothing.

    Such a version was written from a reading before that: it has everything again that was removed since,
    and at least half of the reading. One that equals an earlier version is a step back, which is meant, and
    so is what memoryd or git writes.

    Args:
        before: The last versions of the file before it, `WALKED` of them or all, the oldest first.
        after: The version.
        read: Reads the lines of a version.
        was_there: Returns whether an earlier version has the same content.
    """
    is_write = after.digest is not None and not after.is_by_known_writer
    if not is_write or len(before) < 2 or any(each.digest == after.digest for each in before):  # noqa: PLR2004
        return None
    found = _returned(before, after, read)
    return None if found is None or was_there(after) else found


def _returned(before: Sequence[Version], after: Version, read: LineReader) -> ReturnedLines | None:
    """Return what a version brings back of the versions before it."""
    had, now = read(before[-1]), read(after)
    if now.keys() <= had.keys():
        return None
    found = None
    for base, next_one in zip(before[-2::-1], before[:0:-1], strict=True):
        old = read(base)
        removed = old.keys() - had.keys()
        if next_one.time < after.time - WINDOW or not removed <= now.keys():
            break
        if removed and len(old.keys() & now.keys()) >= len(old) * _KEPT:
            found = ReturnedLines(after, next_one, tuple(old[key] for key in old if key in removed))
    return found
