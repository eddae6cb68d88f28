"""Safe fixes that keep index files within their limits."""

import time
from collections import Counter

from memoryd.adapters import edits
from memoryd.adapters.git.operation import is_staged, operation_around
from memoryd.adapters.history import BusyError, History
from memoryd.adapters.stores import contents
from memoryd.config import Config
from memoryd.config.daemon import Enforce
from memoryd.domain.daemon.backoff import pause_after, rest_after
from memoryd.domain.daemon.state import EnforcementState
from memoryd.domain.edits.plan import Plan
from memoryd.domain.limits.budget import is_due
from memoryd.domain.limits.threshold import Threshold
from memoryd.domain.stores.store import Store
from memoryd.errors import ConflictError, MemorydError
from memoryd.services.compaction import index_budget, plan_compaction
from memoryd.services.daemon.journal import Journal, iso
from memoryd.services.edits import apply
from memoryd.values import dataclass

_COMPACTION = "S001"
_GIT_REST = 5.0  # seconds until the next check of a repository in which git is at work
_LEAST = 0.5  # seconds until the next check, however short `settle` is


@dataclass(frozen=True, slots=True)
class _Over:
    """An index file over its limit: its absolute path, content and use of the limits."""

    path: str
    raw: bytes
    used: dict[str, object]


