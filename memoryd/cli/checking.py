"""The steps of `check` and `link-check`."""

import gc
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.progress import tick, waiting
from memoryd.cli.output.terminal import emit_json, emit_lines, note, relative, short
from memoryd.cli.requests import ChangeRequest, CheckRequest, FailOn, OutputRequest
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

_LINKS = "L"

if TYPE_CHECKING:
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.limits.addition import Addition
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
    from memoryd.services.checks.examine import Examination
    from memoryd.services.checks.judge import OpenHistory, Terms


def run_check(
    cause: str, asked: CheckRequest, printing: OutputRequest, changing: ChangeRequest, fail_on: FailOn
) -> None:
    """Check, apply the requested changes, print, and end with the exit code.

    Args:
        cause: The command.
        asked: The stores and rules to check.
        printing: The format and destination of the report.
        changing: The changes to make.
        fail_on: The least level of a finding that fails the check.
    """
    from memoryd.cli.output import checks
    from memoryd.runtime import build

    gc.disable()  # everything read stays in use, and collecting garbage takes a tenth of the time
    _demand_sense(asked, printing, changing)
    runtime = build()
    found = subject(runtime, asked)
    checks.demand_outside(found, printing.output, asked.baseline if changing.baseline else None)
    with runtime.past_of_checks() as history:
        terms = _terms(runtime, cause, asked, printing, changing, history)
        examination = _examine(runtime, found, asked, terms)
        if printing.show_files:
            checks.list_files(examination, printing)
            return
        if changing.baseline and asked.baseline:
            checks.write_baseline(examination, asked.baseline)
            return
        with waiting(_checking(found)):
            report = examination.report()
        checks.note_troubles(examination)
        if changing.fix or changing.diff or changing.suppress:
            from memoryd.cli import confirm

            plan, numbered = confirm.plan(cause, runtime, examination, changing)
            if changing.diff:
                report = replace(report, numbered=numbered)
                checks.print_diff(report, plan, printing, fail_on, counts=changing.stat)
                return
            if operation := (confirm.apply(runtime, plan, confirm.described(plan)) if plan.fixes else None):
                made = frozenset(change.path for change in plan.changes if change.before is None)
                examination = _examine(runtime, found, asked, replace(terms, made=made))
                if asked.tracked and made:
                    note(f"{counted(len(made), 'new file', 'new files')} must be added to git")
            report = replace(examination.report(), plan=plan, operation=operation, numbered=numbered)
    _print(examination, report, printing)
    gc.freeze()  # Python collects garbage once more at exit
    checks.end(report, fail_on)


def _demand_sense(asked: CheckRequest, printing: OutputRequest, changing: ChangeRequest) -> None:
    printing.demand_sense()
    changing.demand_sense(asked, printing)
    if asked.scanner and changing != ChangeRequest():
        raise MemorydError("--secrets only reports", "leave out the options that change something")
    if changing.interactive:
        from memoryd.cli.choices import demand_terminal

        demand_terminal()


def _only_reports(asked: CheckRequest, printing: OutputRequest, changing: ChangeRequest) -> bool:
    """Return whether findings are printed, and come from nothing but memory and what is around it."""
    more = asked.tracked or asked.baseline or asked.external or asked.scanner
    return changing == ChangeRequest() and not (more or printing.show_files or printing.shows_changes)


def _print(examination: "Examination", report: "CheckResult", printing: OutputRequest) -> None:
    """Print the report, and keep what was found out for the next check."""
    from memoryd.cli.output import checks

    checks.print_report(report, printing)
    checks.note_fixed(examination)
    examination.keep_facts()


def subject(runtime: "Runtime", asked: CheckRequest) -> "FoundStores":
    """Return the stores to check; none is an error unless `--allow-empty` is given.

    Where there are only agent definitions, what looks like memory is named.
    """
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.runtime import NothingFoundError

    try:
        found = runtime.subject(asked.chosen)
    except NothingFoundError:
        if not asked.allow_empty:
            raise
        return FoundStores(())
    if found.inside and not found.stores and (like := runtime.memory_like(asked.chosen.paths)):
        note(f"no memory store was found, only agent definitions; {like}")
    return found


