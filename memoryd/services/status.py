"""State of stores: budgets, agents, findings."""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from memoryd.adapters.stores import contents, files
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.agents.definition import AgentDefinition, match_agents
from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.results import CheckResult, report_of
from memoryd.domain.checks.rule import Rule, context_of
from memoryd.domain.checks.selection import Choice, RuleSelection
from memoryd.domain.compaction.telling import outcome_in
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.history.lost_lines import Alarm
from memoryd.domain.history.versions import Operation, last_in_force
from memoryd.domain.limits.budget import Budget, budget_of
from memoryd.domain.links.names import Reach, reachable, unseen_topics
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.services.agents.read_roster import gather
from memoryd.services.checks.check import check_contexts, check_roster, read_all, read_contexts
from memoryd.services.checks.judge import Tick, judged, judgement_around, no_tick
from memoryd.services.git import today
from memoryd.services.history.losses import alarms_of
from memoryd.services.stores.read_mentions import read_mentions
from memoryd.services.stores.read_surroundings import read_further, read_surroundings
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.adapters.search.index import Index

_NOTHING = Choice("", "/")
_DAY = 86400.0  # seconds
_FAILING = frozenset({Severity.ERROR, Severity.WARNING})
_DELETED_PATH = "P005"  # names paths that git knows as deleted
_REPETITIONS = "D"  # rules that compare every note with every other


