"""Smallest parts of a document that can be removed alone."""

from bisect import bisect_right
from collections.abc import Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.frontmatter import KEY
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.parts import events
from memoryd.domain.markdown.positions import line_at
from memoryd.values import dataclass, regex

_WHAT = {
    "Item": "entry",
    "FootnoteDefinition": "entry",
    "Paragraph": "paragraph",
    "HtmlBlock": "block",
    "CodeBlock": "block",
    "TableHead": "table",
    "TableRow": "row",
}
_AT_LINE_START = regex(rb"[\s>]*")
_HOLDERS = frozenset({"Item", "FootnoteDefinition"})  # a paragraph in one of these cannot be removed alone


@dataclass(frozen=True, slots=True)
class Removable:
    """A part of a document that can be removed.

    Attributes:
        what: `entry`, `paragraph`, `row`, `table`, `block`, `line`, `heading`, `section`, `value` or
            `file`.
        within: The span whose matches remove it: the heading of a section, the head of a table.
        span: The whole lines to remove.
    """

    what: str
    within: Span
    span: Span


class Nest:
    """Units by nesting."""

    def __init__(self, known: tuple[Removable, ...]) -> None:
        def place(number: int) -> tuple[int, int, int]:
            within = known[number].within
            return within.start, -within.end, -number

        self._units = [known[number] for number in sorted(range(len(known)), key=place)]
        self._starts = [unit.within.start for unit in self._units]
        self._holders: list[int] = []  # -1 for an outermost unit
        open_ones: list[int] = []
        for number, unit in enumerate(self._units):
            while open_ones and self._units[open_ones[-1]].within.end < unit.within.end:
                open_ones.pop()
            self._holders.append(open_ones[-1] if open_ones else -1)
            open_ones.append(number)

    def around(self, span: Span) -> Iterator[Removable]:
        """Yield the units that a span concerns, the smallest first."""
        number = bisect_right(self._starts, span.start) - 1
        while number >= 0:
            unit = self._units[number]
            if span.end <= unit.within.end:
                yield unit
            number = self._holders[number]


def units(document: Document, *, is_index: bool) -> tuple[Removable, ...]:
    """Return all removable parts, the smallest first.

    Args:
        document: A file of a store.
        is_index: Whether it is the index file, which is never removed as a whole.
    """
    found = [*_values(document), *_sections(document, is_index=is_index), *_blocks(document)]
    return tuple(sorted(found, key=lambda unit: (unit.within.end - unit.within.start, unit.within)))


def _values(document: Document) -> Iterator[Removable]:
    """Yield the keys of the front matter with their values, line by line."""
    if document.front_matter is None:
        return
    span, source = document.front_matter.span, document.source
    lines = list(_lines(source, line_at(source, span.start).end, span.end))[:-1]  # without the fences
    for number, line in enumerate(lines):
        text = document.slice(line)
        if not text.strip():
            continue
        key = KEY.match(text.rstrip())
        indent = len(text) - len(text.lstrip(" "))
        end = line.end
        for following in lines[number + 1 :]:
            rest = document.slice(following)
            deeper = len(rest) - len(rest.lstrip(" ")) > indent or not rest.strip()
            if not (deeper or (key and rest.lstrip().startswith("- "))):
                break
            end = following.end
        yield Removable("value", line, Span(line.start, end))
        if end > line.end and key and key["value"]:  # a multi-line value
            yield Removable("value", Span(line.start, end), Span(line.start, end))


def _sections(document: Document, *, is_index: bool) -> Iterator[Removable]:
    first = min((entry.span.start for entry in document.entries), default=len(document.source))
    for number, section in enumerate(document.sections):
        heading = section.heading
        if number == 0 and heading.span.start < first:
            title = heading.span if is_index else Span(0, len(document.source))
            yield Removable("heading" if is_index else "file", heading.span, title)
        else:
            yield Removable("section", heading.span, section.span)


def _blocks(document: Document) -> Iterator[Removable]:
    source = document.source
    held = 0
    table = Span(0, 0)
    for kind, tag, detail, start, end in events(source, document.body):
        if kind == "End":
            held -= tag in _HOLDERS
        elif kind == "Start":
            held += tag in _HOLDERS
            if tag not in _WHAT and tag != "Table":  # quotes may nest a thousand deep in one line
                continue
            span = _whole_lines(source, start, end)
            if tag == "Table":
                table = span or table
            if span is None:  # it shares its first line with the part around it
                continue
            if tag in _WHAT and not (tag == "Paragraph" and held):
                yield Removable(_WHAT[tag], span, table if tag == "TableHead" else span)
            if tag == "CodeBlock":
                inner = list(_lines(source, span.start, span.end))
                inner = inner if detail == "Indented" else inner[1:-1]
                yield from (Removable("line", line, line) for line in inner)


def _whole_lines(source: bytes, start: int, end: int) -> Span | None:
    """Return whole lines up to the last that is not blank; None if something else begins the first."""
    line = line_at(source, start)
    if not _AT_LINE_START.fullmatch(source, line.start, start):
        return None
    return Span(line.start, line_at(source, start + len(source[start:end].rstrip())).end)


def _lines(source: bytes, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = source.find(b"\n", start, end) + 1 or end
        yield Span(start, stop)
        start = stop
