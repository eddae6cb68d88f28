"""Findings for people: source line, carets and related places."""

import posixpath
from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.width import width

_WIDEST = 160  # characters of a source line; longer ones are cut
_LEAD = 40  # characters shown before the finding if a line is cut on the left


def render(report: CheckResult, base: str) -> str:
    """Return a report as text, paths relative to `base`."""
    parts = [_diagnostic(diagnostic, base) for diagnostic in report.diagnostics]
    parts += [
        visible_line(f"{posixpath.relpath(each.path, base)}: {each.reason}") + "\n" for each in report.unread
    ]
    return "\n".join([*parts, report.summary + "\n"])


def _diagnostic(diagnostic: Diagnostic, base: str) -> str:
    path = diagnostic.path_from(base)
    margin = " " * len(str(diagnostic.start.line))
    lines = [
        f"{diagnostic.level} {diagnostic.code} {diagnostic.name}: {diagnostic.message}",
        f"{margin}--> {path}:{diagnostic.start.line}:{diagnostic.start.column}",
    ]
    if diagnostic.source_line.strip():
        shown, carets = _excerpt(diagnostic)
        lines += [f"{margin} |", f"{diagnostic.start.line} | {shown}", f"{margin} | {carets}"]
    lines += [f"{margin} = {place}" for place in _related(diagnostic, base)]
    if diagnostic.fix:
        lines.append(f"{margin} = fix ({diagnostic.fix.applicability}): {diagnostic.fix.title}")
    return "\n".join(map(visible_line, lines)) + "\n"


def _excerpt(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return the part of the source line around the finding, and carets under it."""
    line = diagnostic.source_line.replace("\t", " ")
    start = diagnostic.start.column - 1
    end = diagnostic.end.column - 1 if diagnostic.end.line == diagnostic.start.line else len(line)
    if len(line) > _WIDEST:
        first = 0 if end < _WIDEST else max(min(start - _LEAD, len(line) - _WIDEST), 0)
        cut = line[first : first + _WIDEST]
        start, end = start - first, min(end - first, _WIDEST)
        line = "…" * bool(first) + cut[bool(first) :]
        if first + _WIDEST < len(diagnostic.source_line):
            line = line[:-1] + "…"
    before, marked = visible_line(line[:start]), visible_line(line[start:end])
    return visible_line(line), " " * width(before) + "^" * max(width(marked), 1)


def _related(diagnostic: Diagnostic, base: str) -> Iterator[str]:
    """Yield related places: by line in the same file, otherwise by path."""
    here = [place for place in diagnostic.related if place.path == diagnostic.path]
    digits = max((len(str(place.position.line)) for place in here), default=0)
    for place in diagnostic.related:
        if place.path == diagnostic.path:
            yield f"line {place.position.line:>{digits}}: {place.message}"
        else:
            yield f"{posixpath.relpath(place.path, base)}:{place.position.line}: {place.message}"
