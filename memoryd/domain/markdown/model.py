"""Parts of a Markdown document: values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


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
