"""Changes of memory files: shown, asked about, applied."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.terminal import confirmed, emit_lines, emit_plan_json, note, short
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memoryd.cli.options import ChangeOptions, ChangeRequest
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.edits.plan import Plan
    from memoryd.domain.links.incoming import Lead
    from memoryd.runtime import Runtime
    from memoryd.services.checks.examine import Examination


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes that a command proposes.

    Attributes:
        plan: The changes.
        problems: One sentence for each thing that could not be done; with any of them the exit code is 2.
        nothing: What to print where there is nothing to change.
        report: The findings that led to the changes, or None.
        dangling: Links from outside a store to files that are removed.
        notes: What else to print at the end.
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
        runtime: Of this command.
        how: Whether to ask, and what to print.
        proposal: The changes.
        show: Prints them for people.

    Raises:
        typer.Exit: 2 where something could not be done, 1 where `--diff` shows changes.
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


def plan(cause: str, runtime: "Runtime", examination: "Examination", changing: "ChangeRequest") -> "Plan":
    """All changes that are asked for; what cannot be changed is told."""
    from memoryd.services.checks.fix import plan_fixes
    from memoryd.services.checks.suppress import plan_suppressions

    rewrites = frozenset(runtime.config.rewrite)
    if changing.suppress:
        planned, problems = plan_suppressions(examination, cause=cause, rewrites=rewrites)
    else:
        stores = (snapshot.store for snapshot in examination.roster.snapshots)
        fixes = plan_fixes(examination.report, stores, cause=cause, unsafe=changing.unsafe, rewrites=rewrites)
        planned, problems = fixes.plan, fixes.problems
    for problem in problems:
        note(f"warning: {problem}")
    if not planned.fixes:
        note("nothing to suppress" if changing.suppress else "nothing to mend")
    return planned


def warn(dangling: "Iterable[Lead]") -> None:
    """Name what outside a store leads to files of it that go."""
    for place, line, target in dangling:
        note(f"warning: {short(place)}:{line} leads to {short(target)}, which goes")


def described(planned: "Plan") -> str:
    """What a plan does, in how many files."""
    files = counted(len(planned.changes), "file", "files")
    return f"{'; '.join(fix.title for fix in planned.fixes)} in {files}: "


def agreed(planned: "Plan") -> bool:
    """Tell what would be done in which store, and ask."""
    for fix in planned.fixes:
        note(f"{short(fix.changes[0].root)}: {fix.title}")
    return confirmed("Do this?")


def apply(runtime: "Runtime", planned: "Plan", told: str = "") -> int:
    """Carry a plan out, tell the way back, and return the operation.

    Args:
        runtime: Of this command.
        planned: What to do.
        told: What to say before that.
    """
    from memoryd.services.edits import apply as apply_plan

    with runtime.history() as history:
        operation = apply_plan(planned, history)
    note(f"{told}done as operation {operation}; `memoryd undo {operation}` takes it back")
    note("agents see the change at their next start")
    return operation


def show_applied(applied: "Plan", operation: int | None, *, json: bool) -> None:
    """Print the files that a plan changed, as text or JSON."""
    if json:
        emit_plan_json(applied, operation)
    else:
        emit_lines(f"{change.action:<7} {short(change.path)}" for change in applied.changes)
