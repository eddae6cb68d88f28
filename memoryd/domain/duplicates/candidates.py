"""Similar sets among many, without comparing each with each.

Prefix filter: two similar sets share some of their rarest members, so only those are looked up. Members
that nearly all sets share (boilerplate) are capped, and skipped comparisons are counted.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

_SHARED = 3  # rare members that two sets must share to be compared
_BUCKET = 256  # sets per rare member that are checked, the nearest in size first
_PARTNERS = 12  # sets compared with each set, those that share most first


@dataclass(slots=True)
class Candidates:
    """Pairs of positions, the earlier set first, and the number of pairs skipped by a cap."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    capped: int = 0


def alike(sets: Sequence[frozenset[str]], least: float, partners: int = _PARTNERS) -> Candidates:
    """Find pairs of sets with at least this similarity (Jaccard), in time that boilerplate cannot blow up.

    Args:
        sets: The sets, by position.
        least: Common members among all members, over 0 and at most 1.
        partners: Most smaller sets that a set is paired with.
    """
    counts = Counter(member for each in sets for member in each)
    ranks = {member: rank for rank, (member, _) in enumerate(sorted(counts.items(), key=_by_rarity))}
    found = Candidates()
    buckets: dict[int, list[int]] = {}  # positions in `order`, by rank of a member
    order = sorted((at for at, each in enumerate(sets) if each), key=lambda at: len(sets[at]))
    sizes = [len(sets[at]) for at in order]
    for place, at in enumerate(order):
        members = sets[at]
        needed = ceil(least * len(members))
        shared = min(_SHARED, needed)
        prefix = sorted(ranks[member] for member in members)[: len(members) - needed + shared]
        smallest = bisect_left(sizes, needed, hi=place)
        seen: Counter[int] = Counter()
        for rank in prefix:
            bucket = buckets.setdefault(rank, [])
            known = bucket[-_BUCKET:]
            found.capped += max(len(bucket) - bisect_left(bucket, smallest) - _BUCKET, 0)
            seen.update(known)
            bucket.append(place)
        chosen = (other for other, times in seen.items() if times >= min(shared, ceil(least * sizes[other])))
        _take(found, sets, at, (order[other] for other in chosen if other >= smallest), least, partners)
    return found


def _by_rarity(counted: tuple[str, int]) -> tuple[int, str]:
    return counted[1], counted[0]


def _take(  # noqa: PLR0913, PLR0917  # one step of the loop above
    found: Candidates,
    sets: Sequence[frozenset[str]],
    at: int,
    others: Iterable[int],
    least: float,
    partners: int,
) -> None:
    members = sets[at]
    near = []
    for other in others:
        common = len(members & sets[other])
        if common >= least * (len(members) + len(sets[other]) - common):
            near.append((-common, abs(at - other), other))
    found.capped += max(len(near) - partners, 0)
    found.pairs += [(min(at, other), max(at, other)) for _, _, other in sorted(near)[:partners]]
