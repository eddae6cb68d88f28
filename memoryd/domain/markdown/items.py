"""List items at any depth, running text and code spans."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.layout import whole_lines
from memoryd.domain.markdown.model import Span
from memoryd.values import dataclass, regex

MARK = regex(rb"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|(?=\r?\n|\Z))(?P<task>\[[ xX]\][ \t]+)?")


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: the span of its lines with nested content, and the offset of its text."""

    span: Span
    text: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class ItemOutline:
    """List items and text spans of a document.

    Attributes:
        items: List items at any depth that begin a line, in order; none in quotes.
        text_spans: Running text and code spans, in order; no code blocks, quotes or HTML.
        code: Those of `text_spans` that are code spans.
        parents: For each item, the number of the one around it, or -1.
    """

    items: tuple[Item, ...]
    text_spans: tuple[Span, ...]
    code: frozenset[Span]
    parents: tuple[int, ...]

    def innermost(self, offset: int) -> Item | None:
        """Return the innermost item around an offset."""
        at = bisect_right(self.items, offset, key=lambda item: item.span.start) - 1
        while at >= 0 and self.items[at].span.end <= offset:
            at = self.parents[at]
        return self.items[at] if at >= 0 else None


@lru_cache(maxsize=1024)  # several rules ask for it, each of all documents of a store
def outline(document: Document) -> ItemOutline:
    """Return the outline of a document."""
    running = document.parts.running
    items = [item for span in running.items for item in _item(document, span)]
    return ItemOutline(tuple(items), tuple(running.texts), frozenset(running.code), tuple(_parents(items)))


def _parents(items: list[Item]) -> Iterator[int]:
    around: list[int] = []
    for number, item in enumerate(items):
        while around and items[around[-1]].span.end <= item.span.start:
            around.pop()
        yield around[-1] if around else -1
        around.append(number)


def _item(document: Document, span: Span) -> Iterator[Item]:
    lines = whole_lines(document.source, span)
    mark = MARK.match(document.source, lines.start, lines.end)
    begins = lines.start == document.body or document.source.startswith(b"\n", lines.start - 1)
    if mark and begins:  # an item on the line of another one cannot be removed alone
        yield Item(lines, mark.end(), (mark["task"] or b"").strip().lower() == b"[x]")
