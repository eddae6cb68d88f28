"""Costs of stores for the report."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.stores.store import Store
from memoryd.domain.usage.bill import StoreBill
from memoryd.services.usage.charge import charge
from memoryd.services.usage.count_uses import count_uses

if TYPE_CHECKING:
    from memoryd.adapters.history import History

_LEAST = timedelta(days=1)


def costs(
    counts: UseCounts,
    projects: Path,
    stores: Iterable[Store],
    history: "History | None",
    period: tuple[float, float],
) -> dict[str, StoreBill]:
    """Count on in the session records, and return the costs of stores by path.

    Args:
        counts: Has the counts.
        projects: The directory `projects` of the client's configuration directory.
        stores: All known stores.
        history: Has the compactions; None if there is none.
        period: Start and end, in seconds since the epoch.

    Raises:
        MemorydError: If the counts cannot be read or written.
    """
    known = tuple(stores)
    count_uses(counts, projects, known)
    start, end = period
    length = max(timedelta(seconds=end - start), _LEAST)
    today = datetime.fromtimestamp(end, UTC).date()
    return {bill.usage.store.root: bill for bill in charge(known, counts, history, today, length)}