def _terms(  # noqa: PLR0913, PLR0917  # everything a check depends on
    runtime: "Runtime",
    cause: str,
    asked: CheckRequest,
    printing: OutputRequest,
    changing: ChangeRequest,
    history: "OpenHistory",
) -> "Terms":
    from memoryd.cli.output.checks import read_baseline
    from memoryd.domain.checks.selection import Choice
    from memoryd.rules import ALL_RULES
    from memoryd.services.checks.judge import Terms

    return Terms(
        rules=tuple(rule for rule in ALL_RULES if cause == "check" or rule.code.startswith(_LINKS)),
        user=runtime.user_checks,
        command=Choice("--", os.getcwd(), asked.select, asked.ignore or ()),
        asked=cause != "check",
        tracked=asked.tracked,
        history=history,
        plans=changing.fix or changing.diff or printing.shows_changes,
        baseline=read_baseline(None if changing.baseline else asked.baseline),
        base=os.path.dirname(os.path.abspath(asked.baseline)) if asked.baseline else "",
        tick=tick,
        kept=runtime.kept_facts(cache=asked.cache),
        reports=_only_reports(asked, printing, changing),
        recorded=runtime.recorded,
    )


def _examine(runtime: "Runtime", found: "FoundStores", asked: CheckRequest, terms: "Terms") -> "Examination":
    from memoryd.services.checks.examine import Examination

    with waiting(_checking(found)):
        examination = Examination(found, terms)
    if not (examination.roster.snapshots or examination.roster.judged or asked.allow_empty):
        raise MemorydError("git tracks no memory file here", "leave out --tracked, or `git add` the files")
    if asked.external:
        from memoryd.services.links import ask

        with waiting("asking servers"):
            answers = ask(examination.roster.snapshots, runtime.locations.urls, private=asked.private)
        for problem in answers.problems:
            note(f"warning: {problem}")
        examination.learn(answers.broken)
    if asked.scanner:
        from memoryd.services.security import scan_stores

        with waiting(f"running {asked.scanner}"):
            examination.learn_secrets(scan_stores(asked.scanner, examination.roster.snapshots))
    return examination


def _checking(found: "FoundStores") -> str:
    return f"checking {counted(len(found.stores), 'store', 'stores')}"


def report_addition(asked: "CheckRequest", line: str, *, json: bool) -> None:
    """Report for each store whether a line fits; exit 1 if it does not fit in one of them."""
    from memoryd.domain.limits.addition import add_line
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.limits.loaded import loaded_view
    from memoryd.domain.markdown.document import parse
    from memoryd.runtime import build
    from memoryd.services.checks.check import read

    runtime = build()
    stores = subject(runtime, asked).stores if asked.allow_empty else runtime.select(asked.chosen)
    answers = []
    unread = []
    for store in stores:
        snapshot = read(store)
        name = store.profile.index_name
        unread += [
            f"{store.root}/{each.path}: {each.reason}" for each in snapshot.unread if each.path in {"", name}
        ]
        index = snapshot.index or parse(name, b"")
        budget = Budget(index, store.profile, loaded_view(index.raw, store.profile))
        answers.append((store, budget, add_line(budget, line)))
    for problem in unread:
        note(f"error: {problem}")
    if unread:
        raise typer.Exit(2)
    if json:
        emit_json({"adding": [_fit_json(*answer) for answer in answers]})
    else:
        emit_lines(line for answer in answers for line in _fit(*answer))
    if not all(addition.fits for _, _, addition in answers):
        raise typer.Exit(1)


def _fit(store: "Store", budget: "Budget", addition: "Addition") -> list[str]:
    from memoryd.domain.markdown.plain_text import first_line
    from memoryd.domain.text.phrases import shorten

    profile, view = budget.profile, addition.view
    of_lines = "" if profile.max_lines is None else f" of {profile.max_lines:,}"
    of_units = "" if profile.max_units is None else f" of {profile.max_units:,}"
    size = f"{view.lines:,}{of_lines} lines, {view.units:,}{of_units} {profile.unit}"
    path = short(f"{store.root}/{budget.index.path}")
    if addition.fits:
        return [f"{path}: fits: {size}"]
    lost = [
        f"  {budget.index.position(entry.span.start).line:>6}  "
        f"{shorten(first_line(budget.index, entry.span), 100)}"
        for entry in addition.pushed_out
    ]
    pushed = "; at the top it would push out:" if lost else ""
    return [f"{path}: does not fit: {size}; at the end it would never be seen{pushed}", *lost]


def _fit_json(store: "Store", budget: "Budget", addition: "Addition") -> dict[str, object]:
    index = budget.index
    return {
        "path": relative(f"{store.root}/{index.path}"),
        "fits": addition.fits,
        "lines": addition.view.lines,
        "units": addition.view.units,
        "limit_lines": budget.profile.max_lines,
        "limit_units": budget.profile.max_units,
        "unit": budget.profile.unit,
        "pushed_out": [
            {"line": index.position(entry.span.start).line, "text": index.slice(entry.span).rstrip()}
            for entry in addition.pushed_out
        ],
    }
