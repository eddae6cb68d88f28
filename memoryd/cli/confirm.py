"""Confirmation and application of changes to memory files."""

import os
from functools import partial
from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.progress import waiting
from memoryd.cli.output.terminal import (
    NOTHING_CHANGED,
    columns,
    confirmed,
    emit_diff,
    emit_lines,
    emit_plan_json,
    note,
    short,
)
from memoryd.domain.text.phrases import counted
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memoryd.cli.options import ChangeOptions
    from memoryd.cli.requests import ChangeRequest
    from memoryd.domain.checks.numbered import FixKey, NumberedFix
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.edits.plan import Plan
    from memoryd.domain.links.incoming import Lead
    from memoryd.runtime import Runtime
    from memoryd.services.checks.examine import Examination
    from memoryd.services.duplicates import DedupePlan
    from memoryd.services.staleness import PrunePlan


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes that a command proposes.

    Attributes:
        plan: The changes.
        problems: One sentence for each change that is not possible; any problem makes the exit code 2.
        nothing: What to print if there is nothing to change.
        report: The findings that led to the changes, or None.
        dangling: Links from outside a store to files that are removed.
        notes: Further lines to print at the end.
    """

    plan: "Plan"
    problems: tuple[str, ...]
    nothing: str
    report: "CheckResult | None" = None
    dangling: "tuple[Lead, ...]" = ()
    notes: tuple[str, ...] = ()


def run(runtime: "Runtime", how: "ChangeOptions", proposal: Proposal, show: "Callable[[], None]") -> None:
    """Show changes, ask, apply them, report problems, and end with the exit code.

    Args:
        runtime: The runtime of this command.
        how: Whether to ask, and what to print.
        proposal: The changes.
        show: Prints the changes as text.

    Raises:
        typer.Exit: With 2 if there are problems, with 1 if `--diff` shows changes.
    """
    planned = proposal.plan
    unread = proposal.report.unread if proposal.report else ()
    problems = (*proposal.problems, *(f"{short(each.path)}: {each.reason}" for each in unread))
    operation = None
    if not how.json:
        show()
    warn(proposal.dangling)
    if planned.fixes and not how.diff and (how.apply or (not how.json and agreed(planned))):
        operation = apply(runtime, planned)
    if how.json:
        emit_plan_json(planned, operation, proposal.report)
    for line in (*proposal.notes, *(f"error: {problem}" for problem in problems)):
        note(line)
    if not (planned.fixes or problems or how.json):
        note(proposal.nothing)
    if problems:
        raise typer.Exit(2)
    if how.diff and planned.fixes:
        raise typer.Exit(1)


def plan(
    cause: str, runtime: "Runtime", examination: "Examination", changing: "ChangeRequest"
) -> "tuple[Plan, tuple[NumberedFix, ...]]":
    """Return the requested changes, numbered, and warn about what cannot be changed."""
    from memoryd.services.checks.suppress import plan_suppressions

    rewrites = frozenset(runtime.config.rewrite)
    numbered: tuple[NumberedFix, ...] = ()
    if changing.suppress:
        planned, problems = plan_suppressions(examination, cause=cause, rewrites=rewrites)
    else:
        planned, problems, numbered = _fixes(cause, examination, changing, rewrites)
    for problem in problems:
        note(f"warning: {problem}")
    if not planned.fixes:
        nothing = "Nothing to suppress" if changing.suppress else "Nothing to fix"
        note(NOTHING_CHANGED if changing.excluded or changing.interactive else nothing)
    return planned, numbered


def _fixes(
    cause: str, examination: "Examination", changing: "ChangeRequest", rewrites: frozenset[str]
) -> "tuple[Plan, tuple[str, ...], tuple[NumberedFix, ...]]":
    """Return the fixes that are wanted, why others are not possible, and all of them by number."""
    from memoryd.cli.choices import choose, demand_numbers
    from memoryd.domain.checks.numbered import keys_without
    from memoryd.services.checks.choose import ChosenFixes, with_choices
    from memoryd.services.checks.fix import plan_fixes

    stores = tuple(snapshot.store for snapshot in examination.roster.snapshots)
    fixing = partial(
        plan_fixes, examination.report, stores, cause=cause, unsafe=changing.unsafe, rewrites=rewrites
    )
    with waiting("combining fixes"):
        fixes = fixing()
    numbered, chosen = fixes.numbered, ChosenFixes(changing.excluded)
    demand_numbers(changing.excluded, numbered)
    if changing.interactive:
        chosen = choose(numbered, counts=changing.stat)
    if chosen.excluded:
        fixes = fixing(only=keys_without(numbered, chosen.excluded))
    planned, problems = with_choices(fixes.plan, chosen, examination, rewrites=rewrites)
    kept = tuple(each for each in numbered if each.number not in chosen.excluded)
    return planned, (*map(str, fixes.problems), *problems), kept


def warn(dangling: "Iterable[Lead]") -> None:
    """Warn about links from outside a store to files that are removed."""
    for path, line, target in dangling:
        note(f"warning: {short(path)}:{line} links to {short(target)}, which is removed")


def apply_choices(
    runtime: "Runtime",
    examination: "Examination",
    fixes: "tuple[NumberedFix, ...]",
    planning: "Callable[[frozenset[int], frozenset[FixKey]], PrunePlan | DedupePlan]",
    *,
    counts: bool,
) -> None:
    """Ask about each fix, and apply what a person chose as one operation.

    Args:
        runtime: The runtime of this command.
        examination: The findings.
        fixes: The fixes to choose from.
        planning: Returns the plan without some numbers, and with only the fixes of some identities.
        counts: Whether to show counts of lines instead of diffs.

    Raises:
        typer.Exit: With 2 if something cannot be changed.
    """
    from memoryd.cli.choices import choose, demand_terminal
    from memoryd.domain.checks.numbered import keys_without
    from memoryd.services.checks.choose import with_choices

    demand_terminal()
    chosen = choose(fixes, counts=counts)
    made = planning(chosen.excluded, keys_without(fixes, chosen.excluded))
    rewrites = frozenset(runtime.config.rewrite)
    planned, problems = with_choices(made.plan, chosen, examination, rewrites=rewrites)
    warn(made.dangling)
    if planned.fixes:
        apply(runtime, planned)
    else:
        note(NOTHING_CHANGED)
    note(*(f"warning: {problem}" for problem in problems), *(f"error: {each}" for each in made.problems))
    if made.problems:
        raise typer.Exit(2)


def show_plan(planned: "Plan", *, counts: bool) -> None:
    """Print a plan as a diff, or only its files with counts of lines."""
    if counts:
        from memoryd.domain.edits.stat import stat

        emit_lines(stat(planned.changes, os.getcwd(), columns()))
    else:
        emit_diff(planned.diff(os.getcwd()))


def described(planned: "Plan") -> str:
    """Return the titles of the fixes of a plan, and the number of its files."""
    files = counted(len(planned.changes), "file", "files")
    titles = "; ".join(fix.title for fix in planned.fixes)
    for root in {change.root for change in planned.changes}:
        titles = titles.replace(f"; {root}: ", f"; {short(root)}: ")
    return f"{titles} in {files}"


def agreed(planned: "Plan") -> bool:
    """Show what changes in each store, and ask."""
    for fix in planned.fixes:
        note(f"{short(fix.changes[0].root)}: {fix.title}")
    return confirmed("Apply these changes?")


def apply(runtime: "Runtime", planned: "Plan", description: str = "") -> int:
    """Apply a plan, print how to undo it, and return the number of the operation.

    Args:
        runtime: The runtime of this command.
        planned: The changes.
        description: What to print before the operation, on the same line.
    """
    from memoryd.services.edits import apply as apply_plan

    with runtime.history() as history:
        operation = apply_plan(planned, history)
    applied = applied_sentence(operation)
    note(f"{description}: {applied[0].lower()}{applied[1:]}" if description else applied)
    note("Agents see the change at their next start.")
    return operation


def applied_sentence(operation: int) -> str:
    """Return the message after a change: its operation, and how to undo it."""
    return f"Applied as operation {operation} (undo: memoryd undo {operation})"


def show_applied(applied: "Plan", operation: int | None, *, json: bool) -> None:
    """Print the files that a plan changed, as text or JSON."""
    if json:
        emit_plan_json(applied, operation)
    else:
        emit_lines(f"{change.action:<7} {short(change.path)}" for change in applied.changes)
