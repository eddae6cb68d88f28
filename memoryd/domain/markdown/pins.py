"""Pins, and the parts that they keep in place."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.values import regex

_PIN = regex(rb"<!--\s*memoryd:\s*pin\b.*?-->", re.DOTALL)


class Spans(tuple[Span, ...]):  # noqa: SLOT001  # a tuple has no room for slots
    """Spans, sorted by their start, that are asked often whether one of them overlaps with another."""

    def __init__(self, _spans: Iterable[Span]) -> None:
        merged: list[list[int]] = []
        for start, end in sorted(self):
            if merged and start < merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        self._merged = merged
        self._ends = [end for _, end in merged]

    def touch(self, span: Span) -> bool:
        """Return whether a span overlaps with any of these."""
        number = bisect_right(self._ends, span.start)
        return number < len(self._merged) and self._merged[number][0] < span.end


def pinned(index: Document) -> Spans:
    """Return the parts of an index file that stay in place.

    A pin within an entry pins the entry. A pin on a line of its own pins the whole section if it is the
    first content below the heading (or the file's title), and otherwise the entry that follows.
    """
    return Spans(_pinned(index))


def touches(span: Span, spans: tuple[Span, ...]) -> bool:
    """Return whether a span overlaps with any of the others."""
    if isinstance(spans, Spans):
        return spans.touch(span)
    return any(span.start < other.end and other.start < span.end for other in spans)


def _pinned(index: Document) -> Iterator[Span]:
    code = Spans(block.span for block in index.blocks if block.kind is BlockKind.CODE)
    entries = [entry.span for entry in index.entries]
    ends = [entry.end for entry in entries]
    headings = [section.heading.span.end for section in index.sections]
    last = index.source.rfind(b"-->") + 3  # a comment that never ends is searched to the end
    for match in _PIN.finditer(index.source, index.body, max(last, index.body)):
        pin = Span(match.start(), match.end())
        if code.touch(pin):
            continue
        yield pin
        number = bisect_right(ends, pin.start)
        if number < len(entries) and entries[number].start < pin.end:
            yield entries[number]
        elif section := _section_opened_by(index, pin, bisect_right(headings, pin.start)):
            yield section
        else:
            yield from entries[number : number + 1]


def _section_opened_by(index: Document, pin: Span, number: int) -> Span | None:
    """Return the section whose first content is the pin.

    Args:
        index: The index file.
        pin: The pin.
        number: How many headings end before it.
    """
    for section in index.sections[max(number - 1, 0) : number + 1]:
        heading = section.heading.span
        is_first = heading.end <= pin.start and not index.source[heading.end : pin.start].strip()
        if is_first or touches(pin, (heading,)):
            return section.span
    return None
