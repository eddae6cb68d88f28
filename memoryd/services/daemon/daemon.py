"""The main loop of the background service."""

import gc
import queue
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.adapters import edits
from memoryd.adapters.daemon.malloc import give_back
from memoryd.adapters.daemon.process import notify_reloading
from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.errors import MemorydError
from memoryd.services.daemon.debounce import QUIET, Debounce
from memoryd.services.daemon.enforce import Enforcer
from memoryd.services.daemon.heartbeat import Pulse, Vitals
from memoryd.services.daemon.journal import Journal
from memoryd.services.daemon.known_stores import KnownStores
from memoryd.services.daemon.lookout import Lookout
from memoryd.services.daemon.loss_watch import LossWatch
from memoryd.services.daemon.sandbox import Border, Sandbox
from memoryd.services.daemon.settings import Setting
from memoryd.services.daemon.upkeep import Upkeep
from memoryd.services.report.keep import PageKeeper

if TYPE_CHECKING:
    from memoryd.services.daemon.hooks import Hooks

_SHARE = 5_000  # at most one part in so many of the time is for checks of the watcher, as much for others
_SLACK = 0.05  # seconds: events due at nearly the same time are handled at one waking
_EVENTS = 10_000  # most events taken at once
_BULK = 500  # number of files read after which memory is freed