@dataclass(frozen=True, slots=True)
class LastCompaction:
    """The last compaction of a store.

    Attributes:
        operation: Its number.
        time: Its start, in seconds since the epoch.
        outcome: What was and what is, in one sentence without a final stop.
    """

    operation: int
    time: float
    outcome: str


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store with everything that `show` prints.

    Attributes:
        store: The store.
        snapshot: Its documents.
        budget: Its index file against the limits; None if there is no index file.
        agents: The definitions of the agents that use it.
        report: Findings in it.
        changed: UTC time of the newest file, or None in an empty store.
        alarms: Losses that are neither restored nor dismissed.
        compaction: The last compaction within a day, unless it was undone.
    """

    store: Store
    snapshot: Snapshot
    budget: Budget | None
    agents: tuple[AgentDefinition, ...]
    report: CheckResult
    changed: datetime | None
    alarms: tuple[Alarm, ...]
    compaction: LastCompaction | None

    @property
    def unseen_topics(self) -> tuple[str, ...]:
        """Topic files that are linked only from the cut part of the index file."""
        return unseen_topics(self.snapshot, self.budget) if self.budget else ()

    @property
    def reach(self) -> dict[str, Reach | None]:
        """Return how the agent reaches each topic file; None if it does not."""
        found = reachable(self.snapshot)
        return {topic.path: found.get(topic.path) for topic in self.snapshot.topics}


@dataclass(frozen=True, slots=True)
class Overview:
    """A quick overview of stores: errors and warnings, without duplicates.

    Attributes:
        views: One for each store.
        definitions: Findings in agent definitions.
        elsewhere: Alarms about other stores, such as deleted ones.
    """

    views: tuple[StoreView, ...]
    definitions: tuple[Diagnostic, ...]
    elsewhere: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexCoverage:
    """The share of the files on disk that the index has.

    Attributes:
        files: Number of files in the index.
        current: Number of those that are the same on disk.
        on_disk: Number of files on disk.
    """

    files: int
    current: int
    on_disk: int


def survey(  # noqa: PLR0913  # what a view is made of
    stores: Iterable[Store],
    definitions: tuple[AgentDefinition, ...],
    rules: tuple[Rule, ...],
    *,
    user: Choice = _NOTHING,
    history: "History | None" = None,
    kept: KeptFiles | None = None,
    git: bool = True,
) -> tuple[StoreView, ...]:
    """Read stores completely, and return their state; fixes are not computed.

    Args:
        stores: The stores to read.
        definitions: The known agents.
        rules: The rules to run.
        user: Rule settings of the user's configuration.
        history: Has alarms about losses; without it, none are reported.
        kept: Has facts about texts that were found out earlier.
        git: Git may be asked, which starts a process.
    """
    found = []
    recent = _recent(history)
    for store in stores:
        quick = RuleOptions(want_fixes=False)
        contexts = tuple(replace(each, options=quick) for each in read_contexts((store,), kept=kept, git=git))
        report = judged(check_contexts(contexts, rules, kept), judgement_around(store, user))
        alarms = tuple(each for each in alarms_of((store,), history) if each.root == store.root)
        last = _last_compaction(store.root, recent)
        found.append(_view(contexts[0].snapshot, definitions, report, alarms, last))
    return tuple(found)


def overview(  # noqa: PLR0913  # what a view is made of
    found: FoundStores,
    rules: tuple[Rule, ...],
    *,
    user: Choice = _NOTHING,
    history: "History | None" = None,
    kept: KeptFiles | None = None,
    git: bool = True,
    tick: Tick = no_tick,
) -> Overview:
    """Return a quick overview of stores and agent definitions.

    Errors and warnings are counted, at their configured levels. D rules are not run, and fixes are not
    computed.

    Args:
        found: The stores and definitions.
        rules: All rules.
        user: Rule settings of the user's configuration.
        history: Has alarms about losses; without it, none are reported.
        kept: Has facts about texts that were found out earlier.
        git: Git may be asked, which starts a process.
        tick: Is told how many stores are checked.
    """
    judgements = {store.root: judgement_around(store, user) for store in found.stores}
    chosen = tuple(_quick(rules, (RuleSelection((user,)), *judgements.values())))
    snapshots, diagnostics = _checked(found, chosen, kept, tick, git=git)
    by_place: dict[str, list[Diagnostic]] = {}
    for each in diagnostics:
        by_place.setdefault(each.store, []).append(each)
    alarms, recent = alarms_of(found.stores, history), _recent(history)
    views = []
    for snapshot in snapshots:
        root = snapshot.store.root
        counted = _failing(by_place.pop(root, ()), judgements[root])
        report = report_of((snapshot,), counted)
        own = tuple(each for each in alarms if each.root == root)
        views.append(_view(snapshot, found.definitions, report, own, _last_compaction(root, recent)))
    others = (
        each
        for place, diagnostics in by_place.items()
        for each in _failing(diagnostics, judgement_around(place, user))
    )
    known = {store.root for store in found.stores}
    elsewhere = tuple(each for each in alarms if each.root not in known)
    return Overview(tuple(views), tuple(others), elsewhere)


def _checked(
    found: FoundStores, rules: tuple[Rule, ...], kept: KeptFiles | None, tick: Tick, *, git: bool
) -> tuple[tuple[Snapshot, ...], tuple[Diagnostic, ...]]:
    """Return the stores that were found, and the findings in them and in agent definitions."""
    snapshots = read_all(found.stores, kept)
    near = read_surroundings(snapshots, seek=False, git=git)
    around = tuple(map(partial(read_mentions, git=git), snapshots, near))
    if any(rule.code == _DELETED_PATH for rule in rules):  # long histories are read only on request
        around = tuple(map(partial(read_further, git=git), snapshots, around))
    else:
        around = tuple(replace(each, evidence=Evidence(today=today())) for each in around)
    contexts = tuple(map(context_of, snapshots, around, repeat(RuleOptions(want_fixes=False))))
    roster = gather(found, snapshots, git=git)
    roster = kept.recall_together(roster) if kept else roster
    diagnostics = check_roster(roster, contexts, rules, tick).diagnostics
    if kept:
        kept.keep(roster)
    return snapshots, diagnostics


def _quick(rules: Iterable[Rule], selections: tuple[RuleSelection, ...]) -> Iterator[Rule]:
    """Yield the rules whose findings are errors or warnings somewhere, except those on repetitions."""
    for rule in rules:
        if not rule.code.startswith(_REPETITIONS) and any(
            each.level_of(rule) in _FAILING for each in selections
        ):
            yield rule


def _failing(diagnostics: Iterable[Diagnostic], judgement: RuleSelection) -> tuple[Diagnostic, ...]:
    """Return the findings that make a check fail."""
    report = judged(report_of((), tuple(diagnostics)), judgement)
    return tuple(each for each in report.diagnostics if each.level in _FAILING)


def compare_with_disk(stores: Iterable[Store], index: "Index | None") -> IndexCoverage:
    """Return how much of what is on disk is in the index, without reading or changing anything.

    Raises:
        MemorydError: If the index cannot be used.
    """
    indexed = current = on_disk = 0
    for store in stores:
        known = index.listing(store)[0] if index else {}
        try:
            now = contents.scan(store).files
        except files.UnreadableError:
            now = {}
        indexed += len(known)
        current += sum(known.get(path) == signature for path, signature in now.items())
        on_disk += len(now)
    return IndexCoverage(indexed, current, on_disk)


def _view(
    snapshot: Snapshot,
    definitions: tuple[AgentDefinition, ...],
    report: CheckResult,
    alarms: tuple[Alarm, ...],
    compaction: LastCompaction | None,
) -> StoreView:
    agents, budget = match_agents(snapshot.store, definitions), budget_of(snapshot)
    changed = _newest(snapshot)
    return StoreView(snapshot.store, snapshot, budget, agents, report, changed, alarms, compaction)


def _recent(history: "History | None") -> dict[str, tuple[Operation, ...]]:
    """Return the operations of the last day by store."""
    return history.operations_by_root(time.time() - _DAY) if history else {}


def _last_compaction(root: str, recent: dict[str, tuple[Operation, ...]]) -> LastCompaction | None:
    """Return the last compaction of a store among the recent operations, by store, unless it was undone."""
    operation = last_in_force(
        recent.get(root, ()), lambda each: outcome_in(each.title, root) is not None, 0.0
    )
    outcome = outcome_in(operation.title, root) if operation else None
    return LastCompaction(operation.id, operation.time, outcome) if operation and outcome else None


def _newest(snapshot: Snapshot) -> datetime | None:
    times = []
    for path in snapshot.documents:
        try:
            times.append(os.stat(f"{snapshot.store.root}/{path}").st_mtime)
        except OSError:
            continue  # deleted since it was read
    return datetime.fromtimestamp(max(times), UTC) if times else None
