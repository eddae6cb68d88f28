"""`compact`."""

import os

import typer

from memoryd.cli import options
from memoryd.cli.output.terminal import emit_diff, emit_plan_json, note
from memoryd.errors import MemorydError


def compact(  # noqa: PLR0913  # options of a command
    paths: options.Paths = None,
    *,
    apply: options.Apply = False,
    diff: options.ShowDiff = False,
    json: options.Json = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
) -> None:
    """Bring index files back under their limit without losing a line.

    Shows a diff and changes nothing; on a terminal it asks. With `--apply` it does it without asking.
    """
    from memoryd.cli.confirm import agreed
    from memoryd.cli.confirm import apply as carry_out
    from memoryd.runtime import build
    from memoryd.services.compaction import plan_compaction

    options.demand_one(apply=apply, diff=diff)
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
    if planned.plan.fixes and not diff and (apply or (not json and agreed(planned.plan))):
        operation = carry_out(runtime, planned.plan)
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
