"""Parsed memory files, with exact positions.

Offsets are bytes from 0 in `Document.source`; a `Position` counts lines and columns from 1,
columns in Unicode code points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from memoryd.domain.store import Store


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: line and column from 1, the column in code points."""

    line: int
    column: int


class BlockKind(StrEnum):
    """Kinds of top-level blocks."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    QUOTE = "quote"
    HTML = "html"
    RULE = "rule"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level block."""

    kind: BlockKind
    span: Span


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at top level; `text` is its plain text."""

    level: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """What an agent noted at one go: a top-level list item with all it holds, or another block of content."""

    kind: BlockKind
    span: Span


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image; `destination` is decoded as CommonMark does, percent signs are kept."""

    destination: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class WikiLink:
    """`[[name]]`, `[[name|text]]` or `[[name#part]]`; `name` is trimmed."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The block between `---` lines at the start of a file.

    Attributes:
        fields: Scalar values by key, as text; keys of a nested mapping are `outer.inner`.
        problem: Why it is not valid YAML, or None; `fields` then holds what could be read line by line.
        span: The block with both fences and the final line end.
    """

    fields: Mapping[str, str]
    problem: str | None
    span: Span

    @property
    def type(self) -> str:
        """The memory type, flat or under `metadata:`."""
        return self.fields.get("type", "") or self.fields.get("metadata.type", "")


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file of a store.

    Attributes:
        path: Relative to the store's root, forward slashes.
        raw: The bytes of the file.
        source: The bytes that offsets count in: `raw`, or, where that is not UTF-8, `raw` with every
            invalid sequence replaced by U+FFFD.
        undecodable: Offset in `raw` of the first byte that is not UTF-8, or None.
        front_matter: None where there is none.
        body: Offset of the first byte after byte-order mark and front matter.
        blocks: Top-level blocks in order.
        headings: Top-level headings in order.
        entries: Top-level entries in order.
        links: Links and images, HTML included, in order.
        wiki_links: Wiki links in order.
        definitions: Link reference definitions: destination and span by label.
        prose: Spans of running text: no code, no HTML, no link destinations.
    """

    path: str
    raw: bytes
    source: bytes
    undecodable: int | None
    front_matter: FrontMatter | None
    body: int
    blocks: tuple[Block, ...]
    headings: tuple[Heading, ...]
    entries: tuple[Entry, ...]
    links: tuple[Link, ...]
    wiki_links: tuple[WikiLink, ...]
    definitions: Mapping[str, Link]
    prose: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole file, byte-order mark included."""
        return self.source.decode()

    @property
    def stem(self) -> str:
        """File name without directory and `.md`."""
        return self.path.rpartition("/")[2].removesuffix(".md")

    @property
    def name(self) -> str:
        """The `name` of the front matter, or ""."""
        return self.front_matter.fields.get("name", "") if self.front_matter else ""

    @property
    def description(self) -> str:
        """The `description` of the front matter, or ""."""
        return self.front_matter.fields.get("description", "") if self.front_matter else ""

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.source[span.start : span.end].decode()

    def position(self, offset: int) -> Position:
        """Line and column, both from 1, of a byte offset in `source`."""
        line_start = self.source.rfind(b"\n", 0, offset) + 1
        column = len(self.source[line_start:offset].decode(errors="replace")) + 1
        if line_start == 0 and self.source.startswith(b"\xef\xbb\xbf") and offset > 0:
            column -= 1  # editors do not count the byte-order mark
        return Position(self.source.count(b"\n", 0, offset) + 1, column)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read: its path relative to the store, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents of a store at one moment, and what their links could point at.

    Attributes:
        store: The store.
        documents: By relative path, in sorted order.
        unread: Files that exist and could not be read.
        listings: Names in each directory that a link looks into, by absolute path, case-exact;
            None where there is no such directory.
        ignored: Absolute paths of absent link targets that version control ignores.
        born: When lines of the index file were first seen, in seconds since the epoch by stripped line;
            a line that is absent is new.
    """

    store: Store
    documents: Mapping[str, Document]
    unread: tuple[Unread, ...] = ()
    listings: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    born: Mapping[bytes, float] = field(default_factory=dict)

    @property
    def index(self) -> Document | None:
        """The index file, or None."""
        return self.documents.get(self.store.profile.index_name)

    @property
    def topics(self) -> tuple[Document, ...]:
        """Every document but the index file, in path order."""
        return tuple(d for path, d in self.documents.items() if path != self.store.profile.index_name)
