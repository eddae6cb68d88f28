"""Cost of a store's memory in tokens."""

from collections.abc import Iterable

from memoryd.domain.usage.totals import StoreUsage, UseCount
from memoryd.values import dataclass

MONTH = 30
"""Days of a month."""


@dataclass(frozen=True, slots=True)
class SavedTokens:
    """Tokens that a compaction saves at each start.

    Attributes:
        day: The day of the compaction in UTC, as `2026-01-31`.
        tokens: Estimated tokens; negative where more is loaded than before.
    """

    day: str
    tokens: int


@dataclass(frozen=True, slots=True)
class StoreBill:
    """The cost of one store in a period; all tokens are estimates.

    Attributes:
        usage: The uses of the store.
        per_day: Tokens of all its loads, by calendar day.
        saved_at_start: Tokens that the compactions of the period save at each start.
        saved: Tokens that they have saved at all starts since.
    """

    usage: StoreUsage
    per_day: float
    saved_at_start: int
    saved: int

    @property
    def per_month(self) -> float:
        """Tokens of all its loads in a month."""
        return self.per_day * MONTH

    @property
    def unread_share(self) -> float:
        """Share of the older topic files that were not read in the period."""
        return len(self.usage.unread) / self.usage.older if self.usage.older else 0.0


def bill_of(
    usage: StoreUsage, days: int, loads: Iterable[UseCount], savings: Iterable[SavedTokens]
) -> StoreBill:
    """Return the cost of a store.

    A compaction counts at the starts on later days.

    Args:
        usage: The uses of the store in a period.
        days: Number of days of the period for which there are counts.
        loads: The counts of its index file.
        savings: The savings by the compactions of the period.
    """
    known, found = tuple(loads), tuple(savings)
    saved = sum(each.tokens * sum(load.loads for load in known if load.day > each.day) for each in found)
    return StoreBill(
        usage=usage,
        per_day=usage.tokens / max(days, 1),
        saved_at_start=sum(each.tokens for each in found),
        saved=saved,
    )
