"""GitHub Actions: annotations, and Markdown for the job summary."""

import posixpath
from collections.abc import Iterator, Mapping

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.text.escape import visible_line, with_escaped_marks
from memoryd.domain.text.phrases import counted, shorten
from memoryd.values import regex

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
# The line ends, which GitHub wants escaped too, are gone after `visible_line`.
_DATA = str.maketrans({"%": "%25"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})

_ROWS = 200  # of the job summary; GitHub takes 1 MiB a step
_WIDEST = 300  # characters of a cell
_MARKUP = regex(r"[!#$&()*:<>@\[\\\]_`{|}~]")


def render(report: CheckResult, base: str) -> str:
    """Text of a report, the most severe first, paths relative to `base`.

    GitHub shows only ten annotations a step, and its log shows only the message, so the message names
    the path and line.
    """
    lines = []
    for each in report.unread:
        path = posixpath.relpath(each.path, base)
        lines.append(_command("error", {"file": path, "title": "not read"}, f"{path}: {each.reason}"))
    lines += [_annotation(diagnostic, base) for diagnostic in _most_severe_first(report)]
    return "\n".join([*lines, report.summary]) + "\n"


def _annotation(diagnostic: Diagnostic, base: str) -> str:
    start, end = diagnostic.start, diagnostic.end
    path = diagnostic.path_from(base)
    properties: dict[str, object] = {"file": path, "line": start.line, "col": start.column}
    properties |= {"endLine": end.line, "endColumn": end.column}
    if start.line != end.line:  # GitHub ignores columns if a finding spans lines
        del properties["col"], properties["endColumn"]
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    message = f"{path}:{start.line}:{start.column}: {diagnostic.message}"
    return _command(_COMMANDS[diagnostic.level], properties, message)


def _command(name: str, properties: Mapping[str, object], message: str) -> str:
    listed = ",".join(f"{key}={_shown(str(value)).translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {listed}::{_shown(message).translate(_DATA)}"


def _shown(text: str) -> str:
    return with_escaped_marks(visible_line(text))


def _most_severe_first(report: CheckResult) -> list[Diagnostic]:
    return sorted(report.diagnostics, key=lambda diagnostic: diagnostic.level.rank)


def summary(report: CheckResult, base: str) -> str:
    """Return Markdown for the file in `$GITHUB_STEP_SUMMARY`, paths relative to `base`."""
    not_read = f", {counted(len(report.unread), 'file', 'files')} not read" if report.unread else ""
    lines = ["### memoryd", "", f"{report.summary}{not_read}"]
    rows = list(_rows(report, base))
    if rows:
        lines += ["", "| level | rule | where | finding |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows[:_ROWS]]
    if len(rows) > _ROWS:
        lines += ["", f"… and {len(rows) - _ROWS:,} more."]
    return "\n".join(lines) + "\n"


def _rows(report: CheckResult, base: str) -> Iterator[tuple[str, str, str, str]]:
    for unread in report.unread:
        yield "error", "not read", posixpath.relpath(unread.path, base), unread.reason
    for each in _most_severe_first(report):
        place = f"{posixpath.relpath(each.path, base)}:{each.start.line}:{each.start.column}"
        yield each.level, f"{each.code} {each.name}", place, each.message


def _cell(text: str) -> str:
    """Return text for a table cell, with markup escaped as character references."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", shorten(visible_line(text), _WIDEST))
