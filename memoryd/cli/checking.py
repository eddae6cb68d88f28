"""The steps of `check` and `link-check`."""

import gc
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from memoryd.cli.output.progress import waiting
from memoryd.cli.output.terminal import note
from memoryd.cli.requests import ChangeRequest, CheckRequest, FailOn, OutputRequest
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

_LINKS = "L"

if TYPE_CHECKING:
    from memoryd.adapters.stores.discovery import FoundStores
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
    from memoryd.cli import confirm
    from memoryd.cli.output import checks
    from memoryd.runtime import build

    gc.disable()  # everything read stays in use, and collecting garbage takes a tenth of the time
    printing.demand_sense()
    changing.demand_sense(asked, printing)
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
            plan = confirm.plan(cause, runtime, examination, changing)
            if changing.diff:
                checks.print_diff(report, plan, printing, fail_on)
                return
            if operation := (confirm.apply(runtime, plan, confirm.described(plan)) if plan.fixes else None):
                made = frozenset(change.path for change in plan.changes if change.before is None)
                examination = _examine(runtime, found, asked, replace(terms, made=made))
                if asked.tracked and made:
                    note(f"{counted(len(made), 'new file', 'new files')} must be added to git")
            report = replace(examination.report(), plan=plan, operation=operation)
    checks.print_report(report, printing)
    checks.note_fixed(examination)
    gc.freeze()  # Python collects garbage once more at exit
    checks.end(report, fail_on)


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
    return examination


def _checking(found: "FoundStores") -> str:
    return f"checking {counted(len(found.stores), 'store', 'stores')}"
