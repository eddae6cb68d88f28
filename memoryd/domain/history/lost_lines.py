"""Lines that a version dropped, and what became of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from difflib import SequenceMatcher
from enum import StrEnum
from math import ceil

from memoryd.domain.history.line_changes import changed_parts
from memoryd.domain.history.versions import Version
from memoryd.domain.text.line_diff import LineMatcher
from memoryd.values import dataclass, regex

_REWORDED = 0.5  # share of its words that a line must share with a new one to be a reworded note
_CONTAINED = 0.7  # share of its words that a line elsewhere must have to be where it was moved to
_LEAST_WORDS = 3  # fewer words are in some other line by chance
_COMPARED = 20_000  # pairs of lines that are compared word by word; of more, only the words count
_MASS = 0.5  # share of the lines that must be missing for a mass loss
_TARGET = regex(r"\]\([^()\s]+\)")  # of a link
_DIGIT = regex(r"\d")
_WORD = regex(r"\w+")

Lines = dict[bytes, str]
"""Lines with words: as they were written, by their form without white space and heading marks."""
Read = Callable[[Version], Lines]
Content = Callable[[Version], bytes | None]


class Sign(StrEnum):
    """The evidence that lines were lost.

    Attributes:
        STALE: A write from an old reading: lines added in the hour before are missing.
        UNSEEN: A write from the loaded part of an index file: lines beyond its cut are missing.
        MASS: A store, half of its files, or most of its index file disappeared at once.
    """

    STALE = "stale_write"
    UNSEEN = "unseen_lines"
    MASS = "mass_loss"


@dataclass(frozen=True, slots=True)
class Loss:
    """One version of a file that dropped lines that its writer did not mean to remove.

    Attributes:
        base: The version that its writer must have read; None if that does not matter.
        had: The version with the lines, right before.
        dropped_by: The version without them.
        entries: The lines, as they were written; those that are still missing if `standing` returned it.
        sign: What shows the loss.
        cut: Offset in bytes of the part of `base` that its reader was not shown; None if nothing was cut.
    """

    base: Version | None
    had: Version
    dropped_by: Version
    entries: tuple[str, ...]
    sign: Sign = Sign.STALE
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A loss in one or more files of a store that is neither restored nor dismissed.

    Attributes:
        id: Counts from 1.
        time: When it was seen, in seconds since the epoch.
        root: Absolute path of the store.
        losses: What is still missing of each file, by path.
        is_store_missing: The store had files and has none now.
    """

    id: int
    time: float
    root: str
    losses: tuple[Loss, ...]
    is_store_missing: bool = False

    @property
    def sign(self) -> Sign:
        """Return what shows the loss."""
        return self.losses[0].sign

    @property
    def lines(self) -> int:
        """Return the number of lines that are missing."""
        return sum(len(loss.entries) for loss in self.losses)

    @property
    def files(self) -> int:
        """Return the number of files that are missing."""
        return sum(loss.dropped_by.digest is None for loss in self.losses)

    @property
    def path(self) -> str:
        """Return the file that lost lines; the store if there are several."""
        return self.losses[0].had.path if len(self.losses) == 1 else self.root


def lines_of(content: bytes | None) -> Lines:
    """Return the lines with words, by their form without white space and heading marks, which moves keep."""
    return dict(entry for line in (content or b"").split(b"\n") if (entry := entry_of(line)))


def entry_of(line: bytes) -> tuple[bytes, str] | None:
    """Return the key and the value of a line in `Lines`; None if it has no word."""
    line = line.strip()
    text = line.decode(errors="replace")
    return (line.lstrip(b"# "), text) if _WORD.search(text) else None


def dropped(loss: Loss, content: Content) -> tuple[str, ...]:
    """Return the lines that a version dropped and that its sign is about, even if they are back by now.

    Args:
        loss: The loss; its `entries` are not used.
        content: The bytes of a version; None for a deleted file.
    """
    had, after = lines_of(content(loss.had)), lines_of(content(loss.dropped_by))
    read = content(loss.base) or b"" if loss.base else b""
    old = lines_of(read)
    if loss.sign is Sign.UNSEEN:
        shown, hidden = lines_of(read[: loss.cut]), lines_of(read[loss.cut :])
        keys = [key for key in had if key in hidden and key not in shown]
    else:
        keys = [key for key in had if key not in old]
    own = [text for key, text in after.items() if key not in had and key not in old]
    missing = [had[key] for key in keys if key not in after]
    return tuple(not_reworded(missing, own, loss.sign))


def numbers_of_returned(had: Lines, later: Iterable[Version], content: Content) -> set[int]:
    """Return which lines of a version came back, as numbers from 0.

    Args:
        had: The lines of the version.
        later: Versions of the file since, the oldest first.
        content: The bytes of a version; None for a deleted file.
    """
    numbers = {key: number for number, key in enumerate(had)}
    found, before = set[int](), b""
    for each in later:
        _, new = changed_parts(before, before := content(each) or b"")  # the other lines are known
        found |= {numbers[key] for key in lines_of(new).keys() & numbers.keys()}
    return found


