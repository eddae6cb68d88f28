"""Lost updates: full writes from an old reading."""

from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_lines import Lines, Loss, Moves, Read, Sign, not_reworded
from memoryd.domain.history.versions import Version

WINDOW = 3600.0
"""Seconds: an agent may write from a reading as old as this."""
_KEPT = 0.5  # share of the lines of a reading, and of those removed since, that a version made from it has
_WALKED = 40  # most versions back for which the reading of a writer is looked up
_WALKED_FOR_CUTS = 10  # most versions back that a session may have been shown at its start
_DAY = 86400.0  # seconds: the longest session

Cut = Callable[[bytes], int | None]
"""Returns the offset in bytes from which an index file is not loaded; None if all of it is."""


def stale_writes(
    versions: Sequence[Version], read: LineReader, new: Container[int] | None = None
) -> Iterator[Loss]:
    """Yield the versions of one file that were written from an old reading.

    A version counts as made from an old reading if it has none of the lines that were added in the hour
    before, not even reworded, but at least half of the reading, and half of what was removed of it since;
    and if it equals no earlier version: rewrites and steps back are intended.

    Args:
        versions: All versions of the file, the oldest first.
        read: Reads the lines of a version.
        new: The ids of the versions to examine; None for all.
    """
    earlier = {version.digest for version in versions[:2]}
    for at in range(2, len(versions)):
        had, after = versions[at - 1], versions[at]
        is_step_back = after.digest in earlier
        earlier.add(after.digest)
        if is_step_back or not _is_examined(had, after, new):
            continue
        base = _reading(versions[max(at - _WALKED, 0) : at + 1], read)
        if base is None:
            continue
        old, now = read(base), read(after)
        changed = old.keys() - read(had).keys()
        if len(changed & now.keys()) < len(changed) * _KEPT:
            continue  # a write from the reading would have brought them back
        own = [text for key, text in now.items() if key not in read(had).keys() | old.keys()]
        added = [text for key, text in read(had).items() if key not in old]
        lost = tuple(not_reworded(added, own, Sign.STALE))
        if lost:
            yield Loss(base, had, after, lost)


def _is_examined(had: Version, after: Version, new: Container[int] | None) -> bool:
    is_write = had.digest is not None and after.digest is not None and not after.is_by_known_writer
    return is_write and (new is None or after.id in new)


def unseen_losses(
    versions: Sequence[Version], read: LineReader, cut: Cut, new: Container[int] | None = None
) -> Iterator[Loss]:
    """Yield the versions of an index file that were written from the loaded part of an earlier one.

    Such a version has at least half of the lines that were loaded of an earlier version, and none of those
    beyond its cut, not even reworded: its writer was never shown them.

    Args:
        versions: All versions of the index file, the oldest first.
        read: Reads the lines of a version.
        cut: Returns the offset from which an index file is not loaded.
        new: The ids of the versions to examine; None for all.
    """
    parts = lru_cache(_WALKED_FOR_CUTS + 1)(lambda version: _parts(version, cut, read))
    last = lru_cache(_WALKED_FOR_CUTS + 1)(lambda version: next(reversed(read(version)), None))
    earlier: set[str | None] = set()
    for at in range(1, len(versions)):
        had, after = versions[at - 1], versions[at]
        earlier.add(had.digest)
        if not _is_examined(had, after, new):
            continue
        now = read(after)
        if read(had).keys() <= now.keys():
            continue
        for base in reversed(versions[max(at - _WALKED_FOR_CUTS, 0) : at]):
            if base is not had and base.time < after.time - _DAY:
                break
            if last(base) is None or last(base) in now:  # the last line is beyond every cut
                continue
            shown, hidden, offset = parts(base)
            if not hidden or (base is not had and not _is_base(read, base, had, after)):
                continue
            is_step_back = after.digest in earlier and now != shown
            lost = () if is_step_back else _unseen(read, (base, had, after), shown, hidden)
            if lost:
                yield Loss(base, had, after, lost, Sign.UNSEEN, offset)
                break


def _is_base(read: Read, base: Version, had: Version, after: Version) -> bool:
    """Return whether there was news since an earlier version that the writer of the last had not read."""
    news = read(had).keys() - read(base).keys()
    return bool(news) and news.isdisjoint(read(after))


def _parts(version: Version, cut: Cut, read: LineReader) -> tuple[Lines, Lines, int | None]:
    """Return the lines that are loaded, those that are not, and where the cut is."""
    content = read.content(version)
    offset = cut(content) if content else None
    if content is None or not offset:  # at offset 0, a reader is shown nothing
        return {}, {}, None
    shown = read.lines_of(content[:offset])
    hidden = {key: text for key, text in read.lines_of(content[offset:]).items() if key not in shown}
    return shown, hidden, offset


def _unseen(
    read: Read, versions: tuple[Version, Version, Version], shown: Lines, hidden: Lines
) -> tuple[str, ...]:
    """Return the lines that a writer dropped who saw only the shown ones; none if it saw others, too."""
    base, had, after = map(read, versions)
    lost = [text for key, text in had.items() if key in hidden]
    if not lost or hidden.keys() & after.keys() or len(shown.keys() & after.keys()) < len(shown) * _KEPT:
        return ()
    own = Moves(text for key, text in after.items() if key not in had and key not in base)
    return () if any(own.contain(text) for text in lost) else tuple(lost)


def _reading(versions: Sequence[Version], read: Read) -> Version | None:
    """Return the oldest version that the writer of the last one may have read: it has none of its news."""
    had, after = versions[-2:]
    found = None
    for base, next_one in zip(versions[-3::-1], versions[-2::-1], strict=False):
        if base.digest is None or next_one.time < after.time - WINDOW:
            break
        added = read(had).keys() - read(base).keys()
        if not added.isdisjoint(read(after)):
            break
        if added and len(read(base).keys() & read(after).keys()) >= len(read(base)) * _KEPT:
            found = base
    return found