class Enforcer:
    """Applies the safe fixes that the configuration names, and only in quiet stores.

    Args:
        config: The configuration.
        home: The home directory.
        history: Records operations, and has earlier ones.
        journal: Logs what was done and what was not.

    Attributes:
        left: State of stores over their limit, by root.
        last_operation: Id of the last operation of a daemon, or None.
    """

    def __init__(self, config: Config, home: str, history: History, journal: Journal) -> None:
        self.left: dict[str, EnforcementState] = {}
        own = (each.id for each in history.operations() if each.actor == "daemon")
        self.last_operation: int | None = next(own, None)
        self._history = history
        self._journal = journal
        self._failures: Counter[str] = Counter()  # in a row, by root
        self.configure(config, home)

    def configure(self, config: Config, home: str) -> None:
        """Use another configuration from now on."""
        self._config = config
        self._home = home
        is_unchosen = config.enforce is None
        if self._journal.is_news("unchosen", "", is_unchosen) and is_unchosen:
            self._journal.info("unchosen", reason="nothing is changed until you choose: memoryd init")
        self._compacts, self._fixes = True, None
        if config.daemon.fixes != (_COMPACTION,):
            from memoryd.services.daemon.safe_fixes import SafeFixes  # noqa: PLC0415  # rarely needed: 10 MB

            self._fixes = SafeFixes(config, home, self._history)
            self._compacts = self._fixes.compacts

    def forget(self, root: str) -> None:
        """Remove the state of a store that was deleted or fixed."""
        self.left.pop(root, None)
        self._failures.pop(root, None)

    def enforce(self, store: Store, quiet: float) -> float | None:
        """Apply what is due for a store, if no program writes and it was not done just now.

        Work that fails, for example on a full disk, is logged and tried again later.

        Args:
            store: The store.
            quiet: Seconds since something in it was last seen to change.

        Returns:
            Seconds until the next check; None if only a change of the store matters.
        """
        try:
            seconds = self._enforce(store, quiet)
        except MemorydError as error:
            seconds = self._pause(store)
            self._journal.error("failed", reason=error.message, store=store.root)
            self._leave(store, "waiting", seconds)
        else:
            if seconds is None:
                self._failures.pop(store.root, None)
        return seconds

    def _enforce(self, store: Store, quiet: float) -> float | None:
        word = self._config.enforced.of(store, self._home)
        over = None if word is Enforce.OFF else _over_limit(store, self._config.enforced.at)
        if over is None:
            self.left.pop(store.root, None)
        elif word is Enforce.REPORT or not self._compacts:
            self._report(store, over)
        elif self._history.was_undone(over.path, over.raw, "compact"):
            self._leave(store, "left_alone")
            if self._journal.is_news("left_alone", store.root, over.raw):
                self._journal.info("left_alone", **over.used, reason="its compaction was undone")
            return None
        if word is not Enforce.COMPACT or not (self._fixes or (over and self._compacts)):
            return None
        seconds, state = self._patience(store, quiet)
        if seconds:
            if over:
                self._leave(store, state, seconds)
            return seconds
        if reason := _git_hindrance(store):
            return self._postpone(store, over, reason)
        return self._compact(store, over) if over and self._compacts else self._fix(store)

    def _pause(self, store: Store) -> float:
        """Count a failure; return the seconds until the next try."""
        self._failures[store.root] += 1
        return pause_after(self._failures[store.root])

    def _postpone(self, store: Store, over: _Over | None, reason: str) -> float:
        """Postpone work while git or a person is at work in the repository."""
        seconds = max(self._config.settle, _GIT_REST)
        if over:
            self._leave(store, "postponed", seconds)
        if self._journal.is_news("postponed", store.root, reason):
            self._journal.info("postponed", store=store.root, reason=reason)
        return seconds

    def _report(self, store: Store, over: _Over) -> None:
        self._leave(store, "over_limit" if self._config.enforce else "unchosen")
        if self._journal.is_news("over_limit", store.root, over.used):
            self._journal.warning("over_limit", **over.used)

    def _leave(self, store: Store, state: str, seconds: float | None = None) -> None:
        until = None if seconds is None else iso(time.time() + seconds)
        self.left[store.root] = EnforcementState(store.root, state, until)

    def _patience(self, store: Store, quiet: float) -> tuple[float, str]:
        """Return the seconds for which a store is left alone, 0 if it is due, and its state."""
        now = time.time()
        rest = rest_after(self._history.operations(store.root), now)
        if rest:
            return rest.until - now, "conflict" if rest.conflict else "waiting"
        found = contents.scan(store).files
        newest = max(
            (each.ctime_ns / 1e9 for each in found.values()), default=0.0
        )  # no program can set that time
        left = self._config.settle - min(quiet, max(now - newest, 0))
        if left <= 0 and any(edits.has_writer(f"{store.root}/{path}") for path in found):
            left = self._config.settle or _LEAST
        return (max(left, _LEAST) if left > 0 else 0.0), "waiting"

    def _compact(self, store: Store, over: _Over) -> float | None:
        planned = plan_compaction(
            [store], self._history, frozenset(self._config.rewrite), at=self._config.enforced.at, git=False
        )
        seconds = None
        if planned.problems:  # a read-only directory, for example
            seconds = self._pause(store)
            self._leave(store, "over_limit", seconds)
            if self._journal.is_news("not_compacted", store.root, planned.problems):
                for problem in planned.problems:
                    self._journal.warning("not_compacted", **over.used, reason=problem)
        if not planned.plan.fixes:
            return seconds
        told = f"{store.agent}: {planned.plan.fixes[0].title}"
        return self._apply(store, planned.plan, "compacted", **over.used, how=told)

    def _fix(self, store: Store) -> float | None:
        planned = self._fixes.plan(store) if self._fixes else None
        if planned is None:
            return None
        reasons = tuple(dict.fromkeys(problem.reason for problem in planned.problems))
        if reasons and self._journal.is_news("not_mended", store.root, reasons):
            for reason in reasons:
                self._journal.warning("not_mended", store=store.root, reason=reason)
        if not planned.plan.fixes:
            return self._pause(store) if reasons else None
        codes = sorted({each.code for each in planned.fixed})
        return self._apply(store, planned.plan, "mended", store=store.root, rules=codes)

    def _apply(self, place: Store, plan: Plan, event: str, **fields: object) -> float | None:
        """Apply a plan; log which other program prevents it, and try again later.

        Raises:
            MemorydError: If it fails for another reason.
        """
        root = place.root
        seconds = max(self._config.settle, _LEAST)
        try:
            operation = apply(plan, self._history)
        except BusyError as error:
            self._journal.info("postponed", store=root, reason=error.message)
        except ConflictError as error:
            rest = rest_after(self._history.operations(root), time.time())
            if rest and rest.conflict:
                seconds = rest.until - time.time()
            self._journal.warning("conflict", store=root, reason=error.message, pause=round(seconds))
            self._leave(place, "conflict", seconds)
            return seconds
        else:
            self.last_operation = operation
            self.forget(root)
            self._journal.forget(root)
            self._journal.info(event, **fields, operation=operation, undo=f"memoryd undo {operation}")
            return seconds  # an undo before the next read leaves no change to see
        self._leave(place, "waiting", seconds)
        return seconds


def _git_hindrance(store: Store) -> str:
    """Return why git's user must not be disturbed now, as a clause; "" for no reason."""
    if reason := operation_around(store.root):
        return reason
    index = f"{store.root}/{store.profile.index_name}"
    return "it is staged and not committed" if is_staged(index) else ""


def _over_limit(store: Store, at: Threshold) -> _Over | None:
    budget = index_budget(store)  # a file that cannot be read was logged when the store was indexed
    if budget is None or not is_due(budget, at):
        return None
    path, view = f"{store.root}/{budget.index.path}", budget.view
    return _Over(path, budget.index.raw, {"store": store.root, "lines": view.lines, "units": view.units})
