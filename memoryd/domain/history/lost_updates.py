"""Lost updates: full writes from an old reading."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from memoryd.domain.history.line_changes import changed_lines
from memoryd.domain.history.lost_lines import Content, Lines, Loss, Moves, Read, Sign, is_reworded, lines_of
from memoryd.domain.history.versions import Version

WINDOW = 3600.0
"""Seconds: an agent may write from a reading as old as this."""
_KEPT = 0.5  # share of the lines of a reading, and of those removed since, that a version made from it has
_WALKED = 40  # most versions back for which the reading of a writer is looked up
_REMEMBERED = 16  # versions whose lines are kept in memory
_WALKED_FOR_CUTS = 10  # most versions back that a session may have been shown at its start
_DAY = 86400.0  # seconds: the longest session

Cut = Callable[[bytes], int | None]
"""Returns the offset in bytes from which an index file is not loaded; None if all of it is."""


def stale_writes(versions: Sequence[Version], content: Content, since: int = 0) -> Iterator[Loss]:
    """Yield the versions of one file that were written from an old reading.

    A version counts as made from an old reading if it has none of the lines that were added in the hour
    before, not even reworded, but at least half of the reading, and half of what was removed of it since;
    and if it equals no earlier version: rewrites and steps back are intended.

    Args:
        versions: All versions of the file, the oldest first.
        content: The bytes of a version; None for a deleted file.
        since: Only versions with a higher id are examined.
    """
    read = lru_cache(_REMEMBERED)(lambda version: lines_of(content(version)))
    earlier = {version.digest for version in versions[:2]}
    for at in range(2, len(versions)):
        had, after = versions[at - 1], versions[at]
        is_step_back = after.digest in earlier
        earlier.add(after.digest)
        if after.id <= since or after.is_by_known_writer or None in {after.digest, had.digest}:
            continue
        if is_step_back or _keeps_news(*(content(version) or b"" for version in versions[at - 2 : at + 1])):
            continue
        base = _reading(versions[max(at - _WALKED, 0) : at + 1], read)
        if base is None:
            continue
        old, new = read(base), read(after)
        changed = old.keys() - read(had).keys()
        if len(changed & new.keys()) < len(changed) * _KEPT:
            continue  # a write from the reading would have brought them back
        own = [text for key, text in new.items() if key not in read(had).keys() | old.keys()]
        added = [text for key, text in read(had).items() if key not in old]
        lost = tuple(text for text in added if not is_reworded(text, own))
        if lost:
            yield Loss(base, had, after, lost)


def unseen_losses(versions: Sequence[Version], content: Content, cut: Cut, since: int = 0) -> Iterator[Loss]:
    """Yield the versions of an index file that were written from the loaded part of an earlier one.

    Such a version has at least half of the lines that were loaded of an earlier version, and none of those
    beyond its cut, not even reworded: its writer was never shown them.

    Args:
        versions: All versions of the index file, the oldest first.
        content: The bytes of a version; None for a deleted file.
        cut: Returns the offset from which an index file is not loaded.
        since: Only versions with a higher id are examined.
    """
    read = lru_cache(_REMEMBERED)(lambda version: lines_of(content(version)))
    parts = lru_cache(_REMEMBERED)(lambda version: _parts(content(version), cut))
    earlier: set[str | None] = set()
    for at in range(1, len(versions)):
        had, after = versions[at - 1], versions[at]
        earlier.add(had.digest)
        if after.id <= since or after.is_by_known_writer or None in {after.digest, had.digest}:
            continue
        if not _drops(content(had) or b"", content(after) or b""):
            continue
        for base in reversed(versions[max(at - _WALKED_FOR_CUTS, 0) : at]):
            if base is not had and base.time < after.time - _DAY:
                break
            shown, hidden, offset = parts(base)
            is_step_back = after.digest in earlier and read(after) != shown
            lost = () if is_step_back else _unseen(read, (base, had, after), shown, hidden)
            if lost:
                yield Loss(base, had, after, lost, Sign.UNSEEN, offset)
                break


def _drops(before: bytes, after: bytes) -> bool:
    """Return whether a version lacks a line of the one before it."""
    removed, added = changed_lines(before, after)
    return not set(removed) <= set(added)


def _parts(content: bytes | None, cut: Cut) -> tuple[Lines, Lines, int | None]:
    """Return the lines that are loaded, those that are not, and where the cut is."""
    offset = cut(content) if content else None
    if content is None or not offset:  # at offset 0, a reader is shown nothing
        return {}, {}, None
    shown = lines_of(content[:offset])
    hidden = {key: text for key, text in lines_of(content[offset:]).items() if key not in shown}
    return shown, hidden, offset


def _unseen(
    read: Read, versions: tuple[Version, Version, Version], shown: Lines, hidden: Lines
) -> tuple[str, ...]:
    """Return the lines that a writer dropped who saw only the shown ones; none if it saw others, too."""
    base, had, after = map(read, versions)
    lost = [text for key, text in had.items() if key in hidden]
    if not lost or hidden.keys() & after.keys() or len(shown.keys() & after.keys()) < len(shown) * _KEPT:
        return ()
    news = had.keys() - base.keys()
    if versions[0] is not versions[1] and (not news or news & after.keys()):
        return ()  # its writer read a later version
    own = Moves(text for key, text in after.items() if key not in had and key not in base)
    return () if any(own.contain(text) for text in lost) else tuple(lost)


def _keeps_news(base: bytes, had: bytes, after: bytes) -> bool:
    """Return whether a version certainly has a line that the one before it added, so that it was read."""
    _, news = changed_lines(base, had)
    removed, _ = changed_lines(had, after)
    return any(lines_of(line) and line not in base and line not in removed for line in news)


def _reading(versions: Sequence[Version], read: Read) -> Version | None:
    """Return the oldest version that the writer of the last one may have read: it has none of its news."""
    had, after = versions[-2:]
    found = None
    for base, next_one in zip(versions[-3::-1], versions[-2::-1], strict=False):
        if base.digest is None or next_one.time < after.time - WINDOW:
            break
        added = read(had).keys() - read(base).keys()
        if added & read(after).keys():
            break
        kept = len(read(base).keys() & read(after).keys())
        found = base if added and kept >= len(read(base)) * _KEPT else found
    return found
