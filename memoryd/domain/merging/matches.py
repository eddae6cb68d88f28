"""Units that two versions have in common."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.merging.units import MergeUnit
from memoryd.domain.text.line_diff import LineMatcher
from memoryd.values import dataclass, regex

_LIKE = 0.5  # of the words of the longer one: two units are the same one, edited
_MOST_COMPARED = 20_000  # pairs in one gap
_LEAST_TELLING = 20  # bytes: a shorter text, as "- none", can be another one in another section
_TARGET = regex(rb"\]\(<?([^)\s>]+)|\[\[([^\]|\n]+)|^[^\n]*?<(https?:[^>\s]+)>")
_WORD = regex(rb"\w+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Matches:
    """For each unit of a version, the number of the same unit in another one.

    Attributes:
        numbers: The number, or -1 for a new unit.
        moved: Numbers of the other version's units that are at another place in this one.
    """

    numbers: list[int]
    moved: frozenset[int]

    def inverted(self, count: int) -> list[int]:
        """Return the number here of each of the other version's units, or -1 for a removed one."""
        found = [-1] * count
        for number, other in enumerate(self.numbers):
            if other >= 0:
                found[other] = number
        return found


def match(old: Sequence[MergeUnit], new: Sequence[MergeUnit]) -> Matches:
    """Match the units of a version with those of the one that it was made from.

    Equal units are matched first, wherever they are; then list items with the same link target; then those
    between the same neighbors whose words are alike.
    """
    numbers = [-1] * len(new)
    left = set(range(len(old)))
    gaps: list[tuple[range, range]] = []
    at = new_at = 0
    for start, new_start, size in _equal_runs(old, new):
        gaps.append((range(at, start), range(new_at, new_start)))
        for step in range(size):
            numbers[new_start + step] = start + step
        left.difference_update(range(start, start + size))
        at, new_at = start + size, new_start + size
    moved = frozenset(_take(_equal(old, sorted(left), new, _unmatched(numbers)), numbers, left))
    _take(_same_target(old, sorted(left), new, _unmatched(numbers)), numbers, left)
    _take(_titles(old, left, new, numbers), numbers, left)
    for here, there in gaps:
        removed = [number for number in here if number in left]
        added = [number for number in there if numbers[number] < 0]
        _take(_alike(old, removed, new, added), numbers, left)
    return Matches(numbers, moved)


def match_added(
    ours: Sequence[MergeUnit], ours_new: Sequence[int], theirs: Sequence[MergeUnit], theirs_new: Sequence[int]
) -> dict[int, int]:
    """Match the units that two versions have added.

    A short text is the same one only in the same section: many a list has "- none".

    Returns:
        Numbers of theirs, by those of ours.
    """
    found: dict[int, int] = {}
    known: dict[tuple[bytes, bytes], list[int]] = defaultdict(list)
    for number in theirs_new:
        known[_place(theirs, number)].append(number)
    for number in ours_new:
        same = known[_place(ours, number)]
        if same:
            found[number] = same.pop(0)
    taken = set(found.values())
    ours_left = [number for number in ours_new if number not in found]
    theirs_left = [number for number in theirs_new if number not in taken]
    return found | dict(_same_target(ours, ours_left, theirs, theirs_left))


def is_telling(unit: MergeUnit) -> bool:
    """Return whether a unit says enough to be the same one wherever it is; others are so in a section."""
    return unit.kind is not BlockKind.HEADING and len(unit.identity) >= _LEAST_TELLING


def _place(units: Sequence[MergeUnit], number: int) -> tuple[bytes, bytes]:
    unit = units[number]
    identity = unit.identity
    if is_telling(unit):
        return identity, b""
    above = unit.parent if unit.parent >= 0 else unit.section
    return identity, units[above].identity if above >= 0 else b""


def _equal_runs(old: Sequence[MergeUnit], new: Sequence[MergeUnit]) -> Iterable[tuple[int, int, int]]:
    matcher = LineMatcher([unit.identity for unit in old], [unit.identity for unit in new], autojunk=False)
    return matcher.get_matching_blocks()


def _unmatched(numbers: Sequence[int]) -> list[int]:
    return [number for number, other in enumerate(numbers) if other < 0]


def _take(pairs: Iterable[tuple[int, int]], numbers: list[int], left: set[int]) -> list[int]:
    """Record pairs of an old and a new unit; return the old ones."""
    taken = []
    for old, new in pairs:
        numbers[new] = old
        left.discard(old)
        taken.append(old)
    return taken


def _equal(
    old: Sequence[MergeUnit], left: Iterable[int], new: Sequence[MergeUnit], added: Iterable[int]
) -> Iterator[tuple[int, int]]:
    known: dict[bytes, list[int]] = defaultdict(list)
    for number in left:
        known[old[number].identity].append(number)
    for number in added:
        same = known[new[number].identity]
        if same:
            yield same.pop(0), number


def _same_target(
    old: Sequence[MergeUnit], left: Iterable[int], new: Sequence[MergeUnit], added: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of list items whose first link has the same target, if each side has one of them."""
    known, wanted = (_by_target(units, some) for units, some in ((old, left), (new, added)))
    for target, numbers in known.items():
        others = wanted.get(target, [])
        if len(numbers) == len(others) == 1:
            yield numbers[0], others[0]


def _titles(
    old: Sequence[MergeUnit], left: set[int], new: Sequence[MergeUnit], numbers: list[int]
) -> list[tuple[int, int]]:
    """Return the titles of both sides, where each has one and it is a different one."""
    here, there = ([at for at, unit in enumerate(units) if unit.level == 1] for units in (old, new))
    is_renamed = len(here) == len(there) == 1 and here[0] in left and numbers[there[0]] < 0
    return [(here[0], there[0])] if is_renamed else []


def _by_target(units: Sequence[MergeUnit], numbers: Iterable[int]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = defaultdict(list)
    for number in numbers:
        if units[number].kind is BlockKind.LIST and (target := _TARGET.search(units[number].text)):
            found[next(filter(None, target.groups()))].append(number)
    return found


def _alike(
    old: Sequence[MergeUnit], removed: list[int], new: Sequence[MergeUnit], added: list[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of units between the same neighbors that are alike."""
    if len(removed) * len(added) > _MOST_COMPARED:
        return
    headings = [
        [each for each in some if units[each].level] for units, some in ((old, removed), (new, added))
    ]
    if len(headings[0]) == len(headings[1]) == 1:
        yield headings[0][0], headings[1][0]
    words = {number: frozenset(_words(old[number])) for number in removed}
    for number in added:
        own = frozenset(_words(new[number]))
        alike = [
            (len(own & words[each]) / max(len(own), len(words[each]), 1), -each)
            for each in removed
            if old[each].kind is new[number].kind and not old[each].level
        ]
        likeness, best = max(alike, default=(0.0, 0))
        if likeness >= _LIKE:
            removed.remove(-best)
            yield -best, number


def _words(unit: MergeUnit) -> list[bytes]:
    return _WORD.findall(unit.text.lower())
