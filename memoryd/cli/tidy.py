"""`compact`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import ask, emit_diff, emit_plan_json, is_terminal, note, short
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.edits import Plan
    from memoryd.runtime import Runtime


def compact(  # noqa: PLR0913  # options of a command
    paths: options.Paths = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, without asking.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show the diff and do nothing; 1 if there is one.")
    ] = False,
    json: options.Json = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
) -> None:
    """Bring index files back under their limit without losing a line.

    Shows a diff and changes nothing; on a terminal it asks. With `--apply` it does it without asking.
    """
    from memoryd.runtime import build
    from memoryd.services.compact import plan_compaction

    if apply and diff:
        raise MemorydError("--apply and --diff exclude each other", "leave one of them out")
    runtime = build()
    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    stores = runtime.select(chosen)
    try:
        with runtime.history() as history:
            planned = plan_compaction(stores, history, frozenset(runtime.config.rewrite))
    except MemorydError:  # a plan can be shown without it; `--apply` will say what is wrong
        planned = plan_compaction(stores, None, frozenset(runtime.config.rewrite))
    operation = None
    if not json:
        emit_diff(planned.plan.diff(os.getcwd()))
    if planned.plan.fixes and not diff and (apply or (not json and _agreed(planned.plan))):
        operation = _apply(runtime, planned.plan)
    if json:
        emit_plan_json(planned.plan, operation)
    for problem in planned.problems:
        note(f"error: {problem}")
    if not planned.plan.fixes and not planned.problems and not json:
        note("nothing to compact")
    if planned.problems:
        raise typer.Exit(2)
    if diff and planned.plan.fixes:
        raise typer.Exit(1)


def _agreed(plan: "Plan") -> bool:
    """Ask on a terminal; elsewhere say how to do it."""
    for fix in plan.fixes:
        note(f"{short(fix.changes[0].root)}: {fix.title}")
    if is_terminal() and ask("Do this?"):
        return True
    note("nothing was changed" if is_terminal() else "nothing was changed; --apply does it")
    return False


def _apply(runtime: "Runtime", plan: "Plan") -> int:
    from memoryd.services.apply import apply

    with runtime.history() as history:
        operation = apply(plan, history)
    note(f"done as operation {operation}; `memoryd undo {operation}` takes it back")
    note("agents see the change at their next start")
    return operation
