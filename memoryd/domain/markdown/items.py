"""List items at any depth, and what is running text, code spans included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.layout import whole_lines
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.parts import events

MARK = re.compile(rb"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|(?=\r?\n|\Z))(?P<task>\[[ xX]\][ \t]+)?")


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: its lines with all that belongs to it, and where its text begins."""

    span: Span
    text: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What the events of a document tell beside its layout.

    Attributes:
        items: List items at any depth that begin a line, in order; none in quotes.
        spoken: Running text and code spans, in order; no code blocks, no quotes, no HTML.
        code: Those of `spoken` that are code spans.
    """

    items: tuple[Item, ...]
    spoken: tuple[Span, ...]
    code: frozenset[Span]


def outline(document: Document) -> Outline:
    """The outline of a document."""
    items: list[Item] = []
    spoken: list[Span] = []
    code: set[Span] = set()
    quoted = blocks = 0
    for kind, tag, _, start, end in events(document.source, document.body):
        span = Span(start, end)
        if kind in {"Start", "End"}:
            step = 1 if kind == "Start" else -1
            quoted += step * (tag == "BlockQuote")
            blocks += step * (tag == "CodeBlock")
            if kind == "Start" and tag == "Item" and not quoted:
                items += _item(document, span)
        elif kind == "Code" and not quoted:
            spoken.append(span)
            code.add(span)
        elif kind == "Text" and not quoted and not blocks:
            if spoken and spoken[-1].end == start and spoken[-1] not in code:
                span = Span(spoken.pop().start, end)
            spoken.append(span)
    return Outline(tuple(items), tuple(spoken), frozenset(code))


def _item(document: Document, span: Span) -> Iterator[Item]:
    lines = whole_lines(document.source, span)
    mark = MARK.match(document.source, lines.start, lines.end)
    begins = lines.start == document.body or document.source.startswith(b"\n", lines.start - 1)
    if mark and begins:  # an item on the line of another one cannot go without it
        yield Item(lines, mark.end(), (mark["task"] or b"").strip().lower() == b"[x]")


def innermost(items: tuple[Item, ...], offset: int) -> Item | None:
    """The item that an offset stands in, of several the one within the others."""
    return next((item for item in reversed(items) if item.span.start <= offset < item.span.end), None)
