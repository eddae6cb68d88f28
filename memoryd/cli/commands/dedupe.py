"""`dedupe`."""

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.options import ChangeOptions, ChoiceOptions, NoCache, StoreOptions
from memoryd.cli.output.progress import tick, waiting
from memoryd.cli.output.terminal import note
from memoryd.cli.program import spread
from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.adapters.stores.kept_files import KeptFiles
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.checks.examine import Examination
    from memoryd.services.duplicates import DedupePlan


_Across = Annotated[
    bool, typer.Option("--across", help="Also compare with other stores, CLAUDE.md, AGENTS.md and rules.")
]
_Threshold = Annotated[
    float,
    typer.Option(
        "--threshold", min=0.3, max=1.0, help="Share of common words from which two notes are compared."
    ),
]
_UnsafeFixes = Annotated[
    bool, typer.Option("--unsafe-fixes", help="Also merges and removals that a person should review.")
]


@spread
def dedupe(  # noqa: PLR0913  # options of a command
    *,
    across: _Across = False,
    threshold: _Threshold = LIKENESS,
    unsafe_fixes: _UnsafeFixes = False,
    choosing: ChoiceOptions,
    how: ChangeOptions,
    which: StoreOptions,
    no_cache: NoCache = False,
) -> None:
    """Find notes that are the same, nearly the same, or contradictory.

    Shows findings and a diff and changes nothing; on a terminal it asks. `--apply` applies the changes
    without asking. Contradictory notes are never merged.

    For example:

        memoryd dedupe
        memoryd dedupe --across --unsafe-fixes -i
    """
    from memoryd.cli.choices import demand_numbers
    from memoryd.cli.confirm import Proposal, apply_choices, run
    from memoryd.domain.checks.numbered import keys_without
    from memoryd.runtime import build
    from memoryd.services.duplicates import dedupe as plan_dedupe

    choosing.demand_sense(how)
    runtime = build()
    facts = runtime.kept_facts(cache=not no_cache)
    examination = _examine(runtime, which.selection, facts, across=across, threshold=threshold)
    rewrites = frozenset(runtime.config.rewrite)
    planning = partial(plan_dedupe, examination, unsafe=unsafe_fixes, rewrites=rewrites)
    with waiting("comparing notes"):
        found = planning()
    examination.keep_facts()
    numbered, excluded = found.numbered, choosing.excluded
    demand_numbers(excluded, numbered)
    if choosing.interactive and numbered:
        apply_choices(runtime, examination, numbered, lambda _, keys: planning(only=keys), counts=how.stat)
        return
    if excluded:
        kept = tuple(each for each in numbered if each.number not in excluded)
        found = replace(planning(only=keys_without(numbered, excluded)), numbered=kept)
    report = replace(found.report, numbered=found.numbered)
    proposal = Proposal(found.plan, found.problems, _nothing(found), report, found.dangling)
    run(runtime, how, proposal, lambda: _show(found, diff=how.diff, counts=how.stat))


def _examine(
    runtime: "Runtime", chosen: "Selection", kept: "KeptFiles | None", *, across: bool, threshold: float
) -> "Examination":
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.checks.selection import Choice
    from memoryd.services.checks.examine import Examination
    from memoryd.services.checks.judge import Terms
    from memoryd.services.duplicates import duplicate_rules

    terms = Terms(
        rules=duplicate_rules(across=across),
        user=runtime.user_checks,
        command=Choice("--", os.getcwd()),
        asked=True,
        likeness=threshold,
        tick=tick,
        kept=kept,
    )
    stores = runtime.select(chosen)
    with waiting(f"comparing notes in {counted(len(stores), 'store', 'stores')}"):
        return Examination(FoundStores(stores), terms)


def _show(found: "DedupePlan", *, diff: bool, counts: bool) -> None:
    """Print the findings, then the diff."""
    from memoryd.cli.confirm import show_plan
    from memoryd.cli.output.checks import note_numbers, print_report
    from memoryd.cli.requests import OutputRequest

    if not diff:
        print_report(found.report, OutputRequest())
    show_plan(found.plan, counts=counts)
    note_numbers(found.numbered, OutputRequest())
    if found.capped:
        comparisons = counted(found.capped, "comparison", "comparisons")
        note(f"skipped {comparisons} in large groups of similar notes (raise --threshold)")


def _nothing(found: "DedupePlan") -> str:
    unsafe = any(each.fix for each in found.report.diagnostics)
    return "Nothing to remove" + ("; --unsafe-fixes shows changes that need a review" if unsafe else "")
