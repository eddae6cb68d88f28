"""Plans of what a person chose among numbered fixes."""

from collections.abc import Iterable

from memoryd.domain.checks.numbered import NumberedFix
from memoryd.domain.edits.combine import combine
from memoryd.domain.edits.plan import Applicability, Fix, Plan
from memoryd.domain.text.phrases import counted
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.suppress import plan_suppressions
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class ChosenFixes:
    """The answers of a person about numbered fixes.

    Attributes:
        excluded: Numbers of the fixes that are not applied as they were proposed.
        edited: Changes that the person made of proposed ones.
        suppressed: Fixes whose findings are not to be reported again.
    """

    excluded: frozenset[int]
    edited: tuple[Fix, ...] = ()
    suppressed: tuple[NumberedFix, ...] = ()


def with_choices(
    plan: Plan, chosen: ChosenFixes, examination: Examination, *, rewrites: frozenset[str] = frozenset()
) -> tuple[Plan, tuple[str, ...]]:
    """Add a person's edits and suppressions to a plan of the accepted fixes.

    Args:
        plan: The accepted fixes.
        chosen: The answers.
        examination: The findings.
        rewrites: Names of profiles that the configuration allows to rewrite.

    Returns:
        The plan, and one sentence for each choice that cannot be followed.
    """
    if not (chosen.edited or chosen.suppressed):
        return plan, ()
    changes, taken = combine([*plan.fixes, *chosen.edited])
    problems = [
        f"{fix.changes[0].path}: your text contradicts another accepted change and is not used"
        for fix in chosen.edited
        if fix not in taken
    ]
    titles = [fix.title for fix in plan.fixes] + _edited(each for each in chosen.edited if each in taken)
    if chosen.suppressed:
        found = [each for fix in chosen.suppressed for each in fix.found]
        comments, told = plan_suppressions(
            examination, cause=plan.cause, rewrites=rewrites, only=found, pending=changes
        )
        problems += told
        if comments.fixes:
            changes = {change.path: change for change in comments.changes}
            titles += [fix.title for fix in comments.fixes]
    kept = tuple(changes[path] for path in sorted(changes))
    fixes = (Fix("; ".join(titles), Applicability.UNSAFE, kept),) if kept else ()
    return Plan(plan.cause, fixes), tuple(problems)


def _edited(fixes: Iterable[Fix]) -> list[str]:
    number = len(list(fixes))
    return [f"change {counted(number, 'file', 'files')} by hand"] * bool(number)
