"""A quick overview of stores, for `status`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.results import CheckResult, report_of
from memoryd.domain.checks.rule import Rule, RuleContext, context_of
from memoryd.domain.checks.selection import Choice, RuleSelection
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.stores.snapshot import Snapshot, UnreadFile
from memoryd.domain.stores.store import Store, directory_name
from memoryd.services.agents.read_roster import gather, standings_of
from memoryd.services.checks.check import check_roster, read_all
from memoryd.services.checks.ground import Ground
from memoryd.services.checks.judge import Tick, judged, judgement_around, no_tick
from memoryd.services.checks.recheck import Recheck, by_place
from memoryd.services.checks.verdicts import StoreVerdict, Verdicts
from memoryd.services.history.losses import alarms_of
from memoryd.services.status.survey import NOTHING, recent_operations, told_of
from memoryd.services.status.views import Overview, StoreNews, StoreView, newest_of, summary_of
from memoryd.services.stores.read_mentions import read_mentions
from memoryd.services.stores.read_surroundings import read_further, read_surroundings
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.domain.agents.definition import AgentDefinition

_FAILING = frozenset({Severity.ERROR, Severity.WARNING})
_DELETED_PATH = "P005"  # names paths that git knows as deleted
_KEPT = "status"  # name of the verdicts
_REPETITIONS = "D"  # rules that compare every note with every other
_OF_EVIDENCE = frozenset({"P002", _DELETED_PATH})  # rules that need git, or every day


@dataclass(frozen=True, slots=True)
class _Seen:
    """Result for one store.

    Attributes:
        read: Returns its documents.
        findings: Its own errors and warnings.
        changed: Seconds since the epoch of the change of its newest file; None in an empty store.
        verdict: What is kept of it; None if it was read.
    """

    read: Callable[[], Snapshot]
    findings: tuple[Diagnostic, ...]
    changed: float | None
    verdict: StoreVerdict | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """Request for an overview.

    Attributes:
        found: The stores and definitions.
        rules: The rules to run.
        ground: What the stores stand on.
        kept: Has facts about texts, and verdicts, that were found out earlier; None for none.
        git: Git may be asked.
        tick: Is told how many stores are checked.
    """

    found: FoundStores
    rules: tuple[Rule, ...]
    ground: Ground
    kept: KeptFiles | None
    git: bool
    tick: Tick


def overview(  # noqa: PLR0913  # what a view is made of
    found: FoundStores,
    rules: tuple[Rule, ...],
    *,
    user: Choice = NOTHING,
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
        kept: Has facts about texts, and verdicts on stores, that were found out earlier.
        git: Git may be asked, which starts a process.
        tick: Is told how many stores are checked.
    """
    ground = Ground(user)
    judgements = {id(each): each for each in map(ground.judgement, found.stores)}.values()
    chosen = tuple(_quick(rules, (RuleSelection((user,)), *judgements)))
    request = _Request(found, chosen, ground, kept, git, tick)
    seen, together = _see_changed(request) or _see_all(request)
    alarms, recent = alarms_of(found.stores, history), recent_operations(history)
    alarmed, nothing = {each.root for each in alarms}, StoreNews((), (), None)
    definitions: dict[str, list[AgentDefinition]] = {}
    for each in found.definitions:
        definitions.setdefault(directory_name(each.name), []).append(each)
    views = []
    for store in found.stores:
        own, more = seen[store.root], together.pop(store.root, [])
        failing = (*own.findings, *(_failing(more, ground.judgement(store)) if more else ()))
        told = nothing  # as of most
        if store.agent in definitions or store.root in alarmed or store.root in recent:
            told = told_of(store, tuple(definitions.get(store.agent, ())), alarms, recent)
        views.append(_view(store, own, failing, told))
    others = (
        each
        for place, diagnostics in together.items()
        for each in _failing(diagnostics, judgement_around(place, user))
    )
    elsewhere = tuple(each for each in alarms if each.root not in seen)
    return Overview(tuple(views), tuple(others), elsewhere, ground.look)


def _view(store: Store, own: _Seen, failing: tuple[Diagnostic, ...], told: StoreNews) -> StoreView:
    if own.verdict is None:
        report = report_of((own.read(),), failing)
        return StoreView(store, own.read, report, own.changed, told)
    summary = own.verdict.summary
    unread = tuple(UnreadFile(f"{store.root}/{each.path}", each.reason) for each in summary.unread)
    found = tuple(sorted(failing, key=lambda each: each.sort_key)) if len(failing) > 1 else failing
    report = CheckResult(1, len(summary.files), summary.links, found, unread)
    return StoreView(store, own.read, report, own.changed, told, summary)


