"""The background service: watch, sync, and keep index files under their limit."""

import os
import queue
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from memoryd.adapters import files, writing
from memoryd.adapters.discovery import Found
from memoryd.adapters.history import BusyError, History
from memoryd.adapters.index import Index
from memoryd.adapters.service_manager import notify
from memoryd.adapters.watcher import Watcher
from memoryd.config import Config, Enforce
from memoryd.domain.budget import budget_of
from memoryd.domain.store import CONTAINERS, Scope, Store
from memoryd.errors import ConflictError, MemorydError
from memoryd.services.apply import apply, recover
from memoryd.services.compact import plan_compaction
from memoryd.services.sync import drop_deleted, sync

_QUIET = 0.5  # seconds without an event before a store is read
_LATEST = 5.0  # seconds after its first event that a store is read at the latest
_POLLED_RESCAN = 5.0  # seconds between scans where something cannot be watched
_HOUR = 3600.0  # at most one automatic rewrite of a store in this time
_EXPIRE_EVERY = 24 * _HOUR
_DAY = 24 * _HOUR  # a store whose agents wrote into two rewrites in a row is left alone for this time


@dataclass(slots=True)
class _Pending:
    """Times, on the monotonic clock, of the first and the last event of a store that was not read since."""

    first: float
    last: float

    @property
    def due(self) -> float:
        return min(self.last + _QUIET, self.first + _LATEST)


