"""Lost updates: a full write from an old reading takes away what somebody has added meanwhile."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from memoryd.domain.history.versions import Version

WINDOW = 3600.0
"""Seconds: an agent may work from a reading as old as this."""
_REWORDED = 0.5  # of its words that a line must share with a new one to be the same note in other words
_KEPT = 0.5  # of the lines of a reading that a version must have to be made from it
_TARGET = re.compile(r"\]\([^()\s]+\)")  # of a link

_Lines = dict[bytes, str]
_Read = Callable[[Version], _Lines]


@dataclass(frozen=True, slots=True)
class Loss:
    """One version that dropped entries which had just been added.

    Attributes:
        base: The version that its writer must have read.
        had: The version with the entries, right before.
        dropped_by: The version without them.
        entries: The lines that stand nowhere in the store any more, as they were written.
    """

    base: Version
    had: Version
    dropped_by: Version
    entries: tuple[str, ...]


def losses(
    versions: Sequence[Version], content: Callable[[Version], bytes | None], since: float = 0.0
) -> tuple[Loss, ...]:
    """The lost updates of one store that nobody has mended since.

    A version is taken for one made from an old reading if it has none of the lines that were added in
    the hour before, nor the same notes in other words, but half at least of what it was made from, and
    is no earlier version as a whole: a rewrite and a step back are somebody's will. Lines that now
    stand elsewhere in the store were moved; of a file that is gone all is lost, and nothing in particular.

    Args:
        versions: All of the store, the oldest first.
        content: The bytes of a version; None where the file was gone.
        since: Seconds since the epoch: what was lost before that is not looked for.
    """
    by_path: dict[str, list[Version]] = {}
    for version in versions:
        by_path.setdefault(version.path, []).append(version)
    read = cache(lambda version: _lines(content(version)))
    last = {path: each[-1] for path, each in by_path.items()}
    found = [
        loss
        for path, each in by_path.items()
        if last[path].digest is not None
        for loss in _losses(each, read, since)
    ]
    if not found:
        return ()
    here = {key for version in last.values() for key in read(version)}
    standing = (
        _without(loss, read, last[loss.had.path], here | _later(by_path[loss.had.path], loss, read))
        for loss in found
    )
    return tuple(sorted((loss for loss in standing if loss.entries), key=lambda loss: loss.dropped_by.id))


def _later(versions: list[Version], loss: Loss, read: _Read) -> set[bytes]:
    """What came back afterwards: if it went again, that was somebody's will."""
    return {key for version in versions if version.id > loss.dropped_by.id for key in read(version)}


def put_back(loss: Loss, base: bytes, had: bytes) -> bytes:
    """What its writer had read, with the lost entries where they stood; nothing of it goes.

    Args:
        loss: What was lost.
        base: The content of its `base`.
        had: The content of its `had`.
    """
    entries = set(loss.entries)
    old, new = base.split(b"\n"), had.split(b"\n")
    lines: list[bytes] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        stays = old[start:end]
        block = [] if tag == "equal" else new[new_start:new_end]
        texts = [next(iter(_lines(line).values()), None) for line in block]
        # What says nothing goes with what does: the fences of code, the space around a heading.
        added = [line for line, text in zip(block, texts, strict=True) if text is None or text in entries]
        if entries.isdisjoint(texts):
            lines += stays
        elif any(stays):
            lines += stays + added
        else:
            lines += added + stays
    return b"\n".join(lines)


def _without(loss: Loss, read: _Read, last: Version, here: set[bytes]) -> Loss:
    """A loss without what stands somewhere else, or by now in the same file in other words."""
    base, had = read(loss.base), read(loss.had)
    moved = {text for key, text in had.items() if key in here}
    new = [text for key, text in read(last).items() if key not in base.keys() | had.keys()]
    return replace(
        loss,
        entries=tuple(entry for entry in loss.entries if entry not in moved and not _is_among(entry, new)),
    )


def _losses(versions: list[Version], read: _Read, since: float) -> Iterator[Loss]:
    for at in range(2, len(versions)):
        had, after = versions[at - 1], versions[at]
        if after.time < since or after.operation is not None or None in {after.digest, had.digest}:
            continue
        base = _reading(versions[: at + 1], read)
        if base is None or after.digest in {version.digest for version in versions[:at]}:
            continue
        old, new = read(base), read(after)
        own = [text for key, text in new.items() if key not in read(had).keys() | old.keys()]
        added = [text for key, text in read(had).items() if key not in old]
        lost = tuple(text for text in added if not _is_among(text, own))
        if lost:
            yield Loss(base, had, after, lost)


def _reading(versions: list[Version], read: _Read) -> Version | None:
    """The oldest version that the writer of the last one may have read: it has nothing of what came since."""
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
    """Lines that say something, by what remains when they move: without white space and heading marks."""
    lines = (line.strip() for line in (content or b"").split(b"\n"))
    return {
        line.lstrip(b"# "): line.decode(errors="replace")
        for line in lines
        if re.search(r"\w", line.decode(errors="replace"))
    }


def _is_among(line: str, others: list[str]) -> bool:
    """Whether one of the other lines says the same in other words, or is about the same file."""
    words, target = line.split(), _TARGET.search(line)
    return any(
        (target and target[0] in other) or SequenceMatcher(None, words, other.split()).ratio() >= _REWORDED
        for other in others
    )
