"""Line differences of two texts in bounded time.

Where `difflib` would take time with the square of the lines, lines that each side has once are aligned
first; what is between them is compared by `difflib` if it is small, and else matched greedily.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from typing import TypeVar

_WHOLE = 500_000  # steps of `difflib` for a whole text: a tenth of a second
_PART = 50_000  # the same between two aligned lines: there can be many parts
_DEPTH = 8  # times that a part is parted again

_Line = TypeVar("_Line", bound=str | bytes)
_Range = tuple[int, int, int, int]
"""Lines of the old text, from and up to, and of the new one."""


class LineMatcher(SequenceMatcher[_Line]):
    """The matcher of `difflib` with a bound on its time.

    Args:
        old: The lines before.
        new: The lines after.
        autojunk: As in `difflib`.
    """

    def __init__(self, old: Sequence[_Line], new: Sequence[_Line], *, autojunk: bool = True) -> None:
        super().__init__(None, old, new, autojunk=autojunk)
        self._old = old
        self._new = new
        self._autojunk = autojunk
        self._found: list[Match] | None = None

    def get_matching_blocks(self) -> list[Match]:
        """Return the runs of equal lines in order; the last one is empty."""
        if self._found is None:
            whole = (0, len(self._old), 0, len(self._new))
            if _steps(self._old, self._new, whole) <= _WHOLE:
                self._found = super().get_matching_blocks()
            else:
                pairs = _joined(self._pairs(whole, _DEPTH))
                self._found = [*pairs, Match(len(self._old), len(self._new), 0)]
        return self._found

    def _pairs(self, part: _Range, depth: int) -> Iterator[Match]:
        """Yield runs of equal lines of a part, in order."""
        old, new = self._old, self._new
        start, end, new_start, new_end = part
        same = 0
        most = min(end - start, new_end - new_start)
        while same < most and old[start + same] == new[new_start + same]:
            same += 1
        yield Match(start, new_start, same)
        start, new_start, most = start + same, new_start + same, most - same
        tail = 0
        while tail < most and old[end - 1 - tail] == new[new_end - 1 - tail]:
            tail += 1
        end, new_end = end - tail, new_end - tail
        yield from self._inner((start, end, new_start, new_end), depth)
        yield Match(end, new_end, tail)

    def _inner(self, part: _Range, depth: int) -> Iterator[Match]:
        """Yield runs of equal lines of a part whose first and last lines differ."""
        start, end, new_start, new_end = part
        if start == end or new_start == new_end:
            return
        if _steps(self._old, self._new, part) <= _PART:
            inner = SequenceMatcher(
                None, self._old[start:end], self._new[new_start:new_end], autojunk=self._autojunk
            )
            for at, new_at, size in inner.get_matching_blocks():
                yield Match(start + at, new_start + new_at, size)
            return
        aligned = list(_aligned(self._old, self._new, part)) if depth else []
        if not aligned:
            yield from _greedy(self._old, self._new, part)
            return
        for at, new_at in (*aligned, (end, new_end)):
            if start < at and new_start < new_at:
                yield from self._pairs((start, at, new_start, new_at), depth - 1)
            if at < end:
                yield Match(at, new_at, 1)
            start, new_start = at + 1, new_at + 1


def _steps(old: Sequence[_Line], new: Sequence[_Line], part: _Range) -> int:
    """Return about how many steps `difflib` takes at worst."""
    start, end, new_start, new_end = part
    counts = Counter(new[new_start:new_end])
    pairs = sum(counts[line] for line in old[start:end])
    return (pairs + end - start + new_end - new_start) * min(end - start, new_end - new_start)


def _aligned(old: Sequence[_Line], new: Sequence[_Line], part: _Range) -> Iterator[tuple[int, int]]:
    """Yield the longest run of lines that each side has once, in the order of both sides."""
    start, end, new_start, new_end = part
    counts, new_counts = Counter(old[start:end]), Counter(new[new_start:new_end])
    places = {new[at]: at for at in range(new_start, new_end) if new_counts[new[at]] == 1}
    lasts: list[int] = []  # of the shortest chain of each length: the line of the new text
    ends: list[tuple[int, int]] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for at in range(start, end):
        line = old[at]
        if counts[line] == 1 and line in places:
            pair = at, places[line]
            length = bisect_left(lasts, pair[1])
            before[pair] = ends[length - 1] if length else None
            lasts[length : length + 1] = [pair[1]]
            ends[length : length + 1] = [pair]
    chain = []
    last = ends[-1] if ends else None
    while last is not None:
        chain.append(last)
        last = before[last]
    yield from reversed(chain)


def _greedy(old: Sequence[_Line], new: Sequence[_Line], part: _Range) -> Iterator[Match]:
    """Yield equal lines, each with the next one of the longer side: all of them where lines were removed."""
    start, end, new_start, new_end = part
    turned = end - start < new_end - new_start
    short, longer = (old, new) if turned else (new, old)
    first, last, other, other_end = (*part,) if turned else (new_start, new_end, start, end)
    places: dict[_Line, list[int]] = {}
    for at in range(other, other_end):
        places.setdefault(longer[at], []).append(at)
    for at in range(first, last):
        known = places.get(short[at], [])
        number = bisect_left(known, other)
        if number < len(known):
            other = known[number] + 1
            yield Match(at, other - 1, 1) if turned else Match(other - 1, at, 1)


def _joined(runs: Iterator[Match]) -> Iterator[Match]:
    """Yield runs of equal lines, adjacent ones as one."""
    last = Match(0, 0, 0)
    for run in runs:
        if not run.size:
            continue
        if (last.a + last.size, last.b + last.size) == (run.a, run.b):
            last = Match(last.a, last.b, last.size + run.size)
            continue
        if last.size:
            yield last
        last = run
    if last.size:
        yield last


def unified(
    old: Sequence[str], new: Sequence[str], names: tuple[str, str], context: int = 3
) -> Iterator[str]:
    """Yield the lines of a unified diff as `difflib.unified_diff` does, without dates.

    Args:
        old: The lines before, with their ends.
        new: The lines after.
        names: Names of the two.
        context: Equal lines around each change.
    """
    for number, group in enumerate(LineMatcher(old, new).get_grouped_opcodes(context)):
        if not number:
            yield f"--- {names[0]}\n"
            yield f"+++ {names[1]}\n"
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                yield from (f" {line}" for line in old[start:end])
                continue
            yield from (f"-{line}" for line in old[start:end])
            yield from (f"+{line}" for line in new[new_start:new_end])


def _range(start: int, end: int) -> str:
    """Return lines, counted from 0, in the form of a unified diff."""
    length = end - start
    return f"{start + bool(length)}" + ("" if length == 1 else f",{length}")
