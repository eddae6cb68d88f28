"""Choice of the entries to move: the lowest ranks."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.draft import Draft, shares_of
from memoryd.domain.compaction.parts.atoms import Atom
from memoryd.domain.compaction.ranking import Rank
from memoryd.domain.compaction.topics.arrange import arranged, largest_index
from memoryd.domain.compaction.topics.themes import themes_of
from memoryd.domain.limits.budget import used

_GUESSES = 4  # before the range is halved: a file whose size does not follow its entries misleads them


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
    tried: dict[int, float] = {0: draft.budget.used}

    def left(count: int) -> float:
        if count not in tried:
            themes = themes_of(draft, [rank.atom for rank in ranks[:count]])
            tried[count] = used(largest_index(draft, themes), draft.budget.profile)
        return tried[count]

    shares = shares_of(draft)
    taken = (0.0, *accumulate(shares[rank.atom] for rank in ranks))
    for goal in (most, 1.0):
        count = fewest_below(left, taken, goal)
        if count is not None:
            return _fewer(draft, ranks, count, goal)
    raise CannotCompactError(
        "nothing that may be moved makes it small enough: it is pinned, or one long entry"
    )


def fewest_below(left: Callable[[int], float], taken: Sequence[float], goal: float) -> int | None:
    """Return a number of entries that brings a file to a goal where one entry less does not.

    Args:
        left: What the file takes after so many entries have left; it falls about as `taken` grows.
        taken: What the first so many entries take, from none to all of them.
        goal: The most that the file may take.

    Returns:
        None where the goal is not reached even if all of them leave.
    """
    low, last = 0, len(taken) - 1
    if left(low) <= goal:
        return low
    high, step = min(bisect_left(taken, left(low) - goal), last), 1
    while left(high) > goal:  # pointers take room too
        if high == last:
            return None
        wanted = bisect_left(taken, taken[high] + 2 * (left(high) - goal))
        low, high, step = high, min(max(wanted, high + step), last), 2 * step
    guesses = 0
    while high - low > 1:
        middle = (low + high) // 2
        if guesses < _GUESSES:
            share = (left(low) - goal) / (left(low) - left(high))
            wanted_share = taken[low] + share * (taken[high] - taken[low])
            middle = bisect_left(taken, wanted_share, low + 1, high - 1)
        guesses += 1
        if left(middle) > goal:
            low = middle
        else:
            high = middle
    return high


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
