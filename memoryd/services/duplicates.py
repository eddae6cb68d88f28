"""Duplicates found in stores, and plans that remove them."""

from memoryd.domain.checks.numbered import FixKey, NumberedFix
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.checks.rule import Rule
from memoryd.domain.duplicates.groups import likenesses
from memoryd.domain.edits.plan import Plan
from memoryd.domain.links.incoming import Lead, left_dangling
from memoryd.rules import ALL_RULES
from memoryd.rules.duplicates import contradicting_entries, duplicate_entry, near_duplicate
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.fix import plan_fixes
from memoryd.values import dataclass

_WITHIN = (duplicate_entry, near_duplicate, contradicting_entries)


@dataclass(frozen=True, slots=True)
class DedupePlan:
    """The duplicates that were found, and the plan that removes them.

    Attributes:
        report: The findings, before the changes.
        plan: One change for each file.
        problems: One sentence for each file that cannot be rewritten.
        capped: Number of comparisons skipped in large groups of similar notes.
        dangling: Links from outside a store to files that are removed.
        numbered: The changes of the plan, each with its findings.
    """

    report: CheckResult
    plan: Plan
    problems: tuple[str, ...]
    capped: int
    dangling: tuple[Lead, ...]
    numbered: tuple[NumberedFix, ...]


def duplicate_rules(*, across: bool) -> tuple[Rule, ...]:
    """Return the D rules: those for one store, or all of them."""
    return tuple(rule for rule in ALL_RULES if rule in _WITHIN or (across and rule.code.startswith("D")))


def dedupe(
    examination: Examination,
    *,
    unsafe: bool,
    rewrites: frozenset[str] = frozenset(),
    only: frozenset[FixKey] | None = None,
) -> DedupePlan:
    """Plan the removal of duplicates; write nothing.

    Args:
        examination: The stores, and the D rules to check.
        unsafe: Also plan changes that need a person's review.
        rewrites: Names of profiles that the configuration allows to rewrite.
        only: Only these changes; None for all.

    Raises:
        MemorydError: If applying fixes does not end.
    """
    contexts = examination.contexts
    stores = (each.snapshot.store for each in contexts)
    planned = plan_fixes(
        examination.report, stores, cause="dedupe", unsafe=unsafe, rewrites=rewrites, only=only
    )
    capped = sum(likenesses(each.snapshot, each.options.likeness).capped for each in contexts)
    problems = tuple(map(str, planned.problems))
    known = ((each.snapshot, each.around.instructions) for each in contexts)
    dangling = left_dangling(known, planned.plan.removed)
    return DedupePlan(examination.report(), planned.plan, problems, capped, dangling, planned.numbered)
