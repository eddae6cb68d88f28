"""Pins, and the parts that they keep in place."""

import re
from collections.abc import Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Span

_PIN = re.compile(rb"<!--\s*memoryd:\s*pin\b.*?-->", re.DOTALL)


def pinned(index: Document) -> tuple[Span, ...]:
    """Return the parts of an index file that stay in place.

    A pin within an entry pins the entry. A pin on a line of its own pins the whole section if it is the
    first content below the heading (or the file's title), and otherwise the entry that follows.
    """
    return tuple(_pinned(index))


def touches(span: Span, spans: tuple[Span, ...]) -> bool:
    """Return whether a span overlaps with any of the others."""
    return any(span.start < other.end and other.start < span.end for other in spans)


def _pinned(index: Document) -> Iterator[Span]:
    code = [block.span for block in index.blocks if block.kind is BlockKind.CODE]
    for match in _PIN.finditer(index.source, index.body):
        pin = Span(match.start(), match.end())
        if touches(pin, tuple(code)):
            continue
        yield pin
        within = next((entry.span for entry in index.entries if touches(pin, (entry.span,))), None)
        if within is not None:
            yield within
        elif section := _section_opened_by(index, pin):
            yield section
        else:
            following = next((entry.span for entry in index.entries if entry.span.start >= pin.end), None)
            if following is not None:
                yield following


def _section_opened_by(index: Document, pin: Span) -> Span | None:
    """Return the section whose first content is the pin."""
    for section in index.sections:
        heading = section.heading.span
        is_first = heading.end <= pin.start and not index.source[heading.end : pin.start].strip()
        if is_first or touches(pin, (heading,)):
            return section.span
    return None
