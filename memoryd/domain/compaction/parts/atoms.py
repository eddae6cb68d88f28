"""Atoms: smallest movable parts of an index file."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from memoryd.domain.compaction.parts.splits import Lines, split_paragraph, split_quote
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import Block, BlockKind, Heading, Span
from memoryd.values import dataclass, regex

LABEL = 7
"""Level of a line such as `Open points:` that introduces the block below it."""
PARENT = 8
"""Level of a table's header, and of a list item whose children can move alone."""

_SMALL = 5  # lines of a block that stays in one piece
_BIG_ITEM = 12  # lines of a list item from which on its children are atoms
_MOST_LABEL = 2  # lines of a label
_OPENS = regex(rb"<(details|div|section|table|ul|ol|blockquote)\b", re.IGNORECASE)
_CLOSES = regex(rb"</(details|div|section|table|ul|ol|blockquote)\s*>", re.IGNORECASE)


class Atom(NamedTuple):  # hashed by the hundred thousand
    """One entry: a list item with its children, a paragraph line, a table row, a fenced block.

    Attributes:
        first: Its first line, from 0.
        end: The line after its last one.
        kind: The kind of its block.
        block: Number of its top-level block: atoms of one block need no blank line between them.
    """

    first: int
    end: int
    kind: BlockKind
    block: int


@dataclass(eq=False, slots=True)
class Node:
    """A heading, label, table header or parent item, and everything below it.

    Attributes:
        level: 1 to 6 for headings, `LABEL`, `PARENT`; 0 for the whole file.
        title: The plain text of its head.
        first: Its first line, from 0.
        body: The line after its head.
        end: The line after its last one.
        parts: Its sections and atoms, in order.
        above: The section it is part of; None for the whole file.
    """

    level: int
    title: str
    first: int
    body: int
    end: int
    parts: list["Node | Atom"]
    above: "Node | None" = None

    @property
    def has_heading(self) -> bool:
        """Return whether its head is a Markdown heading."""
        return 0 < self.level < LABEL

    def atoms(self) -> Iterator[Atom]:
        """Return its atoms, those of its sections included, in order."""
        for part in self.parts:
            if isinstance(part, Atom):
                yield part
            else:
                yield from part.atoms()

    def sections(self) -> Iterator["Node"]:
        """Return itself and every section within, in order."""
        yield self
        for part in self.parts:
            if isinstance(part, Node):
                yield from part.sections()


def sections_of(index: Document, *, whole_blocks: bool = False) -> Node:
    """Return the sections and atoms of an index file, as one section of level 0.

    Args:
        index: The index file.
        whole_blocks: Make an atom of each list item and of each other block, and split none of them.
    """
    return _Builder(index, whole_blocks=whole_blocks).build()


@dataclass(frozen=True, slots=True)
class _Range:
    kind: BlockKind
    first: int
    end: int
    heading: Heading | None = None


