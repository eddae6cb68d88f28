"""Versions that only add lines, which lose nothing."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.mass_losses import PAUSE
from memoryd.domain.history.versions import Version


def only_add(
    versions: Sequence[Version],
    since: int,
    read: LineReader,
    before: Callable[[Version], Version | None],
    *,
    is_whole: bool,
) -> bool:
    """Return whether the new versions of a store can raise no alarm, since each only adds lines.

    A deletion in the same change could become part of a mass loss by what follows it.

    Args:
        versions: The last versions of all files of the store, the oldest first.
        since: The id of the last version that is not new.
        read: Reads the lines of a version.
        before: Returns the version of a file before another.
        is_whole: The store has no other version.
    """
    own = [version for version in versions if version.id <= since]
    new = versions[len(own) :]
    starts = (last for last, first in pairwise(reversed((*own, *new[:1]))) if last.time - first.time > PAUSE)
    start = next(starts, None)
    if start is None and not is_whole:
        return False
    change = versions if start is None else versions[versions.index(start) :]
    if any(version.digest is None for version in change):
        return False
    return all(version.is_by_known_writer or _only_adds(version, before(version), read) for version in new)


def _only_adds(version: Version, before: Version | None, read: LineReader) -> bool:
    if before is None or before.digest is None:
        return True
    return read(before).keys() <= read(version).keys()