def _see_all(request: _Request) -> tuple[dict[str, _Seen], dict[str, list[Diagnostic]]]:
    """Read and check every store; return what was found out, and further findings by place."""
    found, kept = request.found, request.kept
    snapshots = read_all(found.stores, kept)
    roster = gather(found, snapshots, git=request.git)
    roster = kept.recall_together(roster) if kept else roster
    contexts = _contexts(snapshots, request)
    places = by_place(check_roster(roster, contexts, request.rules, request.tick).diagnostics)
    if kept:
        kept.keep(roster)
    seen = {}
    for each in snapshots:
        own = places.pop(each.store.root, [])
        seen[each.store.root] = _seen(each, _failing(own, request.ground.judgement(each.store)))
    return seen, places


def _see_changed(request: _Request) -> tuple[dict[str, _Seen], dict[str, list[Diagnostic]]] | None:
    """Do the same with the verdicts that are kept; None if they cannot be used."""
    kept, found, rules, ground = request.kept, request.found, request.rules, request.ground
    if kept is None or any(rule.code in _OF_EVIDENCE for rule in rules):
        return None
    standings = standings_of(found.stores, ground.look)
    verdicts = Verdicts(kept, _KEPT, ground, standings, rules, git=request.git, own=ground.judgement)

    def conclude(snapshot: Snapshot, own: list[Diagnostic]) -> StoreVerdict:
        return StoreVerdict(summary_of(snapshot), _failing(own, ground.judgement(snapshot.store)))

    recheck = Recheck(
        found=found,
        rules=rules,
        verdicts=verdicts,
        kept=kept,
        read=partial(_contexts, request=request),
        conclude=conclude,
        is_further=False,
        is_asked=True,
        git=request.git,
        tick=request.tick,
    )
    rechecked = recheck.run()
    if rechecked is None:
        return None
    seen = {}
    for store in found.stores:
        verdict, snapshot = rechecked.verdicts[store.root], rechecked.read.get(store.root)
        known = _seen(snapshot, verdict.findings) if snapshot else _recalled(store, verdict, request)
        seen[store.root] = known
    return seen, rechecked.together


def _recalled(store: Store, verdict: StoreVerdict, request: _Request) -> _Seen:
    look = request.ground.look(store)
    times = [look.files[path].mtime_ns for path in verdict.summary.files] if look else []
    newest = max(times, default=None)
    # as `os.stat` counts seconds
    changed = None if newest is None else newest // 10**9 + 1e-9 * (newest % 10**9)
    return _Seen(lambda: read_all((store,), request.kept)[0], verdict.findings, changed, verdict)


def _seen(snapshot: Snapshot, findings: tuple[Diagnostic, ...]) -> _Seen:
    """Return what was found out about a store that was read."""
    return _Seen(lambda: snapshot, findings, newest_of(snapshot))


def _contexts(snapshots: tuple[Snapshot, ...], request: _Request) -> tuple[RuleContext, ...]:
    git = request.git
    near = read_surroundings(snapshots, seek=False, git=git)
    around = tuple(map(partial(read_mentions, git=git), snapshots, near))
    if any(rule.code == _DELETED_PATH for rule in request.rules):  # long histories: only on request
        around = tuple(map(partial(read_further, git=git), snapshots, around))
    else:
        evidence = Evidence(today=request.ground.today)
        around = tuple(replace(each, evidence=evidence) for each in around)
    return tuple(map(context_of, snapshots, around, repeat(RuleOptions(want_fixes=False))))


def _quick(rules: Iterable[Rule], selections: tuple[RuleSelection, ...]) -> Iterator[Rule]:
    """Yield the rules whose findings are errors or warnings somewhere, except those on repetitions."""
    for rule in rules:
        if not rule.code.startswith(_REPETITIONS) and any(
            each.level_of(rule) in _FAILING for each in selections
        ):
            yield rule


def _failing(diagnostics: Iterable[Diagnostic], judgement: RuleSelection) -> tuple[Diagnostic, ...]:
    """Return the findings that make a check fail, sorted and without fixes."""
    report = judged(report_of((), tuple(diagnostics)), judgement)
    return tuple(replace(each, fix=None) for each in report.diagnostics if each.level in _FAILING)