class Daemon:
    """The background service for all stores of one user.

    Args:
        setting: The settings.
        renew: Returns new settings; raises `MemorydError` if they are wrong.
        index: The index to update.
        history: Records versions and operations.
        status: Path of `status.json`.
        sandbox: The confinement of the process.
        tell: Notifies people of an event, by its name and a sentence.

    Attributes:
        hooks: Answers hooks of the client once the daemon is ready, or None.
        upkeep: Daily care of the history, and of the counts of uses.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # its collaborators
        self,
        setting: Setting,
        renew: Callable[[], Setting],
        index: Index,
        history: History,
        status: Path,
        sandbox: Sandbox,
        tell: Callable[[str, str], None] | None = None,
    ) -> None:
        self._setting, self._renew = setting, renew
        self._index, self._history = index, history
        self._journal = Journal(tell)
        self.border = Border(sandbox, self._journal)
        self._known = KnownStores(index, history, self._journal)
        self._enforcer = Enforcer(setting.config, setting.home, history, self._journal)
        self._losses = LossWatch(history, self._journal)
        self._pulse = Pulse(status, setting.metrics, self._journal)
        self._doorbell: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lookout = Lookout(self._doorbell.put, setting.patterns, self._journal)
        self._pending, self._enforce_at = Debounce(), dict[str, float]()
        self._changed: dict[str, float] = {}  # time of the last change of each store
        self._scan_at = self._supervise_at = self._near_at = self._scanned = 0.0
        self.upkeep = Upkeep(history, self._journal, self._beat)
        self._page = PageKeeper(history, self._journal.counts, self._journal.page_written, self._beat)
        self._untidy, self._mode = 0, "starting"
        self._search_wanted, self._stopping, self._reloading = True, False, False
        self.hooks: Hooks | None = None

    def run(self) -> None:
        """Work until `stop` is called."""
        try:
            self._beat()
            self._scan()
            if not self._stopping:
                self._get_ready()
            while not self._stopping:
                self._wait()
                self._work()
        finally:
            self._mode = "stopping"
            self._pulse.stop(self._vitals())
            self._lookout.close()
        self._pulse.end()
        self._journal.info("stopped")

    def _get_ready(self) -> None:
        self._mode = ""
        gc.collect()
        gc.freeze()  # what exists now stays, so later collections need not visit it
        self._guarded("", lambda _: self._tidy())
        if self.hooks:
            parts = self._known, self._history, self._losses, self._journal
            self.hooks.serve(*parts, self._doorbell.put, lambda: self._setting)
        self._pulse.ready(self._vitals())
        self._journal.info("ready", stores=len(self._known.stores), settle=self._setting.config.settle)

    def stop(self) -> None:
        """End `run` after the current write; may be called from a signal handler."""
        self._stopping = True
        edits.hurry()
        self._doorbell.put("")

    def reload(self) -> None:
        """Read the configuration again; may be called from a signal handler."""
        self._reloading = True
        self._doorbell.put("")

    def _wait(self) -> None:
        """Sleep until the next task is due or an event comes, then take all events."""
        now = time.monotonic()
        tasks = (self._scan_at, self._supervise_at, self._pending.due, *self._enforce_at.values())
        due = min(now + self._pulse.longest, *tasks)
        try:
            self._mark(self._doorbell.get(timeout=max(due - now, 0)))
            for _ in range(_EVENTS):
                self._mark(self._doorbell.get_nowait())
        except queue.Empty:
            return

    def _mark(self, path: str) -> None:
        now = time.monotonic()
        if path == "/":
            self._supervise_at = min(self._supervise_at, max(now, self._lookout.patience))
        elif place := self._known.place_of(path):
            self._pending.mark(place)
        elif path:
            self._search(now + QUIET)

    def _search(self, at: float) -> None:
        """Search for stores at that time, or later if a search is expensive."""
        self._search_wanted = True
        self._scan_at = min(self._scan_at, max(at, self._known.next_search(0, reason=True)))

    def _work(self) -> None:
        if self._reloading:
            self._guarded("", lambda _: self._reload())
        now = time.monotonic()
        if self._known.is_index_new() or now >= self._scan_at:
            self._scan()
        elif now >= self._supervise_at:
            self._guarded("", lambda _: self._supervise())
        self._read(self._pending.take())
        for place in [each for each, due in self._enforce_at.items() if time.monotonic() >= due]:
            del self._enforce_at[place]
            if place in self._known.stores and place not in self.border.outside and not self._stopping:
                self._guarded(place, self._enforce)
                self._pulse.progress()
        self._guarded("", lambda _: self.upkeep.work(self._setting.config.history.max_size))
        self._guarded("", lambda _: self._page.work(self._setting.page))
        self._beat()

    def _scan(self, *, search: bool = False) -> None:
        """Check all stores, as events may have been missed; if asked, search even after a recent search."""
        now = time.monotonic()
        self._scan_at = now + self._setting.rescan
        if search or now >= self._known.next_search(self._setting.rescan, reason=self._search_wanted):
            self._search_wanted = False
            self._guarded("", lambda _: self._find())
        self.border.look(self._known.stores, self.stop)
        self._guarded("", lambda _: self._look())
        self._guarded("", lambda _: self._known.settle())
        self._guarded("", lambda _: self._lookout.check(self._known.directories(self._lookout.failed)))
        self._guarded("", lambda _: self._known.drop_gone())
        self._guarded("", lambda _: self._losses.look(self._known.stores.values()))
        if hooks := self.hooks:
            self._guarded("", lambda _: hooks.tend(self._known.stores, self._history))
        self._scanned = time.time()
        self._journal.counts["scans"] += 1
        if self._search_wanted:
            self._search(0)

    def _look(self) -> None:
        begun = time.thread_time()
        places = self._known.doubtful()
        cost = time.thread_time() - begun
        self._read(places)
        self._scan_at = time.monotonic() + self._setting.pause_after_scan(cost)

    def _find(self) -> None:
        """Find stores, and watch their directories before reading anything in them."""
        new = self._known.search(self._setting.discover)
        self._lookout.watch(self._known.roots)
        for times in (self._enforce_at, self._changed):
            for place in times.keys() - self._known.stores.keys():
                del times[place]
        known = {store.root for store in self._known.stores.values()}
        for root in self._enforcer.left.keys() - known:
            self._enforcer.forget(root)
        self._enforce_at |= dict.fromkeys(new, 0.0)

    def _supervise(self) -> None:
        """Check the watcher, what it cannot watch, and first stores of projects."""
        begun, now = time.thread_time(), time.monotonic()
        doubts = self._lookout.doubts()
        least = min(self._lookout.every, self._setting.rescan)
        wait = max(least, (time.thread_time() - begun) * _SHARE)
        if doubts:
            self._search(now)
            self._scan_at = now
        if now >= self._near_at:
            begun = time.thread_time()
            if self._known.is_near_changed():
                self._search(now)
            self._near_at = now + max(least, (time.thread_time() - begun) * _SHARE) - _SLACK
        polled = self._known.below(self._lookout.failed)
        self._read([place for place in polled if not self._known.is_certain(place)])
        if self._untidy and not self._pending:
            self._tidy()
            self._untidy -= 1
        self._supervise_at = max(time.monotonic() + wait, self._lookout.patience)

    def _tidy(self) -> None:
        self._index.tidy()
        self._history.tidy()
        give_back()

    def _read(self, places: Iterable[str]) -> None:
        for place in places:
            if place in self._known.stores and not self._stopping:
                self._guarded(place, self._read_store)
                self._beat()

    def _read_store(self, place: str) -> None:
        changed = self._known.read(place)
        if changed is None:
            self._search(time.monotonic())
        elif changed:
            self._untidy = min(self._untidy + 1 + changed // _BULK, 16)
            self._changed[place] = self._enforce_at[place] = time.monotonic()
            self._losses.look([store := self._known.stores[place]], store.root)

    def _enforce(self, place: str) -> None:
        quiet = time.monotonic() - self._changed.get(place, float("-inf"))
        seconds = self._enforcer.enforce(self._known.stores[place], quiet)
        if seconds is not None:
            self._enforce_at[place] = time.monotonic() + seconds

    def _reload(self) -> None:
        """Apply the configuration as it is now; a bad one changes nothing."""
        self._reloading = False
        notify_reloading()
        try:
            setting = self._renew()
        except MemorydError as error:
            self._journal.error("reload_failed", reason=error.message, again=True)
        else:
            if setting.patterns != self._setting.patterns:
                self._lookout.close()
                self._lookout = Lookout(self._doorbell.put, setting.patterns, self._journal)
            self._setting = setting
            self._enforcer.configure(setting.config, setting.home)
            self._pulse.measure(setting.metrics)
            self._known.forget_glances()
            self._scan(search=True)
            self._enforce_at |= dict.fromkeys(self._known.stores, 0.0)
            self._journal.info("reloaded", stores=len(self._known.stores))
        self._pulse.ready(self._vitals())

    def _guarded(self, place: str, work: Callable[[str], None]) -> None:
        """Do work for one store, so that its errors do not stop the others."""
        try:
            work(place)
        except MemorydError as error:
            self._journal.error("failed", reason=error.message, store=place)  # a sentence, not a bug
        except Exception as error:  # noqa: BLE001  # any bug is logged, and work continues
            self._journal.bug(error, store=place)

    def _beat(self) -> None:
        self._pulse.beat(self._vitals)

    def _vitals(self) -> Vitals:
        failed = dict(self._lookout.failed)
        return Vitals(
            mode=self._mode or ("polling" if failed else "watching"),
            stores=len(self._known.stores),
            files=self._known.files,
            pending=len(self._pending),
            polled=failed,
            enforce=tuple(sorted(self._enforcer.left.values(), key=lambda each: each.store)),
            last_operation=self._enforcer.last_operation,
            projects=self._known.projects,
            alarms=self._losses.alarms,
            sandbox=self.border.sandbox.state,
            outside=tuple(sorted(self.border.outside)),
            scanned=self._scanned,
        )
