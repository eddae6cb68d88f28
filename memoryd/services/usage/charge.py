"""Cost of stores, from counts of uses and the history."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.compaction.telling import outcome_in
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.store import Store
from memoryd.domain.usage.bill import SavedTokens, StoreBill, bill_of
from memoryd.domain.usage.tokens import estimated_tokens
from memoryd.domain.usage.totals import UseCount
from memoryd.errors import MemorydError
from memoryd.services.usage.add_up import PERIOD, add_up
from memoryd.services.usage.count_uses import by_root, place_of

if TYPE_CHECKING:
    from memoryd.adapters.history import History


def charge(
    stores: Iterable[Store],
    counts: UseCounts,
    history: "History | None",
    today: date,
    period: timedelta = PERIOD,
) -> tuple[StoreBill, ...]:
    """Return the cost of each store in the period before and including a day.

    Args:
        stores: The stores.
        counts: The counts of uses, brought up to date before.
        history: Has the compactions; None if there is none.
        today: The last day of the period, in UTC.
        period: Its length.

    Raises:
        MemorydError: If the counts cannot be read.
    """
    known, rows = tuple(stores), counts.counts()
    since = today - period
    days = min(period.days, (today - _day(counts.first_day(), today)).days + 1)
    loads = _loads(known, rows, since)
    bills = []
    for usage in add_up(known, rows, today, period):
        store = usage.store
        savings = tuple(_savings(store, history, since)) if history else ()
        bills.append(bill_of(usage, days, loads.get(store.root, ()), savings))
    return tuple(bills)


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _loads(stores: tuple[Store, ...], rows: Iterable[UseCount], since: date) -> dict[str, list[UseCount]]:
    """Return the counts of each index file after a day, by the path of the store."""
    roots, first = by_root(stores), since.isoformat()
    found: dict[str, list[UseCount]] = {}
    for each in rows:
        store, relative = place_of(each.path, roots)
        if store and each.loads and each.day > first and relative == store.profile.index_name:
            found.setdefault(store.root, []).append(each)
    return found


def _savings(store: Store, history: "History", since: date) -> Iterator[SavedTokens]:
    """Yield the savings by the compactions after a day that were not undone."""
    operations = history.operations(store.root)
    undone = {each.undoes for each in operations if each.status == "done"}
    for operation in operations:
        day = datetime.fromtimestamp(operation.time, UTC).date()
        is_in_force = operation.status == "done" and operation.id not in undone and day > since
        if not is_in_force or outcome_in(operation.title, store.root) is None:
            continue
        try:
            plan = history.plan(operation)
        except MemorydError:  # a content is damaged; `history verify` reports it
            continue
        for change in plan.changes:
            if change.path == f"{store.root}/{store.profile.index_name}":
                tokens = _loaded(change.before, store) - _loaded(change.after, store)
                yield SavedTokens(day.isoformat(), tokens)


def _loaded(raw: bytes | None, store: Store) -> int:
    """Return the estimated tokens of what is loaded of an index file."""
    return estimated_tokens(loaded_view(raw, store.profile).context) if raw else 0
