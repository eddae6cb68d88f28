"""Sections of an index file: which may move to a topic file, and in what order."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from memoryd.domain.document import BlockKind, Document, Entry, Heading, Snapshot, Span
from memoryd.domain.links import Names
from memoryd.domain.moves import Move, Moved, is_pinned, is_whole, topic_path
from memoryd.domain.text import utf16_units
from memoryd.domain.topics import hook_of, style_of, title_source

_BLANK_RUN = re.compile(rb"(?:\r?\n[ \t]*){2,}(?=\r?\n)")
_ATX = re.compile(rb"^ {0,3}#{1,6}(?=[ \t])")


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading and all below it."""

    heading: Heading
    span: Span


def candidates(snapshot: Snapshot) -> Callable[[int], Moved]:
    """Plan the move of the biggest sections; the function takes how many, -1 for all."""
    index = snapshot.index
    if index is None:
        return lambda _count: Moved((), 0)
    profile = snapshot.store.profile

    def weight(section: _Section) -> float:
        text = index.slice(section.span)
        return text.count("\n") / profile.max_lines + utf16_units(text) / profile.max_units

    names = Names(snapshot)
    movable = [section for section in _split(index) if _has_content(index, section, names)]
    by_weight = sorted(movable, key=weight, reverse=True)  # stable: of equal ones the first
    style = style_of(snapshot)

    def plan(count: int) -> Moved:
        chosen = sorted(by_weight if count < 0 else by_weight[:count], key=lambda section: section.span)
        moves = (
            Move(
                spans=(section.span,),
                path=topic_path(section.heading.text, snapshot, style),
                title=title_source(index, section.heading.span, section.heading.text) or "Section",
                hook=hook_of(index, section.span),
                level=section.heading.level,
            )
            for section in chosen
        )
        return Moved(tuple(moves), len(by_weight))

    return plan


def _split(index: Document) -> Iterator[_Section]:
    """Sections that may move as a whole, the outermost there are; a single title is no section."""
    headings = index.headings
    titles = [heading for heading in headings if heading.level == 1]
    if len(titles) == 1 and headings[0] is titles[0]:
        headings = headings[1:]
    yield from _outermost(index, headings, len(index.source))


def _outermost(index: Document, headings: tuple[Heading, ...], end: int) -> Iterator[_Section]:
    while headings:
        first, rest = headings[0], headings[1:]
        inner = next((at for at, heading in enumerate(rest) if heading.level <= first.level), len(rest))
        section = _Section(
            first, Span(first.span.start, rest[inner].span.start if inner < len(rest) else end)
        )
        if is_pinned(index, section.span) or not is_whole(index, section.span):
            yield from _outermost(index, rest[:inner], section.span.end)
        else:
            yield section
        headings = rest[inner:]


def _has_content(index: Document, section: _Section, names: Names) -> bool:
    """Whether a section holds notes rather than links to topic files, and more than its index line would."""
    entries = [entry for entry in index.entries if section.span.start <= entry.span.start < section.span.end]
    links = [entry for entry in entries if leads(index, entry, names)]
    return len(links) * 2 <= len(entries) and index.slice(section.span).strip().count("\n") > 1


def leads(index: Document, entry: Entry, names: Names) -> bool:
    """Whether an entry is a pointer: a list item that leads to a document of the store."""
    return entry.kind is BlockKind.LIST and any(
        path != index.path for path, _ in names.led_to(index, entry.span)
    )


def collapse_blank_runs(index: Document) -> bytes:
    """The index file with runs of blank lines between blocks cut down to one blank line."""

    def shorten(match: re.Match[bytes]) -> bytes:
        inside = any(
            block.span.start < match.start() and match.end() < block.span.end for block in index.blocks
        )
        return match[0] if inside or match.start() < index.body else match[0][: match[0].index(b"\n") + 1]

    return _BLANK_RUN.sub(shorten, index.source)


def line_counts(snapshot: Snapshot) -> Counter[bytes]:
    """How often each non-blank line stands in the store; a heading of any level counts as the same line."""
    return Counter(
        _ATX.sub(b"#", stripped)
        for document in snapshot.documents.values()
        for line in document.raw.split(b"\n")
        if (stripped := line.rstrip(b"\r")).strip()
    )
