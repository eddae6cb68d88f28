"""Parsed memory files, with exact positions.

Offsets are bytes from 0 in `Document.source`; a `Position` counts lines and columns from 1,
columns in Unicode code points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from memoryd.domain.git.evidence import Evidence, Moved
from memoryd.domain.markdown.anchors import slugs
from memoryd.domain.markdown.positions import line_and_column
from memoryd.domain.stores.store import Store

if TYPE_CHECKING:
    from memoryd.domain.links.targets import Target
    from memoryd.domain.markdown.parts import Parts


class Span(NamedTuple):  # made by the hundred thousand, in a third of a dataclass's time
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
        parts: What stands in it, read when it is asked for.
    """

    path: str
    raw: bytes
    source: bytes
    undecodable: int | None
    parts: "Parts" = field(repr=False, compare=False)

    @property
    def front_matter(self) -> FrontMatter | None:
        """None where there is none."""
        return self.parts.front_matter

    @property
    def body(self) -> int:
        """Offset of the first byte after byte-order mark and front matter."""
        return self.parts.body

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Top-level blocks in order."""
        return self.parts.blocks

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Top-level headings in order."""
        return self.parts.headings

    @property
    def titles(self) -> tuple[str, ...]:
        """Plain text of headings wherever they stand, in lists and quotes too, without what images say."""
        return self.parts.titles

    @property
    def ids(self) -> tuple[str, ...]:
        """What elements of raw HTML are called."""
        return self.parts.ids

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Top-level entries in order."""
        return self.parts.entries

    @property
    def links(self) -> tuple[Link, ...]:
        """Links and images, HTML included, in order."""
        return self.parts.links

    @property
    def wiki_links(self) -> tuple[WikiLink, ...]:
        """Wiki links in order."""
        return self.parts.wiki_links

    @property
    def definitions(self) -> Mapping[str, Link]:
        """Link reference definitions: destination and span by label."""
        return self.parts.definitions

    @property
    def prose(self) -> tuple[Span, ...]:
        """Spans of running text: no code, no HTML, no link destinations."""
        return self.parts.prose

    @property
    def text(self) -> str:
        """The whole file, byte-order mark included."""
        return self.source.decode()

    @property
    def anchors(self) -> tuple[str, ...]:
        """What `#…` can lead to: headings by GitHub's rules, then ids in HTML."""
        return (*slugs(self.titles), *self.ids)

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
        return Position(*line_and_column(self.source, offset))


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read: its path relative to the store, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unused:
    """What of a suppression comment silences nothing: the comment, the names of rules in it, and why."""

    span: Span
    names: tuple[str, ...]
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
        ignored: Absolute paths that version control ignores, of link targets, existing or not, and, in a
            store of project scope, of the store and its documents.
        home: The user's home directory, "" where it is not known.
        repository: Absolute path of the working tree of version control around it, "" where there is none.
        moved: Where absent link targets went, by absolute path.
        siblings: The `name` of each topic file of the neighbouring stores, by absolute path, where a link
            of this store is looked for there; "" where it has none.
        outside: Markdown files of no store of which a link names a part, by absolute path.
        born: When lines of the index file were first seen, in seconds since the epoch by stripped line;
            a line that is absent is new.
        unused: Suppressions by path that silence nothing; known once the rules that they name were run.
        answers: Why URLs do not work, by URL, as far as they were asked.
        targets: What the links of documents mean, by path, as far as it was worked out.
        instructions: CLAUDE.md, AGENTS.md and rules that its agent reads as well, by absolute path.
        likeness: From which share of common words on two notes are compared.
        evidence: When things were recorded, and what version control saw go.
        mends: Whether somebody asks how to mend what is found; who only counts need not wait for it.
    """

    store: Store
    documents: Mapping[str, Document]
    unread: tuple[Unread, ...] = ()
    listings: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    home: str = ""
    repository: str = ""
    moved: Mapping[str, Moved] = field(default_factory=dict)
    siblings: Mapping[str, str] = field(default_factory=dict)
    outside: Mapping[str, Document] = field(default_factory=dict)
    born: Mapping[bytes, float] = field(default_factory=dict)
    unused: Mapping[str, tuple[Unused, ...]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    instructions: Mapping[str, Document] = field(default_factory=dict)
    likeness: float = 0.6
    evidence: Evidence = field(default_factory=Evidence)
    mends: bool = True
    targets: "dict[str, tuple[Document, tuple[Target, ...]]]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def index(self) -> Document | None:
        """The index file, or None."""
        return self.documents.get(self.store.profile.index_name)

    @property
    def topics(self) -> tuple[Document, ...]:
        """Every document but the index file, in path order."""
        return tuple(d for path, d in self.documents.items() if path != self.store.profile.index_name)
