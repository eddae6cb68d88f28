"""Mend what can be mended: fixes put together, judged again, until nothing is left to mend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memoryd.adapters import edits
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.edits.combine import Pending, combine, then
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan, digest
from memoryd.domain.stores.profiles import Profile, may_rewrite, rewrite_refusal
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError, RefusedError

_REMOVALS = 50  # of memory that no longer serves; more at one time is for `prune`, which shows evidence
_REMOVING = frozenset({"P001", "P002", "P003"})
_ROUNDS = 500  # real memory needs three; fixes that contradict each other need one each

Judge = Callable[[Pending], CheckResult]
"""Checks the stores as they would be with changes."""


@dataclass(frozen=True, slots=True)
class FixPlan:
    """All fixes that may be applied together, and what would be found afterwards.

    Attributes:
        plan: One change for each file.
        mended: The findings that it mends.
        report: What would be found then.
        problems: One sentence for each file that cannot be rewritten.
    """

    plan: Plan
    mended: tuple[Diagnostic, ...]
    report: CheckResult
    problems: tuple[str, ...]


def mend(
    judge: Judge, stores: Iterable[Store], *, cause: str, unsafe: bool, rewrites: frozenset[str] = frozenset()
) -> FixPlan:
    """Plan all fixes that may be applied; nothing is written.

    Args:
        judge: Finds what is to be mended.
        stores: Those that are checked.
        cause: The command that asks.
        unsafe: Whether unsafe fixes may be applied too.
        rewrites: Names of profiles that may be rewritten, beside those that allow it by themselves.

    Raises:
        MemorydError: If fixes never come to an end.
    """
    allowed = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    closed = {store.root: store.profile for store in stores if not may_rewrite(store.profile, rewrites)}
    pending: dict[str, FileChange] = {}
    mended: list[Diagnostic] = []
    problems: dict[str, None] = {}
    seen: set[str] = set()
    for _ in range(_ROUNDS):
        report = judge(pending)
        fixable = [each for each in report.diagnostics if each.fix and each.fix.applicability in allowed]
        mendable, told = _mendable(fixable, closed, mended)
        problems |= told
        if not mendable:
            return FixPlan(_plan(cause, pending, mended), tuple(mended), report, tuple(problems))
        changes, taken = combine(_first(mendable))
        pending = then(pending, changes)
        mended += [each for each in mendable if each.fix in taken]
        state = digest(pending[path] for path in sorted(pending))
        if state in seen:
            break
        seen.add(state)
    left = ", ".join(sorted({each.code for each in mendable}))
    raise MemorydError(
        f"mending does not come to an end: {left}", "nothing was changed; this is a bug: report it"
    )


def _first(mendable: list[Diagnostic]) -> list[Fix]:
    """Fixes to be applied together, each once; those that are proved wait until they are alone."""
    fixes = dict.fromkeys(diagnostic.fix for diagnostic in mendable if diagnostic.fix)
    return [fix for fix in fixes if fix.proof is None] or list(fixes)


def _excess(diagnostic: Diagnostic, mended: list[Diagnostic]) -> str | None:
    """Why memory may not be removed on top of what goes already, or None."""
    if diagnostic.code not in _REMOVING or sum(each.code in _REMOVING for each in mended) < _REMOVALS:
        return None
    return f"more than {_REMOVALS} memories to remove: `memoryd prune` goes on"


def _mendable(
    fixable: list[Diagnostic], closed: dict[str, Profile], mended: list[Diagnostic]
) -> tuple[list[Diagnostic], dict[str, None]]:
    """Those findings whose fix can be applied, and why the others' cannot."""
    mendable: list[Diagnostic] = []
    problems: dict[str, None] = {}
    judged: dict[Fix, str | None] = {}  # thousands of findings may share one
    for diagnostic in fixable:
        fix = diagnostic.fix
        if fix and fix not in judged:
            judged[fix] = _problem(fix, closed)
        problem = (fix and judged[fix]) or _excess(diagnostic, [*mended, *mendable])
        if problem:
            problems[problem] = None
        else:
            mendable.append(diagnostic)
    return mendable, problems


def _problem(fix: Fix, closed: dict[str, Profile]) -> str | None:
    """Why a fix cannot be applied, or None."""
    for change in fix.changes:
        if change.root in closed:
            return f"{change.root} is not mended: {rewrite_refusal(closed[change.root])}"
        try:
            edits.refuse(change)
        except RefusedError as error:
            return f'"{fix.title}" is not done: {error.message}'
    return None


def _plan(cause: str, pending: Pending, mended: list[Diagnostic]) -> Plan:
    if not pending:
        return Plan(cause, ())
    codes = sorted({each.code for each in mended})
    changes = tuple(pending[path] for path in sorted(pending))
    return Plan(cause, (Fix(f"mend {', '.join(codes)}", Applicability.SAFE, changes),))