class _Builder:
    """Builds the sections of one index file, block after block."""

    def __init__(self, index: Document, *, whole_blocks: bool) -> None:
        self._index = index
        self._lines = Lines(index.source)
        self._whole_blocks = whole_blocks
        self._root = Node(0, "", self._lines.at(index.body), 0, len(self._lines), [])
        self._root.body = self._root.first
        self._open = [self._root]
        self._label_block = -1
        self._comment: range | None = None  # lines of comments, which belong to the atom right after them

    def build(self) -> Node:
        ranges = list(_joined(self._index, self._lines))
        for number, block in enumerate(ranges):
            after = ranges[number + 1] if number + 1 < len(ranges) else None
            if self._open[-1].level == LABEL and number > self._label_block + 1:
                self._close(LABEL, block.first)
            if block.heading is not None:
                self._start(block.heading.level, block.heading.text, block)
            elif self._is_label(block, after):
                self._start(LABEL, self._text(block).strip().rstrip(":"), block)
                self._label_block = number
            elif block.kind is BlockKind.HTML and self._text(block).lstrip().startswith("<!--"):
                self._comment = self._with_comment(block)
                continue
            elif block.kind is not BlockKind.RULE:
                self._add(block, number)
            self._comment = None
        self._close(0, len(self._lines))
        return self._root

    def _with_comment(self, block: _Range) -> range | None:
        """Return the lines of a comment and of those right before it; None at the start of a section."""
        if not self._open[-1].parts:
            return None
        before = self._comment
        first = before.start if before is not None and before.stop == block.first else block.first
        return range(first, block.end)

    def _text(self, block: _Range) -> str:
        return self._lines.text(block.first, block.end)

    def _is_label(self, block: _Range, after: _Range | None) -> bool:
        if block.kind is not BlockKind.PARAGRAPH or after is None or block.end - block.first > _MOST_LABEL:
            return False
        if after.kind not in {BlockKind.LIST, BlockKind.TABLE, BlockKind.CODE, BlockKind.QUOTE}:
            return False
        text = self._text(block).strip()
        return text.endswith((":", ":**", ":*", ":")) or bool(re.fullmatch(r"\*\*[^*\n]+\*\*", text))

    def _start(self, level: int, title: str, block: _Range) -> None:
        self._close(level, block.first)
        above = self._open[-1]
        section = Node(level, title, block.first, block.end, len(self._lines), [], above)
        above.parts.append(section)
        self._open.append(section)

    def _close(self, level: int, end: int) -> None:
        while len(self._open) > 1 and self._open[-1].level >= level:
            self._open.pop().end = end

    def _add(self, block: _Range, number: int) -> None:
        parts = list(self._parts(block, number))
        head, comment = next(iter(parts), None), self._comment
        if isinstance(head, Atom) and comment is not None and comment.stop == head.first:
            parts[0] = Atom(comment.start, head.end, head.kind, head.block)
        for part in parts:
            if isinstance(part, Node):
                part.above = self._open[-1]
            self._open[-1].parts.append(part)

    def _parts(self, block: _Range, number: int) -> Iterator[Node | Atom]:
        whole = Atom(block.first, block.end, block.kind, number)
        is_small = self._whole_blocks or block.end - block.first <= _SMALL
        if block.kind is BlockKind.LIST:
            yield from self._list(block, number)
        elif is_small or block.kind not in {BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.TABLE}:
            yield whole
        elif block.kind is BlockKind.TABLE:
            head = self._lines.text(block.first, block.first + 1).strip().strip("|").replace("|", ",")
            section = Node(PARENT, head.strip(), block.first, block.first + 2, block.end, [])
            rows = range(block.first + 2, block.end)
            section.parts += [Atom(line, line + 1, block.kind, number) for line in rows]
            yield section
        else:
            split = split_quote if block.kind is BlockKind.QUOTE else split_paragraph
            for first, end in split(self._index, self._lines, block.first, block.end):
                yield Atom(first, end, block.kind, number)

    def _list(self, block: _Range, number: int) -> Iterator[Node | Atom]:
        entries = self._entries
        at = bisect_left(entries, (block.first, 0))
        while at < len(entries) and entries[at][0] < block.end:
            yield self._item(*entries[at], number)
            at += 1

    @cached_property
    def _entries(self) -> list[tuple[int, int]]:
        """First and last line of each top-level list item; no two share a line."""
        found: list[tuple[int, int]] = []
        for entry in self._index.entries:
            if entry.kind is BlockKind.LIST:
                first, end = self._lines.range(entry.span)
                if not found or first >= found[-1][1]:
                    found.append((first, end))
        return found

    @cached_property
    def _items(self) -> list[tuple[int, int]]:
        """First and last line of each list item at any depth."""
        return [self._lines.range(item.span) for item in outline(self._index).items]

    def _item(self, first: int, end: int, number: int) -> Node | Atom:
        if self._whole_blocks or end - first <= _BIG_ITEM:
            return Atom(first, end, BlockKind.LIST, number)
        children: list[tuple[int, int]] = []
        at = bisect_left(self._items, (first + 1, 0))
        while at < len(self._items) and self._items[at][0] < end:
            start, stop = self._items[at]
            if stop <= end:
                children.append((start, stop))
                at = max(bisect_left(self._items, (stop, 0)), at + 1)
            else:
                at += 1
        if len(children) <= 1:
            return Atom(first, end, BlockKind.LIST, number)
        head = self._lines.text(first, first + 1).strip().lstrip("-*+ ")
        section = Node(PARENT, head, first, children[0][0], end, [])
        for start, stop in children:
            part = self._item(start, stop, number)
            if isinstance(part, Node):
                part.above = section
            section.parts.append(part)
        return section


def _joined(index: Document, lines: Lines) -> Iterator[_Range]:
    """Yield top-level blocks as lines; an open HTML element and all that it encloses is one block."""
    headings = {heading.span.start: heading for heading in index.headings}
    pending: _Range | None = None
    depth, last_close = 0, index.source.rfind(b"</")
    for block in index.blocks:
        first, end = lines.range(block.span)
        if pending and (depth > 0 or first < pending.end):
            kind = BlockKind.HTML if depth > 0 else pending.kind
            pending = _Range(kind, pending.first, max(end, pending.end))
        else:
            if pending:
                yield pending
            heading = headings.get(block.span.start) if block.kind is BlockKind.HEADING else None
            pending, depth = _Range(block.kind, first, end, heading), 0
        depth += _opened(index, block, depth, last_close)
    if pending:
        yield pending


def _opened(index: Document, block: Block, depth: int, last_close: int) -> int:
    """Return how many more elements are open after a block; one that is never closed encloses nothing."""
    if block.kind is not BlockKind.HTML:
        return 0
    text = index.source[block.span.start : block.span.end]
    opened = len(_OPENS.findall(text)) if block.span.start < last_close else 0
    return max(opened - len(_CLOSES.findall(text)), -depth)


def span_of(lines: Lines, first: int, end: int) -> Span:
    """Return the bytes of lines `first` up to, not including, `end`."""
    return Span(lines.offset(first), lines.offset(end))
