"""Fixes combined and checked again until nothing is fixable."""

from collections.abc import Callable, Iterable

from memoryd.adapters import edits
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.numbered import FixKey, FixRound, NumberedFix, keyed, numbered
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.edits.combine import Pending, combine, then
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan, digest
from memoryd.domain.stores.profiles import Profile, may_rewrite, rewrite_refusal
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError, RefusedError
from memoryd.values import dataclass

_REMOVALS = 50  # most outdated memories; `prune` removes more, and shows evidence
_REMOVING = frozenset({"P001", "P002", "P003"})
_ROUNDS = 500  # real memory needs three; fixes that contradict each other need one each

Judge = Callable[[Pending], CheckResult]
"""Checks the stores as they would be with changes."""


@dataclass(frozen=True, slots=True)
class FixProblem:
    """The reason why fixes are not applied.

    Attributes:
        subject: What is not applied, as a clause; it may quote memory. "" for several fixes.
        reason: Why, without any text of the memory.
    """

    subject: str
    reason: str

    def __str__(self) -> str:
        """Return one sentence for people."""
        return f"{self.subject}: {self.reason}" if self.subject else self.reason


@dataclass(frozen=True, slots=True)
class FixPlan:
    """All fixes that may be applied together, and what would be found afterwards.

    Attributes:
        plan: One change for each file.
        fixed: The findings that it fixes.
        report: The findings that would remain.
        problems: The reasons why other fixes are not applied.
        numbered: The fixes of the plan, each with its findings.
    """

    plan: Plan
    fixed: tuple[Diagnostic, ...]
    report: CheckResult
    problems: tuple[FixProblem, ...]
    numbered: tuple[NumberedFix, ...] = ()


def plan_fixes(  # noqa: PLR0913  # everything a plan depends on
    judge: Judge,
    stores: Iterable[Store],
    *,
    cause: str,
    unsafe: bool,
    rewrites: frozenset[str] = frozenset(),
    only: frozenset[FixKey] | None = None,
) -> FixPlan:
    """Plan all fixes that may be applied; write nothing.

    Args:
        judge: Returns the findings that may be fixed.
        stores: The stores that are checked.
        cause: The command.
        unsafe: Also apply unsafe fixes.
        rewrites: Names of profiles that the configuration allows to rewrite.
        only: Only these fixes, each once; None for all.

    Raises:
        MemorydError: If applying fixes does not end.
    """
    allowed = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    closed = {store.root: store.profile for store in stores if not may_rewrite(store.profile, rewrites)}
    pending: dict[str, FileChange] = {}
    fixed: list[Diagnostic] = []
    problems: dict[FixProblem, None] = {}
    proved: list[Fix] = []
    seen: set[str] = set()
    rounds: list[FixRound] = []
    for _ in range(_ROUNDS):
        report = judge(pending)
        fixable = [each for each in report.diagnostics if each.fix and each.fix.applicability in allowed]
        appliable, told = _appliable(_wanted(report, fixable, only, rounds), closed, fixed)
        problems |= told
        if not appliable:
            plan = _plan(cause, pending, fixed, proved)
            return FixPlan(plan, tuple(fixed), report, tuple(problems), numbered(rounds))
        changes, taken = combine(_first(appliable))
        proved += [fix for fix in taken if fix.proof]
        pending = then(pending, changes)
        done = tuple(each for each in appliable if each.fix in taken)
        rounds.append(FixRound(report.diagnostics, done, taken))
        fixed += rounds[-1].fixed
        state = digest(pending[path] for path in sorted(pending))
        if state in seen:
            break
        seen.add(state)
    raise _endless(appliable)


def _endless(appliable: Iterable[Diagnostic]) -> MemorydError:
    codes = ", ".join(sorted({each.code for each in appliable}))
    return MemorydError(
        f"applying fixes does not end: {codes}", "nothing was changed; this is a bug: report it"
    )


def _wanted(
    report: CheckResult, fixable: list[Diagnostic], only: frozenset[FixKey] | None, rounds: list[FixRound]
) -> list[Diagnostic]:
    """Return the findings whose fix is one of a few that are not used yet."""
    if only is None:
        return fixable
    left = only.difference(*(each.keys for each in rounds))
    wanted = {id(each) for key, each in keyed(report.diagnostics) if key in left}
    return [each for each in fixable if id(each) in wanted]


def _first(appliable: list[Diagnostic]) -> list[Fix]:
    """Return fixes to apply together, each once; a fix with a proof waits until no other is left."""
    fixes = dict.fromkeys(diagnostic.fix for diagnostic in appliable if diagnostic.fix)
    return [fix for fix in fixes if fix.proof is None] or list(fixes)


def _excess(diagnostic: Diagnostic, fixed: list[Diagnostic]) -> FixProblem | None:
    """Return why no more memory may be removed, or None."""
    if diagnostic.code not in _REMOVING or sum(each.code in _REMOVING for each in fixed) < _REMOVALS:
        return None
    return FixProblem("", f"more than {_REMOVALS} memories to remove: use `memoryd prune`")


def _appliable(
    fixable: list[Diagnostic], closed: dict[str, Profile], fixed: list[Diagnostic]
) -> tuple[list[Diagnostic], dict[FixProblem, None]]:
    """Return the findings with a fix that can be applied, and why others' cannot."""
    appliable: list[Diagnostic] = []
    problems: dict[FixProblem, None] = {}
    judged: dict[Fix, FixProblem | None] = {}  # thousands of findings may share a fix
    for diagnostic in fixable:
        fix = diagnostic.fix
        if fix and fix not in judged:
            judged[fix] = _problem(fix, closed)
        problem = (fix and judged[fix]) or _excess(diagnostic, [*fixed, *appliable])
        if problem:
            problems[problem] = None
        else:
            appliable.append(diagnostic)
    return appliable, problems


def _problem(fix: Fix, closed: dict[str, Profile]) -> FixProblem | None:
    """Return why a fix cannot be applied, or None."""
    for change in fix.changes:
        if change.root in closed:
            return FixProblem(f"{change.root} is not fixed", rewrite_refusal(closed[change.root]))
        try:
            edits.refuse(change)
        except RefusedError as error:
            return FixProblem(f'"{fix.title}" is not applied', error.message)
    return None


def _plan(cause: str, pending: Pending, fixed: list[Diagnostic], proved: list[Fix]) -> Plan:
    """Return a plan of one fix, whose title has the sentences of compactions, each with its store."""
    if not pending:
        return Plan(cause, ())
    codes = sorted({each.code for each in fixed})
    changes = tuple(pending[path] for path in sorted(pending))
    several = len({change.root for change in changes}) > 1
    told = [  # a check proposes compaction in the same words whatever the past is
        f"{fix.changes[0].root}: {fix.outcome}" if several else fix.outcome for fix in proved
    ]
    title = "; ".join((f"fix {', '.join(codes)}", *told))
    return Plan(cause, (Fix(title, Applicability.SAFE, changes),))