def standing(
    losses: Sequence[Loss],
    versions: Sequence[Version],
    content: Content,
    returned: Callable[[Loss, Lines], AbstractSet[int]] | None = None,
) -> tuple[Loss, ...]:
    """Return losses with the lines that are still missing; those without one are left out.

    Lines that are elsewhere in the store now were moved, also in other words. Lines that came back later and
    were removed again are not missing. A mass loss is one only if half of its lines are missing.

    Args:
        losses: Losses in one store.
        versions: All versions of the store, the oldest first.
        content: The bytes of a version; None for a deleted file.
        returned: Returns which lines of the `had` of a loss came back; None to read all versions.
    """
    if not losses:
        return ()
    last = {version.path: version for version in versions}
    now = {path: lines_of(content(version)) for path, version in last.items() if version.digest}
    here = {key for lines in now.values() for key in lines}
    found = []
    for loss in losses:
        had, path = lines_of(content(loss.had)), loss.had.path
        if loss.sign is Sign.STALE and path not in now:
            continue  # of a deleted file, nothing counts as lost by a stale write
        later = (each for each in versions if each.path == path and each.id > loss.dropped_by.id)
        back = returned(loss, had) if returned else numbers_of_returned(had, later, content)
        known = {text for at, (key, text) in enumerate(had.items()) if key in here or at in back}
        before = had.keys() | (lines_of(content(loss.base)).keys() if loss.base else set())
        own = [text for key, text in now.get(path, {}).items() if key not in before]
        left = not_reworded([entry for entry in loss.entries if entry not in known], own, loss.sign)
        found.append(replace(loss, entries=tuple(left)))
    found = _without_moved(found, now, versions, content)
    was, still = (
        sum(len(each.entries) for each in those if each.sign is Sign.MASS) for those in (losses, found)
    )
    is_mass = still >= was * _MASS
    return tuple(each for each in found if each.entries and (is_mass or each.sign is not Sign.MASS))


def _without_moved(
    losses: Iterable[Loss], now: Mapping[str, Lines], versions: Sequence[Version], content: Content
) -> list[Loss]:
    """Return losses without lines that new lines of other files contain in other words."""
    found = []
    elsewhere: dict[int, Moves] = {}
    for loss in losses:
        if loss.sign is Sign.STALE or not loss.entries:
            found.append(loss)
            continue
        since = loss.had.id
        if since not in elsewhere:
            before = {version.path: version for version in versions if version.id <= since}
            old = {path: lines_of(content(each)) for path, each in before.items()}
            elsewhere[since] = Moves(
                text
                for path, lines in now.items()
                if path != loss.had.path
                for key, text in lines.items()
                if key not in old.get(path, {})
            )
        moves = elsewhere[since]
        left = tuple(entry for entry in loss.entries if not moves.contain(entry))
        found.append(replace(loss, entries=left))
    return found


def not_reworded(lines: list[str], others: list[str], sign: Sign) -> list[str]:
    """Return the lines that are not among the others in other words."""
    if sign is not Sign.STALE or len(lines) * len(others) > _COMPARED:
        moves = Moves(others)
        return [line for line in lines if not moves.contain(line)]
    return [line for line in lines if not _is_reworded(line, others)]


class Moves:
    """New lines, searched for those that contain what an old line says.

    Args:
        lines: The new lines.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines: defaultdict[str, set[int]] = defaultdict(set)
        self._targets: set[str] = set()
        for number, line in enumerate(lines):
            self._targets.update(_TARGET.findall(line))
            for word in _words(line):
                self._lines[word].add(number)

    def contain(self, line: str) -> bool:
        """Return whether one of the lines has most words of another line, or links to the same file.

        It must have all words with digits, which tell apart entries that are written by one pattern.
        """
        words, target = _words(line), _TARGET.search(line)
        if target and target[0] in self._targets:
            return True
        if len(words) < _LEAST_WORDS:
            return False
        by_word = {word: self._lines.get(word, frozenset[int]()) for word in words}
        least = ceil(len(words) * _CONTAINED)
        rarest = sorted(by_word.values(), key=len)[: len(words) - least + 1]  # one of them is in the line
        exact = [by_word[word] for word in words if _DIGIT.search(word)]
        found = frozenset[int]().union(*rarest).intersection(*exact)
        return any(sum(number in lines for lines in by_word.values()) >= least for number in found)


def _words(line: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(line)}


def _is_reworded(line: str, others: Iterable[str]) -> bool:
    """Return whether one of the other lines is a rewording, or is about the same file."""
    words, target = line.split(), _TARGET.search(line)
    return any(
        (target and target[0] in other) or SequenceMatcher(None, words, other.split()).ratio() >= _REWORDED
        for other in others
    )


def with_lost_entries(loss: Loss, base: bytes, had: bytes) -> bytes:
    """Return a content with the lost entries in their old place; no line of it is removed.

    Args:
        loss: The loss.
        base: The content to add them to.
        had: The content of its `had`.
    """
    entries = set(loss.entries)
    old, new = base.split(b"\n"), had.split(b"\n")
    lines: list[bytes] = []
    for tag, start, end, new_start, new_end in LineMatcher(old, new).get_opcodes():
        stays = old[start:end]
        block = [] if tag == "equal" else new[new_start:new_end]
        texts = [next(iter(lines_of(line).values()), None) for line in block]
        # Lines without words belong to the entries around them: code fences, the space around a heading.
        added = [line for line, text in zip(block, texts, strict=True) if text is None or text in entries]
        if entries.isdisjoint(texts):
            lines += stays
        elif any(stays):
            lines += stays + added
        else:
            lines += added + stays
    return b"\n".join(lines)
