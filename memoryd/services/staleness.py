"""Plans that remove outdated memory, with evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from memoryd.adapters import edits
from memoryd.adapters.git import worktree
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.numbered import NumberedFix
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.checks.rule import RuleContext
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.links.incoming import Lead, left_dangling
from memoryd.domain.removal.remove import Removal, RemovalResult, remove
from memoryd.domain.staleness.outdated import OutdatedMemory, asks_for, place_of, types_of
from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted
from memoryd.errors import RefusedError
from memoryd.rules.staleness import OUTDATED
from memoryd.services.checks.examine import Examination
from memoryd.services.git import evidence_of, today
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.markdown.model import Position

# The surest first: if there is a maximum, these are removed first.
_SUREST = ("P001", "P006", "P003", "P002")


@dataclass(frozen=True, slots=True)
class PruneOptions:
    """The options of pruning.

    Attributes:
        older_than: Memory last recorded before this date is stale; None to find no stale memory.
        types: Only memory of these types.
        most: Most entries and files to remove.
        rewrites: Names of profiles that the configuration allows to rewrite.
    """

    older_than: timedelta | None
    types: frozenset[str]
    most: int
    rewrites: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """The outdated memory that was found, and the plan that removes it.

    Attributes:
        report: The findings: evidence for removals, and what a person should review.
        removed: The findings whose memory is removed.
        plan: One change for each file.
        kept: One sentence for each memory that cannot be removed.
        left: How many more could be removed with a higher maximum.
        problems: One sentence for each store that cannot be pruned.
        dangling: Links from outside a store to files that are removed.
        numbered: The removals that were found, each with its findings.
    """

    report: CheckResult
    removed: tuple[Diagnostic, ...]
    plan: Plan
    kept: tuple[str, ...]
    left: int
    problems: tuple[str, ...]
    dangling: tuple[Lead, ...]
    numbered: tuple[NumberedFix, ...]


@dataclass(frozen=True, slots=True)
class _Proposal:
    snapshot: Snapshot
    diagnostic: Diagnostic
    outlived: OutdatedMemory
    removal: Removal


_Tried = tuple[list[Removal], RemovalResult]  # what was to be removed from a store, and the result


@dataclass(frozen=True, slots=True)
class OutdatedFindings:
    """The outdated memory of some stores, from which a plan is made.

    Attributes:
        report: The findings to show.
        numbered: The removals that are possible together, each with its findings.
    """

    report: CheckResult
    numbered: tuple[NumberedFix, ...]
    _now: "tuple[tuple[int, _Proposal], ...]"
    _kept: tuple[str, ...]
    _problems: tuple[str, ...]
    _left: int
    _contexts: tuple[RuleContext, ...]
    _results: Mapping[str, _Tried]

    def plan(self, excluded: frozenset[int] = frozenset()) -> PrunePlan:
        """Return the plan that removes all memory except that of some numbers; write nothing."""
        problems, kept = dict.fromkeys(self._problems), list(self._kept)
        fixes: list[Fix] = []
        done: list[Diagnostic] = []
        for snapshot, mine in _by_store([each for number, each in self._now if number not in excluded]):
            wanted = [each.removal for each in mine]
            tried, removed = self._results.get(snapshot.store.root, (None, None))
            if removed is None or tried != wanted:
                removed = remove(snapshot, wanted)
            kept += _kept(snapshot, removed)
            try:
                for change in removed.changes:
                    edits.refuse(change)
            except RefusedError as error:
                problems[f"{snapshot.store.root} is not pruned: {error}"] = None
                continue
            if removed.changes:
                fixes.append(_fix(removed))
                done += [each.diagnostic for each in mine if each.removal not in removed.kept]
        plan = Plan("prune", tuple(fixes))
        known = ((each.snapshot, each.around.instructions) for each in self._contexts)
        return PrunePlan(
            report=self.report,
            removed=tuple(sorted(done, key=lambda each: each.sort_key)),
            plan=plan,
            kept=tuple(dict.fromkeys(kept)),
            left=self._left,
            problems=tuple(problems),
            dangling=left_dangling(known, plan.removed),
            numbered=self.numbered,
        )


def find_outdated(examination: Examination, wanted: PruneOptions) -> OutdatedFindings:
    """Find outdated memory, and what of it can be removed together."""
    before = None if wanted.older_than is None else today() - wanted.older_than
    options = RuleOptions(types=wanted.types, stale_before=before)
    examination.weigh(lambda context: _evidence(context, wanted), options)
    report = examination.report()
    shown, proposals = _proposals(examination.contexts, report, wanted)
    problems = dict.fromkeys(_closed(proposals, wanted.rewrites))
    proposals = [each for each in proposals if may_rewrite(each.snapshot.store.profile, wanted.rewrites)]
    results = {
        snapshot.store.root: (wanted, remove(snapshot, wanted))
        for snapshot, mine in _by_store(proposals)
        for wanted in [[each.removal for each in mine]]
    }
    possible, kept = _removed(proposals, results)
    taken = dict.fromkeys((each.snapshot.store.root, each.removal) for each in possible)
    chosen = set(list(taken)[: wanted.most])
    now = [each for each in possible if (each.snapshot.store.root, each.removal) in chosen]
    later = {id(each.diagnostic) for each in possible} - {id(each.diagnostic) for each in now}
    fixes = _numbered(now)
    numbers = {id(found): each.number for each in fixes for found in each.found}
    return OutdatedFindings(
        report=replace(report, diagnostics=tuple(each for each in shown if id(each) not in later)),
        numbered=fixes,
        _now=tuple((numbers[id(each.diagnostic)], each) for each in now),
        _kept=tuple(kept),
        _problems=tuple(problems),
        _left=len(taken) - len(chosen),
        _contexts=examination.contexts,
        _results=results,
    )


def _numbered(proposals: list[_Proposal]) -> tuple[NumberedFix, ...]:
    """Return the removals in the order of their places, each with its findings and its own change."""
    together: dict[tuple[str, Removal], list[_Proposal]] = {}
    for each in sorted(proposals, key=lambda each: each.diagnostic.sort_key):
        together.setdefault((each.snapshot.store.root, each.removal), []).append(each)
    made = []
    for number, mine in enumerate(together.values(), 1):
        make = cache(partial(_fix_of, mine[0]))
        made.append(NumberedFix(number, tuple(each.diagnostic for each in mine), make))
    return tuple(made)


def _fix_of(proposal: _Proposal) -> Fix:
    return _fix(remove(proposal.snapshot, [proposal.removal]))


def _evidence(context: RuleContext, wanted: PruneOptions) -> Evidence:
    """Return all evidence, however long it takes to gather."""
    known = evidence_of(context.snapshot, context.around.repository, whole=True)
    if wanted.older_than is None:
        return known
    return replace(known, committed=worktree.committed(context.snapshot.store.root))


def _proposals(
    contexts: tuple[RuleContext, ...], report: CheckResult, wanted: PruneOptions
) -> tuple[list[Diagnostic], list[_Proposal]]:
    """Return the findings to show, and those to remove, the surest first."""
    known: dict[tuple[str, str, Position], tuple[Snapshot, OutdatedMemory]] = {}
    reported = {(each.store, each.code) for each in report.diagnostics}
    for context in contexts:
        snapshot = context.snapshot
        for code, find in OUTDATED.items():
            for each in find(context) if (snapshot.store.root, code) in reported else ():
                path = f"{snapshot.store.root}/{each.document.path}"
                known[code, path, each.document.position(each.span.start)] = (snapshot, each)
    shown, proposals = [], []
    for diagnostic in report.diagnostics:
        found = known.get((diagnostic.code, diagnostic.path, diagnostic.start))
        if found is None:
            if not wanted.types:
                shown.append(diagnostic)
            continue
        snapshot, outlived = found
        span = outlived.removal.span if outlived.removal else None
        if asks_for(wanted.types, types_of(snapshot, outlived.document, span or outlived.span)):
            shown.append(diagnostic)
            if outlived.removal:
                proposals.append(_Proposal(snapshot, diagnostic, outlived, outlived.removal))
    proposals.sort(key=lambda each: (_SUREST.index(each.diagnostic.code), each.outlived.evidence))
    return shown, proposals


def _removed(proposals: list[_Proposal], results: Mapping[str, _Tried]) -> tuple[list[_Proposal], list[str]]:
    """Return the proposals that can be removed together, and why others cannot."""
    possible: set[int] = set()
    kept: list[str] = []
    for snapshot, mine in _by_store(proposals):
        _, removed = results[snapshot.store.root]
        kept += _kept(snapshot, removed)
        whole = {each.removal.path for each in mine if each.removal.span is None} - {
            each.path for each in removed.kept if each.span is None
        }
        possible |= {
            id(each)
            for each in mine
            if each.removal not in removed.kept
            and (each.removal.span is None or each.removal.path not in whole)
        }
    return [each for each in proposals if id(each) in possible], kept


def _by_store(proposals: list[_Proposal]) -> Iterator[tuple[Snapshot, list[_Proposal]]]:
    stores: dict[str, list[_Proposal]] = {}
    for each in proposals:
        stores.setdefault(each.snapshot.store.root, []).append(each)
    yield from ((mine[0].snapshot, mine) for _, mine in sorted(stores.items()))


def _kept(snapshot: Snapshot, removed: RemovalResult) -> list[str]:
    return [
        f"{snapshot.store.root}/{place_of(snapshot.documents[each.path], each)} stays: {reason}"
        for each, reason in removed.kept.items()
    ]


def _fix(removed: RemovalResult) -> Fix:
    files = sum(change.after is None for change in removed.changes)
    lines = sum(_lines_gone(change) for change in removed.changes if change.after is not None)
    parts = [counted(files, "file", "files")] * bool(files) + [counted(lines, "line", "lines")] * bool(lines)
    return Fix(f"remove {' and '.join(parts)}", Applicability.UNSAFE, removed.changes)


def _lines_gone(change: FileChange) -> int:
    return (change.before or b"").count(b"\n") - (change.after or b"").count(b"\n")


def _closed(proposals: list[_Proposal], rewrites: frozenset[str]) -> Iterator[str]:
    for store in (each.snapshot.store for each in proposals):
        if not may_rewrite(store.profile, rewrites):
            yield f"{store.root} is not pruned: {rewrite_refusal(store.profile)}"
