"""Counts of uses, added up by store."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from memoryd.adapters.stores import contents
from memoryd.adapters.stores.files import UnreadableError
from memoryd.domain.stores.store import Store
from memoryd.domain.usage.totals import FileUsage, StoreUsage, UseCount
from memoryd.services.usage.count_uses import by_root, place_of, tokens_now

PERIOD = timedelta(days=90)
"""The usual period: a topic that was not read for so long is probably not needed."""


def add_up(
    stores: Iterable[Store], counts: Iterable[UseCount], today: date, period: timedelta = PERIOD
) -> tuple[StoreUsage, ...]:
    """Return the uses of each store in the period before and including a day.

    Args:
        stores: The stores, which are listed on disk.
        counts: All counts, as `UseCounts.counts` returns them.
        today: The last day of the period, in UTC.
        period: Its length.
    """
    known = tuple(stores)
    roots = by_root(known)
    by_store: dict[str, dict[str, list[UseCount]]] = {store.root: {} for store in known}
    for each in counts:
        store, relative = place_of(each.path, roots)
        if store:
            by_store[store.root].setdefault(relative, []).append(each)
    since = today - period
    return tuple(_of_store(store, by_store[store.root], since) for store in known)


def _of_store(store: Store, counts: dict[str, list[UseCount]], since: date) -> StoreUsage:
    """Return the uses of one store after a day, from the counts of its files by path."""
    try:
        found = contents.scan(store).files
    except UnreadableError:
        found = {}
    first = since.isoformat()
    recent = {path: [each for each in known if each.day > first] for path, known in counts.items()}
    files = {path: _of_file(path, counts.get(path, []), recent.get(path, [])) for path in {*found, *counts}}
    older = [
        path
        for path, signature in found.items()
        if path != store.profile.index_name
        and datetime.fromtimestamp(signature.mtime_ns / 1e9, UTC).date() <= since
    ]
    shown = {*found, *(path for path, uses in recent.items() if uses)}
    return StoreUsage(
        store=store,
        files=tuple(files[path] for path in sorted(shown)),
        unread=tuple(sorted(path for path in older if not files[path].reads)),
        older=len(older),
        tokens_now=tokens_now(store) or 0,
        days=len({each.day for uses in recent.values() for each in uses}),
        sessions=len({each.session for uses in recent.values() for each in uses}),
    )


def _of_file(path: str, known: Sequence[UseCount], recent: Sequence[UseCount]) -> FileUsage:
    """Return the uses of a file: all that are known, and those in the period."""
    return FileUsage(
        path=path,
        loads=sum(each.loads for each in recent),
        reads=sum(each.reads for each in recent),
        writes=sum(each.writes for each in recent),
        failed=sum(each.failed for each in recent),
        tokens=sum(each.tokens for each in recent),
        last_read=max((each.day for each in known if each.reads), default=""),
        readers=tuple(sorted({each.agent for each in recent if each.reads})),
    )
