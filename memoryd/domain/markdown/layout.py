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


def whole_lines(source: bytes, span: Span) -> Span:
    """Return the span from the first line's start to the last non-blank line's end, line end included."""
    start = source.rfind(b"\n", 0, span.start) + 1
    start = max(start, source.rfind(b"\r", start, span.start) + 1)
    if source[start : span.start].strip():
        start = span.start
    last = span.start + len(source[span.start : span.end].rstrip())
    end = _LINE_END.search(source, last)
    return Span(start, end.end() if end else len(source))
