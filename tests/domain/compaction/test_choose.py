"""The search for the number of entries that leave an index file."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.compaction.choose import fewest_below

ENTRIES = 20_000
MANY = 40  # questions; a search step by step asks thousands


class Asked:
    """What a file takes after some entries have left, and how often that was asked."""

    def __init__(self, sizes: list[float]) -> None:
        self._sizes = sizes
        self.counts: set[int] = set()

    def __call__(self, count: int) -> float:
        self.counts.add(count)
        return self._sizes[count]


@given(
    sizes=st.lists(st.floats(0, 10), min_size=1, max_size=40),
    shares=st.lists(st.floats(0, 1), min_size=39, max_size=39),
    goal=st.floats(0, 10),
)
def test_one_entry_less_is_too_few_whatever_the_sizes_are(
    sizes: list[float], shares: list[float], goal: float
) -> None:
    taken = (0.0, *accumulate(shares))[: len(sizes)]

    found = fewest_below(sizes.__getitem__, taken, goal)

    if found is None:
        assert sizes[-1] > goal
    else:
        assert sizes[found] <= goal
        assert found == 0 or sizes[found - 1] > goal


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param([2 - count / ENTRIES for count in range(ENTRIES + 1)], id="steady"),
        pytest.param(
            [2 - count / ENTRIES + 0.3 * (count > 0) for count in range(ENTRIES + 1)], id="a pointer is added"
        ),
        pytest.param([1.0001 - count / ENTRIES / 1000 for count in range(ENTRIES + 1)], id="hardly falls"),
        pytest.param([2.0] * (ENTRIES - 3) + [0.0] * 4, id="falls at the end"),
        pytest.param([2.0] + [0.0] * ENTRIES, id="falls at once"),
        pytest.param([2 / (1 + count) ** 0.1 for count in range(ENTRIES + 1)], id="falls ever less"),
    ],
)
@pytest.mark.parametrize(
    "share", [pytest.param(1 / ENTRIES, id="shares"), pytest.param(0.0, id="no shares"), 1.0]
)
def test_few_numbers_are_tried(sizes: list[float], share: float) -> None:
    left = Asked(sizes)

    fewest_below(left, [share * count for count in range(ENTRIES + 1)], 1.0)

    assert len(left.counts) < MANY
