"""`prune`."""

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.options import ChangeOptions, ChoiceOptions, StoreOptions
from memoryd.cli.output.checks import note_troubles
from memoryd.cli.output.progress import tick, waiting
from memoryd.cli.output.terminal import broken, emit_lines, note, short
from memoryd.cli.program import spread
from memoryd.domain.dates.moments import parse_duration
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.stores.kept_files import KeptFiles
    from memoryd.domain.checks.diagnostic import Diagnostic
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.checks.examine import Examination
    from memoryd.services.checks.judge import OpenHistory
    from memoryd.services.staleness import OutdatedFindings, PruneOptions, PrunePlan

_FAMILY = "P"
_AGED = "P002"
_AGES = 'ages are written as "90d", "12w", "6mo" or "1y"'
_LONGEST = timedelta(days=365_000)  # dates begin with the year 1


_OlderThan = Annotated[
    str | None,
    typer.Option(
        "--older-than", metavar="AGE", help="Also memory last recorded longer ago than this: 90d, 6mo."
    ),
]
_Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        metavar="TYPE",
        help="Only memory of this type; user and feedback are pruned only with it.",
    ),
]
_Most = Annotated[
    int | None, typer.Option("--max", min=1, help="Remove at most this many entries and files.")
]


@spread
def prune(  # noqa: PLR0913  # options of a command
    *,
    older_than: _OlderThan = None,
    kinds: _Kinds = None,
    most: _Most = None,
    choosing: ChoiceOptions,
    how: ChangeOptions,
    which: StoreOptions,
    no_cache: options.NoCache = False,
) -> None:
    """Remove memory that is expired, finished, dangling or old.

    Shows the evidence and a diff, and changes nothing; on a terminal it asks. `--apply` applies the
    changes without asking. `memoryd undo` restores what was removed.

    For example:

        memoryd prune --older-than 90d
        memoryd prune --all --stat --exclude 2,5
    """
    from memoryd.cli.choices import demand_numbers
    from memoryd.cli.confirm import Proposal, apply_choices, run
    from memoryd.runtime import build

    choosing.demand_sense(how)
    runtime = build()
    wanted = _wanted(runtime, older_than, kinds, most)
    examination, found = _find(runtime, which.selection, wanted, cache=not no_cache)
    _demand_types(examination, options.words(kinds) or ())
    excluded = choosing.excluded
    demand_numbers(excluded, found.numbered)
    if choosing.interactive and found.numbered:
        apply_choices(runtime, examination, found.numbered, lambda kept, _: found.plan(kept), counts=how.stat)
        return
    planned = found.plan(excluded)
    left = planned.left
    notes = (f"{left:,} more can be removed: run prune again, or raise --max",) if left else ()
    kept = tuple(each for each in planned.numbered if each.number not in excluded)
    report = replace(planned.report, numbered=kept)
    proposal = Proposal(planned.plan, planned.problems, "Nothing to prune", report, planned.dangling, notes)
    run(runtime, how, proposal, lambda: _show(planned, excluded, counts=how.stat))


def _wanted(
    runtime: "Runtime", older_than: str | None, kinds: list[str] | None, most: int | None
) -> "PruneOptions":
    from memoryd.services.staleness import PruneOptions

    return PruneOptions(
        older_than=_age(older_than) if older_than is not None else None,
        types=frozenset(map(str.lower, options.words(kinds) or ())),
        most=most or runtime.config.prune.max_removals,
        rewrites=frozenset(runtime.config.rewrite),
    )


def _find(
    runtime: "Runtime", chosen: "Selection", wanted: "PruneOptions", *, cache: bool
) -> "tuple[Examination, OutdatedFindings]":
    from memoryd.services.staleness import find_outdated

    stores = runtime.select(chosen)
    checking = waiting(f"checking {counted(len(stores), 'store', 'stores')}")
    with runtime.past_of_checks() as history, checking:
        kept = runtime.kept_facts(cache=cache)
        examination = _examination(runtime, stores, history, kept, with_age=wanted.older_than is not None)
        found = find_outdated(examination, wanted)
    examination.keep_facts()
    note_troubles(examination)
    return examination, found


def _demand_types(examination: "Examination", wanted: tuple[str, ...]) -> None:
    """Refuse a type that no memory has, and that is probably a slip of another.

    Raises:
        MemorydError: Naming the type and the nearest.
    """
    from memoryd.domain.stores.claude_code import TYPES
    from memoryd.domain.text.nearest import nearest

    documents = (each for context in examination.contexts for each in context.snapshot.documents.values())
    known = {each.front_matter.type.lower() for each in documents if each.front_matter} | {*TYPES}
    for word in wanted:
        if word.lower() not in known and (meant := nearest(word, known)):
            raise MemorydError(f'no memory has the type "{word}"', f"did you mean {meant}?")


def _age(text: str) -> timedelta:
    """Parse an age; a number without a unit is days.

    Raises:
        MemorydError: If it is not an age, or less than a day.
    """
    age = parse_duration(text, bare="d")
    if age is None:
        raise MemorydError(f'"{text}" is not an age', _AGES)
    if age < timedelta(days=1):
        number, unit, _ = text.strip().lower().partition("m")
        months = f'"m" is minutes, for months write {number.strip()}mo; ' if unit else ""
        raise MemorydError(f'"{text}" is less than a day', f"{months}{_AGES}")
    return min(age, _LONGEST)


def _examination(
    runtime: "Runtime",
    stores: "tuple[Store, ...]",
    history: "OpenHistory",
    kept: "KeptFiles | None",
    *,
    with_age: bool,
) -> "Examination":
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.checks.selection import Choice
    from memoryd.rules import ALL_RULES
    from memoryd.services.checks.examine import Examination
    from memoryd.services.checks.judge import Terms

    rules = (rule for rule in ALL_RULES if rule.code.startswith(_FAMILY))
    terms = Terms(
        rules=tuple(rule for rule in rules if with_age or rule.code != _AGED),
        user=runtime.user_checks,
        command=Choice("--", os.getcwd()),
        asked=True,
        history=history,
        tick=tick,
        kept=kept,
    )
    return Examination(FoundStores(stores), terms)


def _show(planned: "PrunePlan", excluded: frozenset[int], *, counts: bool) -> None:
    """Print what is removed and why, the diff, and what a person should review."""
    from memoryd.cli.confirm import show_plan

    removed = {id(each) for each in planned.removed}
    left_out = {id(each) for fix in planned.numbered if fix.number in excluded for each in fix.found}
    digits = len(str(len(planned.numbered)))
    for fix in planned.numbered:
        for each in fix.found:
            if id(each) in removed:
                emit_lines(broken(f"{fix.number:>{digits}}  {_told(each)}", "    "))
    show_plan(planned.plan, counts=counts)
    rest = [each for each in planned.report.diagnostics if id(each) not in removed | left_out]
    if rest:
        note("not removed, for you to review:")
    for each in rest:
        note(*broken(f"  {_told(each)}", "    "))
    for reason in planned.kept:
        note(*broken(f"  {short(reason)}", "    "))


def _told(found: "Diagnostic") -> str:
    return f"{short(found.path)}:{found.start.line}: {found.code} {found.message}"
