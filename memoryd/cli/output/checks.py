"""Reports, baselines and exit codes of checks."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.links import link
from memoryd.cli.output.report_file import replace_file
from memoryd.cli.output.terminal import (
    broken,
    columns,
    emit,
    emit_diff,
    emit_lines,
    emit_report,
    has_colour,
    note,
    relative,
    short,
    styled,
)
from memoryd.cli.requests import FailOn
from memoryd.domain.edits.stat import stat
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.reporters import REPORTERS, STATISTICS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.cli.requests import OutputRequest
    from memoryd.domain.checks.baseline import KnownFinding
    from memoryd.domain.checks.numbered import NumberedFix
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.edits.plan import Plan
    from memoryd.services.checks.examine import Examination

_LEAVE_OUT = "leave one of them out"
_MOST_OF_A_RULE = 20  # findings listed on a terminal


def print_report(report: "CheckResult", printing: "OutputRequest") -> None:
    """Print a report in its format, and its summary for a CI job that asks for one."""
    reporter = STATISTICS if printing.statistics else printing.reporter
    text = _full(report, printing) if reporter is REPORTERS["full"] else reporter.render(report, os.getcwd())
    if printing.output:
        replace_file(printing.output, text)
        if not printing.quiet:
            note(report.outcome)
    elif reporter.is_for_people:
        emit(text)
    else:
        emit_report(text)
    summary_path = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary_path and (summary := reporter.summarize(report, os.getcwd())):
        _append(summary_path, summary)


def _full(report: "CheckResult", printing: "OutputRequest") -> str:
    """Return a report for people; on a terminal, cut to its size."""
    from memoryd.reporters.full import View, render

    view = View(infos=printing.infos, summary=not printing.quiet)
    if printing.verbose:
        view = replace(view, places=0)
    if not printing.output:
        most = 0 if printing.verbose or not columns() else _MOST_OF_A_RULE
        view = replace(view, columns=columns(), most=most)
        if has_colour():  # asked once, not at each finding
            view = replace(view, paint=styled, link=link)
    return render(report, os.getcwd(), view)


def print_diff(
    report: "CheckResult", plan: "Plan", printing: "OutputRequest", fail_on: FailOn, *, counts: bool
) -> None:
    """Print the planned changes and end: with 1 if there are any, unless nothing may fail."""
    text = "".join(f"{line}\n" for line in stat(plan.changes, os.getcwd(), columns())) if counts else ""
    if printing.reporter.shows_plans:
        print_report(replace(report, plan=plan), printing)
    elif printing.output:
        replace_file(printing.output, text or plan.diff(os.getcwd()))
    elif counts:
        emit(text)
    else:
        emit_diff(plan.diff(os.getcwd()))
    note_numbers(report.numbered, printing)
    _end_if_unread(report)
    raise typer.Exit(1 if plan.fixes and fail_on is not FailOn.NEVER else 0)


def note_numbers(fixes: "Iterable[NumberedFix]", printing: "OutputRequest") -> None:
    """Print the proposed changes with their numbers, on stderr so that a diff can be piped."""
    if lines := numbered_lines(fixes) if printing.reporter.is_for_people and not printing.quiet else []:
        note("changes, for --exclude N:", *lines)


def numbered_lines(fixes: "Iterable[NumberedFix]") -> list[str]:
    """Return a line for each fix: its number, its place, and what it does."""
    return [
        line
        for each in fixes
        for place in each.found[:1]
        for line in broken(
            f"{each.number:>3}  {short(place.path)}:{place.start.line} {place.code} {each.fix.title}", "     "
        )
    ]


def list_files(examination: "Examination", printing: "OutputRequest") -> None:
    """Print the checked files, one per line."""
    paths = [
        f"{snapshot.store.root}/{path}"
        for snapshot in examination.roster.snapshots
        for path in snapshot.documents
    ]
    paths += [definition.agent.path for definition in examination.roster.judged]
    if not printing.reporter.is_for_people:
        raise MemorydError(f"--show-files is plain text and cannot be --format {printing.name}", _LEAVE_OUT)
    lines = [visible_line(relative(path)) for path in sorted(set(paths))]
    if printing.output:
        replace_file(printing.output, "".join(f"{line}\n" for line in lines))
    else:
        emit_lines(lines)


def read_baseline(path: Path | None) -> "Counter[KnownFinding]":
    """Return the known findings; none without a file.

    Raises:
        MemorydError: If it cannot be read, or is not a baseline.
    """
    from memoryd.domain.checks.baseline import loads

    if path is None:
        return Counter()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise MemorydError(
            f"cannot read the baseline {path}: {reason}", "`--write-baseline` writes one"
        ) from error
    return loads(text, str(path))


def write_baseline(examination: "Examination", path: Path) -> None:
    """Write the findings to a baseline, and keep those of files that are not checked now.

    Raises:
        MemorydError: If the file exists and is not a baseline.
    """
    from memoryd.domain.checks.baseline import dumps, known_of

    present = known_of(examination.report().diagnostics, os.path.dirname(os.path.abspath(path)))
    known = read_baseline(path) if path.exists() and path.stat().st_size else Counter()
    kept = Counter({each: count for each, count in known.items() if not examination.judges(each)})
    replace_file(path, dumps(kept + present))
    note(f"{counted(present.total(), 'finding', 'findings')} written to {path}")


def note_fixed(examination: "Examination") -> None:
    """Report findings of the baseline that are no longer found."""
    fixed = examination.gone()
    if fixed:
        number = counted(fixed.total(), "finding", "findings")
        codes = ", ".join(sorted({each.code for each in fixed}))
        note(f"{number} of the baseline no longer found ({codes}); `--write-baseline` removes them")


def note_troubles(examination: "Examination") -> None:
    """Warn about failed git commands, since findings may depend on them."""
    for trouble in examination.troubles:
        hint = f" ({trouble.hint})" if trouble.hint else ""
        note(f"warning: {trouble.message}{hint}")


def end(report: "CheckResult", fail_on: FailOn) -> None:
    """End with the exit code that a report asks for."""
    from memoryd.domain.checks.diagnostic import Severity

    _end_if_unread(report)
    if fail_on is FailOn.NEVER:
        return
    least = Severity(fail_on.value).rank
    if any(diagnostic.level.rank <= least for diagnostic in report.diagnostics):
        raise typer.Exit(1)


def demand_outside(found: "FoundStores", *files: Path | None) -> None:
    """Refuse to write an output file into a store.

    Raises:
        MemorydError: If a file is in a store; it names the file.
    """
    roots = [os.path.realpath(store.root) for store in found.stores]
    for file in filter(None, files):
        path = os.path.realpath(file)
        if any(path.startswith(root + "/") for root in roots):
            raise MemorydError(f"{file} is inside a store", "write it outside: stores contain only memory")


def _end_if_unread(report: "CheckResult") -> None:
    if report.unread:
        note(f"error: {counted(len(report.unread), 'file or directory', 'files or directories')} not read")
        raise typer.Exit(2)


def _append(path: str, text: str) -> None:
    try:
        with open(path, "ab") as file:
            file.write(text.encode(errors="backslashreplace"))
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}") from error