class Daemon:
    """Looks after all stores of one user.

    Args:
        config: The configuration.
        discover: Finds all stores.
        index: Kept up to date.
        history: Records versions and operations.
    """

    def __init__(self, config: Config, discover: Callable[[], Found], index: Index, history: History) -> None:
        self._config = config
        self._discover = discover
        self._index = index
        self._history = history
        self._log = structlog.get_logger()
        self._doorbell: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._watcher = Watcher(self._doorbell.put)
        self._stores: dict[str, Store] = {}  # by real path
        self._pending: dict[str, _Pending] = {}
        self._enforce_at: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._conflicts: dict[str, int] = {}
        self._unread: dict[str, dict[str, str]] = {}  # by store: said once, not at every scan
        self._rescan_at = 0.0
        self._expire_at = time.monotonic() + _HOUR  # not while everything is new
        self._stopping = False

    def run(self) -> None:
        """Work until `stop` is called."""
        try:
            self._rescan()
            self._log.info("ready", stores=len(self._stores), settle=self._config.settle)
            notify(f"READY=1\nSTATUS=Watching {len(self._stores)} stores")
            while not self._stopping:
                self._wait()
                self._work()
        finally:
            notify("STOPPING=1")
            self._watcher.close()
        self._log.info("stopped")

    def stop(self) -> None:
        """End `run` after the write in hand; may be called from a signal handler."""
        self._stopping = True
        self._doorbell.put("")

    def _wait(self) -> None:
        """Sleep until the next thing is due or the doorbell rings, then take all its paths."""
        due = min(
            [self._rescan_at, *(each.due for each in self._pending.values()), *self._enforce_at.values()]
        )
        try:
            path = self._doorbell.get(timeout=max(due - time.monotonic(), 0))
            while True:
                self._mark(path)
                path = self._doorbell.get_nowait()
        except queue.Empty:
            return

    def _mark(self, path: str) -> None:
        now = time.monotonic()
        place = path
        while place not in self._stores:
            place, _, name = place.rpartition("/")
            if not name:
                self._rescan_at = min(self._rescan_at, now + _QUIET)  # perhaps a new store
                return
        self._pending.setdefault(place, _Pending(now, now)).last = now

    def _work(self) -> None:
        now = time.monotonic()
        if now >= self._rescan_at:
            self._rescan_at = now + self._config.rescan
            self._guarded("", self._rescan)
        if now >= self._expire_at:
            self._expire_at = now + _EXPIRE_EVERY
            self._guarded("", self._expire)
        for place in [place for place, pending in self._pending.items() if now >= pending.due]:
            del self._pending[place]
            if place in self._stores:
                self._sync([place])
        for place in [place for place, due in self._enforce_at.items() if now >= due]:
            del self._enforce_at[place]
            if place in self._stores and not self._stopping:
                self._guarded(place, self._enforce)

    def _rescan(self, _place: str = "") -> None:
        """Find stores anew, watch where they lie, and read what has changed: events may have been missed."""
        found = {os.path.realpath(store.root): store for store in self._discover().stores}
        new = found.keys() - self._stores.keys()
        self._stores = found
        failed = self._watcher.watch(sorted({_watched(store) for store in found.values()}))
        for directory, reason in failed.items():
            self._log.warning("not_watched", directory=directory, reason=reason, scanned_every=_POLLED_RESCAN)
        self._guarded("", self._recover)
        self._sync(sorted(found))
        self._guarded("", self._drop_deleted)
        for place in new:
            self._enforce_at.setdefault(place, time.monotonic() + self._left_to_settle(place))
        self._rescan_at = time.monotonic() + (
            min(self._config.rescan, _POLLED_RESCAN) if failed else self._config.rescan
        )

    def _recover(self, _place: str) -> None:
        recovered = recover([store.root for store in self._stores.values()], self._history)
        if recovered:
            self._log.warning("recovered", leftovers=recovered)

    def _drop_deleted(self, _place: str) -> None:
        drop_deleted(self._index, self._history)

    def _expire(self, _place: str) -> None:
        gone = self._history.expire(time.time())
        self._log.info("expired", versions=gone.versions, operations=gone.operations, contents=gone.contents)

    def _left_to_settle(self, place: str) -> float:
        """Seconds until a store that was just found has been quiet for long enough, by its newest file."""
        signatures, _ = self._index.listing(self._stores[place])
        newest = max((signature.mtime_ns for signature in signatures.values()), default=0) / 1e9
        return min(max(newest + self._config.settle - time.time(), 0), self._config.settle)

    def _sync(self, places: Iterable[str]) -> None:
        for place in places:
            if not self._stopping:
                self._guarded(place, self._sync_store)

    def _sync_store(self, place: str) -> None:
        (synced,) = sync([self._stores[place]], self._index, self._history)
        unread = {each.path: each.reason for each in synced.unread}
        for path, reason in unread.items() - self._unread.get(place, {}).items():
            self._log.warning("unreadable", store=synced.store.root, path=path, reason=reason)
        self._unread[place] = unread
        if synced.unrecorded:
            self._log.error("unrecorded", store=synced.store.root, reason=synced.unrecorded)
        if synced.changed:
            self._log.info("indexed", store=synced.store.root, changed=synced.changed, files=synced.files)
            self._enforce_at[place] = time.monotonic() + self._config.settle

    def _guarded(self, place: str, work: Callable[[str], None]) -> None:
        """One store that makes trouble must not stop the care for the others."""
        try:
            work(place)
        except MemorydError as error:
            self._log.error("failed", store=place, reason=error.message)  # a sentence, not a bug
        except Exception:  # noqa: BLE001  # whatever it is: said, with its place, and the next store has its turn
            self._log.exception("bug", store=place)

    def _enforce(self, place: str) -> None:
        """Compact an index file that is over its limit, if nobody writes and it was not done just now."""
        store = self._stores[place]
        snapshot = files.snapshot(store)
        budget = budget_of(snapshot)
        if self._config.enforce is Enforce.OFF or budget is None or not budget.is_over:
            return
        used = {"store": store.root, "lines": budget.view.lines, "units": budget.view.units}
        if self._config.enforce is Enforce.REPORT:
            self._log.warning("over_limit", **used)
            return
        if self._history.was_restored(f"{store.root}/{budget.index.path}", budget.index.raw):
            self._log.info("left_alone", **used, reason="its compaction was taken back")
            return
        wait = self._not_before.get(place, 0) - time.monotonic()
        if wait > 0 or any(writing.has_writer(f"{store.root}/{path}") for path in snapshot.documents):
            self._enforce_at[place] = time.monotonic() + max(wait, self._config.settle, _QUIET)
            return
        self._compact(place, used)

    def _compact(self, place: str, used: dict[str, object]) -> None:
        planned = plan_compaction([self._stores[place]], self._history, frozenset(self._config.rewrite))
        for problem in planned.problems:
            self._log.warning("not_compacted", **used, reason=problem)
        if not planned.plan.fixes:
            return
        self._not_before[place] = time.monotonic() + _HOUR
        try:
            operation = apply(planned.plan, self._history)
        except BusyError as error:
            del self._not_before[place]
            self._enforce_at[place] = time.monotonic() + max(self._config.settle, _QUIET)
            self._log.info("postponed", **used, reason=error.message)
            return
        except ConflictError as error:
            self._conflicts[place] = self._conflicts.get(place, 0) + 1
            pause = _DAY if self._conflicts[place] > 1 else _HOUR
            self._not_before[place] = time.monotonic() + pause
            self._enforce_at[place] = time.monotonic() + pause
            self._log.warning("conflict", **used, reason=error.message, pause=pause)
            return
        self._conflicts.pop(place, None)
        title = planned.plan.fixes[0].title
        self._log.info("compacted", **used, operation=operation, how=title, undo=f"memoryd undo {operation}")


def _watched(store: Store) -> str:
    """The directory that is watched for a store: one that holds many of them, since each costs a thread."""
    above = os.path.dirname(store.root)
    if os.path.basename(above) in CONTAINERS:
        return above
    if store.scope is Scope.AUTO and os.path.basename(os.path.dirname(above)) == "projects":
        return os.path.dirname(above)
    return store.root
