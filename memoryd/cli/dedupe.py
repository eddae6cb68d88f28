"""`dedupe`."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import ask, emit_diff, is_terminal, note
from memoryd.domain.similarity import LIKENESS
from memoryd.domain.text import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.edits import Plan
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.dedupe import Deduped


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
    apply: Annotated[bool, typer.Option("--apply", help="Do it, without asking.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also merge and remove what a person should look at.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show the diff and do nothing; 1 if there is one.")
    ] = False,
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
    from memoryd.runtime import build

    if apply and diff:
        raise MemorydError("--apply and --diff exclude each other", "leave one of them out")
    runtime = build()
    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    found = _find(runtime, chosen, across=across, threshold=threshold, unsafe=unsafe_fixes)
    operation = None
    if not json:
        _show(found, diff=diff)
    if found.plan.fixes and not diff and (apply or (not json and _agreed(found.plan))):
        operation = _apply(runtime, found.plan)
    if json:
        _print_json(found, operation)
    _end(found, diff=diff)


def _end(found: "Deduped", *, diff: bool) -> None:
    """Tell what could not be done, and end with the exit code."""
    for problem in found.problems:
        note(f"error: {problem}")
    if found.problems or found.report.unread:
        raise typer.Exit(2)
    if diff and found.plan.fixes:
        raise typer.Exit(1)


def _print_json(found: "Deduped", operation: int | None) -> None:
    from memoryd.cli.output import emit
    from memoryd.reporters.json import render

    emit(render(replace(found.report, plan=found.plan, operation=operation), os.getcwd()))


def _find(
    runtime: "Runtime", chosen: "Selection", *, across: bool, threshold: float, unsafe: bool
) -> "Deduped":
    from memoryd.adapters.discovery import Found
    from memoryd.domain.selection import Choice
    from memoryd.services.dedupe import dedupe as plan_dedupe
    from memoryd.services.dedupe import duplicate_rules
    from memoryd.services.examine import Examination, Terms

    terms = Terms(
        rules=duplicate_rules(across=across),
        user=runtime.user_checks,
        command=Choice("--", os.getcwd()),
        likeness=threshold,
    )
    examination = Examination(Found(runtime.select(chosen)), terms)
    return plan_dedupe(examination, unsafe=unsafe, rewrites=frozenset(runtime.config.rewrite))


def _show(found: "Deduped", *, diff: bool) -> None:
    """The findings, then what would be changed."""
    from memoryd.cli.checking import Printing
    from memoryd.cli.options import Format
    from memoryd.cli.reporting import print_report

    if not diff:
        print_report(found.report, Printing(Format.FULL))
    emit_diff(found.plan.diff(os.getcwd()))
    if found.capped:
        note(f"{counted(found.capped, 'comparison', 'comparisons')} left out: too many notes are alike")
    if not found.plan.fixes:
        unsafe = any(each.fix for each in found.report.diagnostics)
        note("nothing to remove" + ("; --unsafe-fixes shows what a person may decide" if unsafe else ""))


def _agreed(plan: "Plan") -> bool:
    """Ask on a terminal; elsewhere say how to do it."""
    files = counted(len(plan.changes), "file", "files")
    if is_terminal() and ask(f"Change {files}?"):
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
