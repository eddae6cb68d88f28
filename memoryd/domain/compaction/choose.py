"""Choice of the entries to move: the lowest ranks."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.draft import Draft, shares_of
from memoryd.domain.compaction.parts.atoms import Atom
from memoryd.domain.compaction.ranking import Rank
from memoryd.domain.compaction.topics.arrange import arranged, largest_index
from memoryd.domain.compaction.topics.themes import themes_of
from memoryd.domain.limits.budget import used


def choose(draft: Draft, ranks: Sequence[Rank], most: float) -> tuple[tuple[Atom, ...], Mapping[str, bytes]]:
    """Return the entries that leave, and the files of the store after that.

    Args:
        draft: The store.
        ranks: The entries that may move, the first to leave first.
        most: The share of the limit that the index file may take afterwards; where that cannot be
            reached, all of the limit.

    Raises:
        CannotCompactError: Where the file is over its limit whatever leaves.
    """
    tried: dict[int, float] = {}

    def left(count: int) -> float:
        if count not in tried:
            themes = themes_of(draft, [rank.atom for rank in ranks[:count]])
            tried[count] = used(largest_index(draft, themes), draft.budget.profile)
        return tried[count]

    least = _fewest_that_could(draft, ranks, most)
    for goal in (most, 1.0):
        low, step = least, 1
        while low + step <= len(ranks) and left(low + step) > goal:  # mostly few more than the least
            low, step = low + step, 2 * step
        between = range(low, min(low + step, len(ranks)) + 1)
        count = low + bisect_left(between, -goal, key=lambda each: -left(each))
        while count < len(ranks) and left(count) > goal:  # a pointer more can make a longer file
            count += 1
        if count <= len(ranks) and left(count) <= goal:
            while count > 0 and left(count - 1) <= goal:
                count -= 1
            return _fewer(draft, ranks, count, goal)
        least = 0
    raise CannotCompactError(
        "nothing that may be moved makes it small enough: it is pinned, or one long entry"
    )


def _fewer(
    draft: Draft, ranks: Sequence[Rank], count: int, goal: float
) -> tuple[tuple[Atom, ...], Mapping[str, bytes]]:
    """Return the fewest entries that leave, by the real length of the pointers, and the files after that."""
    leaving, files = _first(draft, ranks, count)
    while count > 0:
        fewer, other = _first(draft, ranks, count - 1)
        if used(other.get(draft.index.path, draft.index.raw), draft.budget.profile) > goal:
            break
        leaving, files, count = fewer, other, count - 1
    return leaving, files


def _first(draft: Draft, ranks: Sequence[Rank], count: int) -> tuple[tuple[Atom, ...], Mapping[str, bytes]]:
    leaving = tuple(rank.atom for rank in ranks[:count])
    return leaving, arranged(draft, themes_of(draft, leaving)) if leaving else {}


def _fewest_that_could(draft: Draft, ranks: Sequence[Rank], most: float) -> int:
    """Return how many entries must leave at least, if nothing were added for them."""
    left, count, shares = draft.budget.used, 0, shares_of(draft)
    while left > most and count < len(ranks):
        left -= 2 * shares[ranks[count].atom]
        count += 1
    return max(count - 1, 0)
