"""How a text is laid out: its blocks, headings and entries, from the events of pyromark."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from memoryd.domain.markdown.model import Block, BlockKind, Entry, Heading, Span

Events = Iterator[tuple[Any, Any]]
"""Pyromark's own types of them are 60 nested dictionaries."""

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

_LINE_END = re.compile(rb"\r\n?|\n")  # CommonMark's, of which a lone carriage return is one


class Layout:
    """Collects blocks, headings and entries while the events of a body pass by."""

    def __init__(self, source: bytes, body: int) -> None:
        self._source = source
        self._body = body
        self._heading: tuple[int, list[str]] | None = None
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self.entries: list[Entry] = []

    def read(self, events: Events) -> None:
        """Take all events."""
        depth = 0
        for event, span in events:
            if isinstance(event, str):
                if event == "Rule" and not depth:
                    self.blocks.append(Block(BlockKind.RULE, self._whole_lines(span)))
                elif event in BREAKS and self._heading:
                    self._heading[1].append(" ")
                continue
            ((kind, value),) = event.items()
            if kind == "Start":
                if depth <= 1:
                    self._start(value, span, depth)
                depth += 1
            elif kind == "End":
                depth -= 1
                if not depth:
                    self._end(span)
            elif kind in TEXTS and self._heading:
                self._heading[1].append(value)

    def _start(self, value: Any, span: Mapping[str, int], depth: int) -> None:  # noqa: ANN401  # of an event
        name, detail = (value, {}) if isinstance(value, str) else next(iter(value.items()))
        if depth:
            if name == "Item":
                self.entries.append(Entry(BlockKind.LIST, self._whole_lines(span)))
            return
        kind = KINDS.get(name)
        if kind is None or (self.blocks and span["start"] + self._body < self.blocks[-1].span.end):
            return  # two footnotes on one line: lines are not parted
        lines = self._whole_lines(span)
        self.blocks.append(Block(kind, lines))
        if kind is BlockKind.HEADING:
            self._heading = (int(detail["level"][1]), [])
        elif kind is not BlockKind.LIST and not (
            kind is BlockKind.HTML and self._source[lines.start : lines.end].lstrip().startswith(b"<!--")
        ):
            self.entries.append(Entry(kind, lines))

    def _end(self, span: Mapping[str, int]) -> None:
        if self._heading:
            level, text = self._heading
            self.headings.append(Heading(level, "".join(text).strip(), self._whole_lines(span)))
            self._heading = None

    def _whole_lines(self, span: Mapping[str, int]) -> Span:
        return whole_lines(self._source, Span(span["start"] + self._body, span["end"] + self._body))


def whole_lines(source: bytes, span: Span) -> Span:
    """A block's span from its first line's start to its last non-blank line's end, line end included."""
    start = source.rfind(b"\n", 0, span.start) + 1
    start = max(start, source.rfind(b"\r", start, span.start) + 1)
    if source[start : span.start].strip():
        start = span.start
    last = span.start + len(source[span.start : span.end].rstrip())
    end = _LINE_END.search(source, last)
    return Span(start, end.end() if end else len(source))
