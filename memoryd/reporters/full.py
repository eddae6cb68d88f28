"""Findings for people, by file, with source lines and carets."""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.width import width, wrap
from memoryd.values import dataclass

_WIDEST = 160  # characters of a source line; longer ones are cut
_LEAD = 40  # characters shown before the finding if a line is cut on the left
_LEAST = 40  # cells; on narrower terminals, lines wrap
_LEVEL_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def _plain(text: str, _about: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class View:
    """The amount of a report to show, and its form.

    Attributes:
        columns: Width of the terminal in cells; 0 where there is none, so that no line is broken.
        infos: Whether findings of level info are listed instead of counted.
        most: Most findings listed of one rule; 0 for all.
        places: Most places listed of one finding; 0 for all.
        summary: Whether counts follow the findings.
        paint: Adds a style, by name, to a text.
        link: Adds a link to a file, by its absolute path, to a text.
    """

    columns: int = 0
    infos: bool = False
    most: int = 0
    places: int = 5
    summary: bool = True
    paint: Callable[[str, str], str] = _plain
    link: Callable[[str, str], str] = _plain


def render(report: CheckResult, base: str, view: View | None = None) -> str:
    """Return a report as text, paths relative to `base`.

    Args:
        report: The report.
        base: An absolute directory.
        view: How to show it; by default every error and warning, without styles.
    """
    view = view or View()
    listed = [each for each in report.diagnostics if view.infos or each.level is not Severity.INFO]
    shown, left_out = _capped(_merged(listed), view.most)
    parts = ["".join(f"{line}\n" for line in _file(places, base, view)) for places in _files(shown)]
    parts += [
        visible_line(f"{posixpath.relpath(each.path, base)}: {each.reason}") + "\n" for each in report.unread
    ]
    if view.summary:
        lines = (*left_out, *_counted(report, view), *_broken(report.outcome, "  ", view))
        parts += ["".join(f"{line}\n" for line in lines)]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A finding, and the further lines of its file where the same is found."""

    diagnostic: Diagnostic
    lines: tuple[int, ...]


def _merged(diagnostics: Iterable[Diagnostic]) -> list[_Listed]:
    """Join findings of one file with the same message, in the order of the first."""
    found: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for each in diagnostics:
        found.setdefault((each.path, each.code, each.message), []).append(each)
    return [_Listed(first, tuple(each.start.line for each in rest)) for first, *rest in found.values()]


def _capped(listed: list[_Listed], most: int) -> tuple[list[_Listed], list[str]]:
    """Keep the first findings of each rule; return them, and a line for each rule with more."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for each in listed:
        rule = (each.diagnostic.code, each.diagnostic.name)
        seen[rule] += 1
        if not most or seen[rule] <= most:
            kept.append(each)
    more = [
        f"{count - most:,} more × {code} {name}, --verbose lists them"
        for (code, name), count in sorted(seen.items())
        if most and count > most
    ]
    return kept, more


def _files(listed: list[_Listed]) -> Iterator[list[_Listed]]:
    """Yield the findings of each file, the most severe file first and the most severe finding first."""
    worst: dict[str, int] = {}
    for each in listed:
        path, rank = each.diagnostic.path, each.diagnostic.level.rank
        worst[path] = min(rank, worst.get(path, rank))
    ordered = sorted(
        listed,
        key=lambda each: (worst[each.diagnostic.path], each.diagnostic.path, each.diagnostic.level.rank),
    )
    for _, places in groupby(ordered, lambda each: each.diagnostic.path):
        yield list(places)


def _file(places: list[_Listed], base: str, view: View) -> Iterator[str]:
    path = places[0].diagnostic.path
    yield view.link(view.paint(visible_line(places[0].diagnostic.path_from(base)), "bold"), path)
    for number, each in enumerate(places):
        if number:
            yield ""
        yield from _finding(each, base, view)


def _finding(listed: _Listed, base: str, view: View) -> Iterator[str]:
    diagnostic = listed.diagnostic
    place = f"{diagnostic.start.line}:{diagnostic.start.column}"
    head = f"{diagnostic.level} {diagnostic.code} {diagnostic.name}"
    first, *more = _broken(f"  {place} {head}: {diagnostic.message}", "    ", view)
    marked = first.startswith(f"  {place} {head}")
    yield first.replace(head, view.paint(head, _LEVEL_STYLES[diagnostic.level]), 1) if marked else first
    yield from more
    digits = len(str(diagnostic.start.line))
    margin = "  " + " " * digits
    if diagnostic.source_line.strip():
        room = min(view.columns - digits - len("   | "), _WIDEST) if view.columns > _LEAST else _WIDEST
        shown, carets = _excerpt(diagnostic, room)
        yield f"  {diagnostic.start.line} | {shown}"
        yield f"{margin} | {view.paint(carets, _LEVEL_STYLES[diagnostic.level])}"
    notes = list(_related(diagnostic, base, view))
    if listed.lines:
        most = view.places or len(listed.lines)
        lines = ", ".join(map(str, listed.lines[:most]))
        rest = f" and {len(listed.lines) - most:,} more" if len(listed.lines) > most else ""
        notes.append(f"the same in line{'s' if len(listed.lines) > 1 else ''} {lines}{rest}")
    if diagnostic.fix:
        notes.append(f"fix ({diagnostic.fix.applicability}): {diagnostic.fix.title}")
    for text in notes:
        yield from _broken(f"{margin} = {text}", f"{margin}   ", view)


def _broken(text: str, indent: str, view: View) -> list[str]:
    """Break a line between words where the terminal is too narrow for it."""
    line = visible_line(text)
    return wrap(line, view.columns, indent) if view.columns > _LEAST else [line]


def _counted(report: CheckResult, view: View) -> list[str]:
    """Return a line for each rule whose findings are only counted."""
    infos = Counter(
        (each.code, each.name)
        for each in report.diagnostics
        if each.level is Severity.INFO and not view.infos
    )
    return [
        f"{count:,} × {code} {name}, --show-info lists them" for (code, name), count in sorted(infos.items())
    ]


def _excerpt(diagnostic: Diagnostic, most: int) -> tuple[str, str]:
    """Return the part of the source line around the finding, and carets under it.

    Args:
        diagnostic: The finding.
        most: Most cells of the part.
    """
    line = diagnostic.source_line.replace("\t", " ")
    start = diagnostic.start.column - 1
    end = diagnostic.end.column - 1 if diagnostic.end.line == diagnostic.start.line else len(line)
    shown, first, is_cut = line, 0, False
    if width(line) > most:
        first = 0 if end < most else max(min(start - min(_LEAD, most // 4), len(line) - most), 0)
        shown, is_cut = line[first : first + most], first + most < len(line)
        while width(shown) > most:
            shown, is_cut = shown[:-1], True
        shown = "…" * bool(first) + shown[bool(first) :]
        shown = shown[:-1] + "…" if is_cut else shown
    start, end = start - first, min(end - first, len(shown))
    before, marked = visible_line(shown[:start]), visible_line(shown[start:end])
    return visible_line(shown), " " * width(before) + "^" * max(width(marked), 1)


def _related(diagnostic: Diagnostic, base: str, view: View) -> Iterator[str]:
    """Yield related places: by line in the same file, otherwise by path."""
    shown = diagnostic.related[: view.places or None]
    here = [place for place in shown if place.path == diagnostic.path]
    digits = max((len(str(place.position.line)) for place in here), default=0)
    for place in shown:
        if place.path == diagnostic.path:
            yield f"line {place.position.line:>{digits}}: {place.message}"
        else:
            yield f"{posixpath.relpath(place.path, base)}:{place.position.line}: {place.message}"
    if more := len(diagnostic.related) - len(shown):
        shows_all = diagnostic.code.startswith("S")
        store = posixpath.relpath(diagnostic.store, base)
        yield f"… {more:,} more" + (f": memoryd show {store}" if shows_all else ", --verbose lists them")
