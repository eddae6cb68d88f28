"""`dedupe`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.options import ChangeOptions, StoreOptions
from memoryd.cli.output.progress import waiting
from memoryd.cli.output.terminal import emit_diff, note
from memoryd.cli.program import spread
from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.duplicates import DedupePlan


@spread
def dedupe(
    *,
    across: Annotated[
        bool,
        typer.Option("--across", help="Also compare with other stores, CLAUDE.md, AGENTS.md and rules."),
    ] = False,
    threshold: Annotated[
        float,
        typer.Option(
            "--threshold",
            min=0.3,
            max=1.0,
            help="Share of common words from which two notes are compared.",
        ),
    ] = LIKENESS,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also merges and removals that a person should review.")
    ] = False,
    how: ChangeOptions,
    which: StoreOptions,
) -> None:
    """Find notes that are the same, nearly the same, or contradictory.

    Shows findings and a diff and changes nothing; on a terminal it asks. `--apply` applies the changes
    without asking. Contradictory notes are never merged.
    """
    from memoryd.cli.confirm import Proposal, run
    from memoryd.runtime import build

    how.demand_sense()
    runtime = build()
    found = _find(runtime, which.selection, across=across, threshold=threshold, unsafe=unsafe_fixes)
    proposal = Proposal(found.plan, found.problems, _nothing(found), found.report, found.dangling)
    run(runtime, how, proposal, lambda: _show(found, diff=how.diff))


def _find(
    runtime: "Runtime", chosen: "Selection", *, across: bool, threshold: float, unsafe: bool
) -> "DedupePlan":
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.checks.selection import Choice
    from memoryd.services.checks.examine import Examination
    from memoryd.services.checks.judge import Terms
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
    with waiting(f"comparing notes in {counted(len(stores), 'store', 'stores')}"):
        examination = Examination(FoundStores(stores), terms)
        return plan_dedupe(examination, unsafe=unsafe, rewrites=frozenset(runtime.config.rewrite))


def _show(found: "DedupePlan", *, diff: bool) -> None:
    """Print the findings, then the diff."""
    from memoryd.cli.output.checks import print_report
    from memoryd.cli.requests import OutputRequest

    if not diff:
        print_report(found.report, OutputRequest())
    emit_diff(found.plan.diff(os.getcwd()))
    if found.capped:
        comparisons = counted(found.capped, "comparison", "comparisons")
        note(f"skipped {comparisons} in large groups of similar notes (raise --threshold)")


def _nothing(found: "DedupePlan") -> str:
    unsafe = any(each.fix for each in found.report.diagnostics)
    return "Nothing to remove" + ("; --unsafe-fixes shows changes that need a review" if unsafe else "")
