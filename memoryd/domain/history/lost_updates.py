"""Lost updates: full writes from an old reading."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from memoryd.domain.history.line_changes import changed_lines
from memoryd.domain.history.versions import Version
from memoryd.domain.text.line_diff import LineMatcher

WINDOW = 3600.0
"""Seconds: an agent may write from a reading as old as this."""
_REWORDED = 0.5  # share of its words that a line must share with a new one to be a reworded note
_KEPT = 0.5  # share of the lines of a reading that a version made from it must have
_WALKED = 40  # most versions back for which the reading of a writer is looked up
_REMEMBERED = 16  # versions whose lines are kept in memory
_TARGET = re.compile(r"\]\([^()\s]+\)")  # of a link

_Lines = dict[bytes, str]
_Read = Callable[[Version], _Lines]


@dataclass(frozen=True, slots=True)
class Loss:
    """One version that dropped recently added entries.

    Attributes:
        base: The version that its writer must have read.
        had: The version with the entries, right before.
        dropped_by: The version without them.
        entries: The lines that are now missing from the whole store, as they were written.
    """

    base: Version
    had: Version
    dropped_by: Version
    entries: tuple[str, ...]


def losses(
    versions: Sequence[Version],
    content: Callable[[Version], bytes | None],
    since: float = 0.0,
    others: Callable[[], Iterable[Version]] = tuple,
) -> tuple[Loss, ...]:
    """Return the lost updates of one store that are still missing.

    A version counts as made from an old reading if it has none of the lines that were added in the hour
    before, not even reworded, but at least half of the reading, and if it equals no earlier version:
    rewrites and steps back are intended. Lines that are elsewhere in the store now were moved. Of a
    deleted file, nothing counts as lost.

    Args:
        versions: All versions of files of the store, the oldest first.
        content: The bytes of a version; None for a deleted file.
        since: Seconds since the epoch: earlier losses are ignored.
        others: Returns the versions of its other files, to which lines may have moved; asked only for losses.
    """
    by_path: dict[str, list[Version]] = {}
    for version in versions:
        by_path.setdefault(version.path, []).append(version)
    read = lru_cache(_REMEMBERED)(lambda version: _lines(content(version)))
    last = {path: each[-1] for path, each in by_path.items()}
    found = [
        loss
        for path, each in by_path.items()
        if last[path].digest is not None
        for loss in _losses(each, read, content, since)
    ]
    if not found:
        return ()
    present = {version.path: version for version in others()} | last
    here = {key for version in present.values() for key in read(version)}
    standing = (
        _without(loss, read, last[loss.had.path], here | _later(by_path[loss.had.path], loss, read))
        for loss in found
    )
    return tuple(sorted((loss for loss in standing if loss.entries), key=lambda loss: loss.dropped_by.id))


def _later(versions: list[Version], loss: Loss, read: _Read) -> set[bytes]:
    """Return the lines that came back afterwards: a second removal was intended."""
    return {key for version in versions if version.id > loss.dropped_by.id for key in read(version)}


def with_lost_entries(loss: Loss, base: bytes, had: bytes) -> bytes:
    """Return the base with the lost entries in their old place; no line of it is removed.

    Args:
        loss: The lost update.
        base: The content of its `base`.
        had: The content of its `had`.
    """
    entries = set(loss.entries)
    old, new = base.split(b"\n"), had.split(b"\n")
    lines: list[bytes] = []
    for tag, start, end, new_start, new_end in LineMatcher(old, new).get_opcodes():
        stays = old[start:end]
        block = [] if tag == "equal" else new[new_start:new_end]
        texts = [next(iter(_lines(line).values()), None) for line in block]
        # Lines without words belong to the entries around them: code fences, the space around a heading.
        added = [line for line, text in zip(block, texts, strict=True) if text is None or text in entries]
        if entries.isdisjoint(texts):
            lines += stays
        elif any(stays):
            lines += stays + added
        else:
            lines += added + stays
    return b"\n".join(lines)


def _without(loss: Loss, read: _Read, last: Version, here: set[bytes]) -> Loss:
    """Return a loss without lines that are elsewhere now, or reworded in the same file."""
    base, had = read(loss.base), read(loss.had)
    moved = {text for key, text in had.items() if key in here}
    new = [text for key, text in read(last).items() if key not in base.keys() | had.keys()]
    return replace(
        loss,
        entries=tuple(entry for entry in loss.entries if entry not in moved and not _is_among(entry, new)),
    )


def _losses(
    versions: list[Version], read: _Read, content: Callable[[Version], bytes | None], since: float
) -> Iterator[Loss]:
    earlier = {version.digest for version in versions[:2]}
    for at in range(2, len(versions)):
        had, after = versions[at - 1], versions[at]
        is_step_back = after.digest in earlier
        earlier.add(after.digest)
        if after.time < since or after.operation is not None or None in {after.digest, had.digest}:
            continue
        if is_step_back or _keeps_news(*(content(version) or b"" for version in versions[at - 2 : at + 1])):
            continue
        base = _reading(versions[max(at - _WALKED, 0) : at + 1], read)
        if base is None:
            continue
        old, new = read(base), read(after)
        own = [text for key, text in new.items() if key not in read(had).keys() | old.keys()]
        added = [text for key, text in read(had).items() if key not in old]
        lost = tuple(text for text in added if not _is_among(text, own))
        if lost:
            yield Loss(base, had, after, lost)


def _keeps_news(base: bytes, had: bytes, after: bytes) -> bool:
    """Return whether a version certainly has a line that the one before it added, so that it was read."""
    _, news = changed_lines(base, had)
    removed, _ = changed_lines(had, after)
    return any(_lines(line) and line not in base and line not in removed for line in news)


def _reading(versions: list[Version], read: _Read) -> Version | None:
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


def _lines(content: bytes | None) -> _Lines:
    """Return the lines with words, by their form without white space and heading marks, which moves keep."""
    lines = (line.strip() for line in (content or b"").split(b"\n"))
    return {
        line.lstrip(b"# "): line.decode(errors="replace")
        for line in lines
        if re.search(r"\w", line.decode(errors="replace"))
    }


def _is_among(line: str, others: list[str]) -> bool:
    """Return whether one of the other lines is a rewording, or is about the same file."""
    words, target = line.split(), _TARGET.search(line)
    return any(
        (target and target[0] in other) or SequenceMatcher(None, words, other.split()).ratio() >= _REWORDED
        for other in others
    )
