"""For people: the source line with what is meant underlined, and all places that belong to it."""

import posixpath

from memoryd.domain.lint import Diagnostic
from memoryd.domain.report import Report

_WIDEST = 160  # characters of a source line; the whole is in the file


def render(report: Report, base: str) -> str:
    """Text of a report, paths relative to `base`."""
    parts = [_diagnostic(diagnostic, base) for diagnostic in report.diagnostics]
    parts += [f"{posixpath.relpath(each.path, base)}: {each.reason}\n" for each in report.unread]
    return "\n".join([*parts, report.summary + "\n"])


def _diagnostic(diagnostic: Diagnostic, base: str) -> str:
    path = posixpath.relpath(diagnostic.path, base)
    lines = [
        f"{diagnostic.level} {diagnostic.code} {diagnostic.name}: {diagnostic.message}",
        f"  --> {path}:{diagnostic.start.line}:{diagnostic.start.column}",
    ]
    margin = " " * len(str(diagnostic.start.line))
    if diagnostic.source_line.strip():
        lines += [
            f"{margin} |",
            f"{diagnostic.start.line} | {_shown(diagnostic)}",
            f"{margin} | {_carets(diagnostic)}",
        ]
    for place in diagnostic.related:
        where = "" if place.path == diagnostic.path else f"{posixpath.relpath(place.path, base)}:"
        lines.append(f"{margin} = {where}{place.position.line}: {place.message}")
    if diagnostic.fix:
        lines.append(f"{margin} = fix ({diagnostic.fix.applicability}): {diagnostic.fix.title}")
    return "\n".join(lines) + "\n"


def _shown(diagnostic: Diagnostic) -> str:
    line = diagnostic.source_line.replace("\t", " ")
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def _carets(diagnostic: Diagnostic) -> str:
    start = min(diagnostic.start.column - 1, _WIDEST - 1)
    ends_here = diagnostic.end.line == diagnostic.start.line
    end = diagnostic.end.column - 1 if ends_here else len(diagnostic.source_line)
    return " " * start + "^" * max(min(end, _WIDEST) - start, 1)
