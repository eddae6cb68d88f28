"""Blocks, headings and entries, from parser events."""

from collections.abc import Iterable
from typing import Any

from memoryd.domain.markdown.model import Block, BlockKind, Entry, Heading, Span
from memoryd.values import regex

Event = tuple[str, str, Any, int, int]
"""An event of the parser: kind, tag of a start or end, detail, and start and end in bytes of the file.

Kinds are those of pyromark (`Start`, `End`, `Text`, `Code`, `Rule`, …). The detail is that of the tag or
None for a start, and the text for any other event.
"""

_BOUNDS = frozenset({"Start", "End"})
BREAKS = frozenset({"SoftBreak", "HardBreak"})
TEXTS = frozenset({"Text", "Code"})
KINDS = {
    "Heading": BlockKind.HEADING,
    "Paragraph": BlockKind.PARAGRAPH,
    "List": BlockKind.LIST,
    "Table": BlockKind.TABLE,
    "CodeBlock": BlockKind.CODE,
    "BlockQuote": BlockKind.QUOTE,
    "HtmlBlock": BlockKind.HTML,
    "FootnoteDefinition": BlockKind.FOOTNOTE,
}

_LINE_END = regex(rb"\r\n?|\n")  # CommonMark's, which include a lone carriage return


class Layout:
    """Blocks, headings and entries, collected from the events of a body."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._heading: tuple[int, list[str]] | None = None
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self.entries: list[Entry] = []

    def read(self, events: Iterable[Event]) -> None:
        """Read all events."""
        depth = 0
        for kind, tag, detail, start, end in events:
            if kind == "Start":
                if depth <= 1:
                    self._start(tag, detail, Span(start, end), depth)
                depth += 1
            elif kind == "End":
                depth -= 1
                if not depth:
                    self._end(Span(start, end))
            elif kind == "Rule" and not depth:
                self.blocks.append(Block(BlockKind.RULE, whole_lines(self._source, Span(start, end))))
            elif self._heading and kind in BREAKS:
                self._heading[1].append(" ")
            elif self._heading and kind in TEXTS:
                self._heading[1].append(detail)

    def _start(self, tag: str, detail: Any, span: Span, depth: int) -> None:  # noqa: ANN401  # of an event
        if depth:
            if tag == "Item":
                self.entries.append(Entry(BlockKind.LIST, whole_lines(self._source, span)))
            return
        kind = KINDS.get(tag)
        if kind is None or (self.blocks and span.start < self.blocks[-1].span.end):
            return  # two footnotes on one line: a line is never split
        lines = whole_lines(self._source, span)
        self.blocks.append(Block(kind, lines))
        if kind is BlockKind.HEADING:
            self._heading = (int(detail["level"][1]), [])
        elif kind is not BlockKind.LIST and not (
            kind is BlockKind.HTML and self._source[lines.start : lines.end].lstrip().startswith(b"<!--")
        ):
            self.entries.append(Entry(kind, lines))

    def _end(self, span: Span) -> None:
        if self._heading:
            level, text = self._heading
            self.headings.append(Heading(level, "".join(text).strip(), whole_lines(self._source, span)))
            self._heading = None


class RunningText:
    """List items, running text and code spans of a body, from its events; nothing in quotes.

    Attributes:
        items: The spans of list items at any depth, in order.
        texts: The spans of text and code spans outside of code blocks, in order.
        code: Those of them that are code spans.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        self.items: list[Span] = []
        self.texts: list[Span] = []
        self.code: set[Span] = set()
        quoted = blocks = 0
        for kind, tag, _, start, end in events:
            if kind in _BOUNDS:
                step = 1 if kind == "Start" else -1
                if tag == "BlockQuote":
                    quoted += step
                elif tag == "CodeBlock":
                    blocks += step
                elif tag == "Item" and step > 0 and not quoted:
                    self.items.append(Span(start, end))
            elif kind == "Code" and not quoted:
                self.texts.append(Span(start, end))
                self.code.add(self.texts[-1])
            elif kind == "Text" and not quoted and not blocks:
                self._add(start, end)

    def _add(self, start: int, end: int) -> None:
        texts = self.texts
        if texts and texts[-1].end == start and texts[-1] not in self.code:
            start = texts.pop().start
        texts.append(Span(start, end))


def whole_lines(source: bytes, span: Span) -> Span:
    """Return the span from the first line's start to the last non-blank line's end, line end included."""
    start = source.rfind(b"\n", 0, span.start) + 1
    if start < span.start:
        start = max(start, source.rfind(b"\r", start, span.start) + 1)
        if source[start : span.start].strip():
            start = span.start
    last = span.start + len(source[span.start : span.end].rstrip())
    if source[last : last + 1] == b"\n":  # as most are
        return Span(start, last + 1)
    end = _LINE_END.search(source, last)
    return Span(start, end.end() if end else len(source))
