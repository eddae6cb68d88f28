"""Sections of an index file: which may move to a topic file, and in what order."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from memoryd.domain.compaction.ages import Born, age_key
from memoryd.domain.compaction.moves import Move, Moved, first_of, is_whole, topic_path
from memoryd.domain.limits.budget import TARGET, Budget
from memoryd.domain.links.names import Names
from memoryd.domain.links.pointers import leads
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Heading, Span
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.markdown.plain_text import hook_of, title_source
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import Style, style_of

_ALIKE = (
    1.3  # sections whose sizes differ by less than this factor count as equally big: the older moves first
)
_URGENT = re.compile(r"\b(?:critical|important|warning|never|always|must)\b", re.IGNORECASE)  # moves last
_CHAPTER = 4  # sub-sections make a chapter: they move one by one, each under its own name
_WORTH_A_FILE = 0.03  # of a limit, on average: chapters of smaller parts move whole
_FAR_TOO_MUCH = 2.0  # a section of this many times what has to go is taken apart


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading and all below it.

    Attributes:
        heading: The heading.
        above: The heading of the section that it is part of; None for an outermost one.
        span: From the heading to the next one of its level.
        parts: How many sub-sections it has, those of sub-sections not counted.
    """

    heading: Heading
    above: Heading | None
    span: Span
    parts: int


def candidates(snapshot: Snapshot, budget: Budget, times: Born) -> Callable[[int], Moved]:
    """Plan the move of the biggest sections; the function takes how many, -1 for all."""
    index = budget.index
    binds = _binding(budget)
    pins = pinned(index)
    names = Names(snapshot)

    def weight(span: Span) -> float:
        text = index.slice(span)
        return binds(text.count("\n"), budget.profile.unit.size(text))

    def splits(section: _Section) -> bool:
        too_big = weight(section.span) > _FAR_TOO_MUCH * (budget.used - TARGET)
        is_chapter = section.parts >= _CHAPTER and weight(section.span) / section.parts >= _WORTH_A_FILE
        return too_big or is_chapter or touches(section.span, pins) or not is_whole(index, section.span)

    movable = [
        section
        for section in _sections(index, splits)
        if not touches(section.span, pins)
        and is_whole(index, section.span)
        and _has_content(index, section, names)
    ]
    by_weight = sorted(
        movable,
        key=lambda section: (
            bool(_URGENT.search(section.heading.text)),
            -round(math.log(weight(section.span) + 1e-9, _ALIKE)),
            age_key(index, times, section.span),
        ),
    )

    style = style_of(snapshot)
    moves = [_move(snapshot, index, section, style) for section in by_weight]

    return first_of(moves)


def _binding(budget: Budget) -> Callable[[int, int], float]:
    """The share of the limits that bind, of so many lines and units."""
    lines_bind, units_bind = budget.lines_used > TARGET, budget.units_used > TARGET
    most_lines, most_units = budget.profile.max_lines or 1, budget.profile.max_units or 1

    def share(lines: int, units: int) -> float:
        return max(lines / most_lines * lines_bind, units / most_units * units_bind)

    return share


def _move(snapshot: Snapshot, index: Document, section: _Section, style: Style) -> Move:
    heading, above = section.heading, section.above
    name = heading.text
    if above is not None and len(name.split()) <= 2:  # noqa: PLR2004  # “Notes” alone would say nothing as a file name
        name = f"{above.text} {name}"
    return Move(
        spans=(section.span,),
        path=topic_path(name, snapshot, style),
        title=title_source(index, heading.span, heading.text) or "Section",
        hook=hook_of(index, section.span),
        level=heading.level,
    )


def _sections(index: Document, splits: Callable[[_Section], bool]) -> Iterator[_Section]:
    """The outermost sections, but the parts of those that `splits`; a single title is no section."""
    headings = index.headings
    titles = [heading for heading in headings if heading.level == 1]
    if len(titles) == 1 and headings[0] is titles[0]:
        headings = headings[1:]
    return _outermost(headings, None, len(index.source), splits)


def _outermost(
    headings: tuple[Heading, ...], above: Heading | None, end: int, splits: Callable[[_Section], bool]
) -> Iterator[_Section]:
    while headings:
        first, rest = headings[0], headings[1:]
        inner = next((at for at, heading in enumerate(rest) if heading.level <= first.level), len(rest))
        section_end = rest[inner].span.start if inner < len(rest) else end
        top = min((heading.level for heading in rest[:inner]), default=0)
        parts = sum(heading.level == top for heading in rest[:inner])
        section = _Section(first, above, Span(first.span.start, section_end), parts)
        if inner and splits(section):
            yield from _outermost(rest[:inner], first, section_end, splits)
        else:
            yield section
        headings = rest[inner:]


def _has_content(index: Document, section: _Section, names: Names) -> bool:
    """Whether a section holds notes rather than links to topic files, and more than its index line would."""
    entries = [entry for entry in index.entries if section.span.start <= entry.span.start < section.span.end]
    links = [entry for entry in entries if leads(index, entry, names)]
    return len(links) * 2 <= len(entries) and index.slice(section.span).strip().count("\n") > 1
