from pathlib import Path

from support import store_of

from memoryd.domain.usage.bill import SavedTokens, bill_of
from memoryd.domain.usage.totals import FileUsage, StoreUsage, UseCount


def usage_of(tokens: int, unread: tuple[str, ...] = ()) -> StoreUsage:
    file = FileUsage("MEMORY.md", loads=4, tokens=tokens)
    return StoreUsage(store_of(Path("/s")), (file,), unread, older=4, tokens_now=100, days=2, sessions=3)


def load(day: str, count: int) -> UseCount:
    return UseCount("/s/MEMORY.md", "s", "reviewer", day, loads=count)


def test_the_cost_of_a_day_is_that_of_the_days_with_counts() -> None:
    bill = bill_of(usage_of(600), 3, (), ())
    assert (bill.per_day, bill.per_month, bill.unread_share) == (200, 6000, 0)
    assert bill_of(usage_of(600), 0, (), ()).per_day == 600


def test_a_compaction_saves_at_the_starts_of_later_days() -> None:
    loads = (load("2026-01-01", 1), load("2026-01-02", 5), load("2026-01-03", 2))
    savings = (SavedTokens("2026-01-01", 100), SavedTokens("2026-01-02", -10))
    bill = bill_of(usage_of(600), 3, loads, savings)
    assert (bill.saved_at_start, bill.saved) == (90, 100 * 7 - 10 * 2)


def test_the_share_of_topics_that_are_never_read() -> None:
    assert bill_of(usage_of(1, ("a.md",)), 3, (), ()).unread_share == 0.25
