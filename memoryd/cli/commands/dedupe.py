"""`dedupe`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.progress import waiting
from memoryd.cli.output.terminal import confirmed, emit_diff, emit_plan_json, note
from memoryd.domain.duplicates.similarity import LIKENESS
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.duplicates import Deduped


def dedupe(  # noqa: PLR0913  # options of a command
    paths: options.Paths = None,
    *,
    across: Annotated[
        bool,
        typer.Option("--across", help="Also compare stores with each other, CLAUDE.md, AGENTS.md and rules."),
    ] = False,
    threshold: Annotated[
        float,
        typer.Option(
            "--threshold",
            min=0.3,
            max=1.0,
            help="Share of common words from which on two notes are compared.",
        ),
    ] = LIKENESS,
    apply: options.Apply = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also merge and remove what a person should look at.")
    ] = False,
    diff: options.ShowDiff = False,
    json: options.Json = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
) -> None:
    """Find what memory says twice: the same, nearly the same, or contradicting itself.

    Shows findings and a diff and changes nothing; on a terminal it asks. With `--apply` it does it without
    asking. What contradicts itself is never merged.
    """
    from memoryd.cli.confirm import apply as carry_out
    from memoryd.runtime import build

    options.demand_one(apply=apply, diff=diff)
    runtime = build()
    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    found = _find(runtime, chosen, across=across, threshold=threshold, unsafe=unsafe_fixes)
    operation = None
    if not json:
        _show(found, diff=diff)
    question = f"Change {counted(len(found.plan.changes), 'file', 'files')}?"
    if found.plan.fixes and not diff and (apply or (not json and confirmed(question))):
        operation = carry_out(runtime, found.plan)
    if json:
        emit_plan_json(found.plan, operation, found.report)
    _end(found, diff=diff)


def _end(found: "Deduped", *, diff: bool) -> None:
    """Tell what could not be done, and end with the exit code."""
    for problem in found.problems:
        note(f"error: {problem}")
    if found.problems or found.report.unread:
        raise typer.Exit(2)
    if diff and found.plan.fixes:
        raise typer.Exit(1)


def _find(
    runtime: "Runtime", chosen: "Selection", *, across: bool, threshold: float, unsafe: bool
) -> "Deduped":
    from memoryd.adapters.stores.discovery import Found
    from memoryd.cli.confirm import warn
    from memoryd.domain.checks.selection import Choice
    from memoryd.services.checks.examine import Examination, Terms
    from memoryd.services.duplicates import dedupe as plan_dedupe
    from memoryd.services.duplicates import duplicate_rules

    terms = Terms(
        rules=duplicate_rules(across=across),
        user=runtime.user_checks,
        command=Choice("--", os.getcwd()),
        asked=True,
        likeness=threshold,
    )
    stores = runtime.select(chosen)
    with waiting(f"comparing what stands in {counted(len(stores), 'store', 'stores')}"):
        examination = Examination(Found(stores), terms)
        found = plan_dedupe(examination, unsafe=unsafe, rewrites=frozenset(runtime.config.rewrite))
    warn(found.dangling)
    return found


def _show(found: "Deduped", *, diff: bool) -> None:
    """The findings, then what would be changed."""
    from memoryd.cli.options import Format, Printing
    from memoryd.cli.output.checks import print_report

    if not diff:
        print_report(found.report, Printing(Format.FULL))
    emit_diff(found.plan.diff(os.getcwd()))
    if found.capped:
        note(f"{counted(found.capped, 'comparison', 'comparisons')} left out: too many notes are alike")
    if not found.plan.fixes:
        unsafe = any(each.fix for each in found.report.diagnostics)
        note("nothing to remove" + ("; --unsafe-fixes shows what a person may decide" if unsafe else ""))
