"""Removed lines that an outdated write brings back."""

from collections.abc import Container, Iterator, Sequence

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_updates import WINDOW
from memoryd.domain.history.versions import Version
from memoryd.values import dataclass

_WALKED = 40  # most versions back that a writer may have read
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
    versions: Sequence[Version], read: LineReader, new: Container[int]
) -> Iterator[ReturnedLines]:
    """Yield the versions of one file that bring back lines which were removed in the hour before.

    Such a version was written from a reading before that: it has everything again that was removed since,
    and at least half of the reading. One that equals an earlier version is a step back, which is meant, and
    so is what memoryd or git writes.

    Args:
        versions: All versions of the file, the oldest first.
        read: Reads the lines of a version.
        new: The ids of the versions to examine.
    """
    earlier: set[str | None] = {None}
    for at, after in enumerate(versions):
        is_step_back = after.digest in earlier
        earlier.add(after.digest)
        if after.id not in new or is_step_back or after.is_by_known_writer or at < 2:  # noqa: PLR2004
            continue
        if found := _returned(versions[max(at - _WALKED, 0) : at], after, read):
            yield found


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
