"""Parsed memory files, with exact positions.

Offsets are bytes from 0 in `Document.source`; a `Position` counts lines and columns from 1,
columns in Unicode code points.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import wraps
from typing import Any, TypeVar

from memoryd.domain.markdown.anchors import slugs
from memoryd.domain.markdown.model import (
    Block,
    Entry,
    FrontMatter,
    Heading,
    Link,
    Position,
    Section,
    Span,
    WikiLink,
)
from memoryd.domain.markdown.parts import Parts
from memoryd.domain.markdown.positions import line_and_column, line_at
from memoryd.values import dataclass, regex

_ATTRIBUTES = regex(r"\{[:#][^{}\n]*\}")
_Fact = TypeVar("_Fact")
_AnyLink = TypeVar("_AnyLink", Link, WikiLink)


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file of a store.

    Attributes:
        path: Relative to the store's root, forward slashes.
        raw: The bytes of the file.
        source: The bytes that offsets count in: `raw`, or, where that is not UTF-8, `raw` with every
            invalid sequence replaced by U+FFFD.
        undecodable: Offset in `raw` of the first byte that is not UTF-8, or None.
        parts: Its contents, parsed on first use.
    """

    path: str
    raw: bytes
    source: bytes
    undecodable: int | None
    parts: Parts = field(repr=False, compare=False)

    @property
    def front_matter(self) -> FrontMatter | None:
        """The front matter; None if there is none."""
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
    def sections(self) -> tuple[Section, ...]:
        """Sections of the top-level headings, one a heading, in order."""
        return self.parts.sections

    @property
    def titles(self) -> tuple[str, ...]:
        """Plain text of all headings, also those in lists and quotes, without the text of images."""
        return self.parts.titles

    @property
    def ids(self) -> tuple[str, ...]:
        """The `id` and `name` attributes of raw HTML elements, and ids in braces (`{#id}`)."""
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
        """Wiki links in order, without those to a part of the same document."""
        return self.parts.wiki_links

    @property
    def own_parts(self) -> tuple[WikiLink, ...]:
        """Wiki links to a part of the same document (`[[#part]]`), in order."""
        return self.parts.own_parts

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
        """Possible targets of `#…`: headings by GitHub's rules, without attributes too, then ids."""
        bare = [_ATTRIBUTES.sub("", title).rstrip() if "{" in title else title for title in self.titles]
        return (*slugs(self.titles), *(slugs(bare) if bare != list(self.titles) else ()), *self.ids)

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

    def links_in(self, span: Span) -> tuple[Link, ...]:
        """Return the links that start in a span."""
        if not self._may_link(span, b"[", b"<"):
            return ()
        return starting_in(span, self.links)

    def wiki_links_in(self, span: Span) -> tuple[WikiLink, ...]:
        """Return the wiki links that start in a span."""
        if not self._may_link(span, b"["):
            return ()
        return starting_in(span, self.wiki_links)

    def _may_link(self, span: Span, *starts: bytes) -> bool:
        """Return whether a span has a byte that a link can begin with: most entries have none."""
        find, start, end = self.source.find, span.start, span.end
        for each in starts:  # noqa: SIM110  # a generator takes three times as long
            if find(each, start, end) >= 0:
                return True
        return False

    def slice(self, span: Span) -> str:
        """Return the text of a span."""
        return self.source[span.start : span.end].decode()

    def line_at(self, offset: int) -> Span:
        """Return the line that a byte of `source` is in, line end included."""
        return line_at(self.source, offset)

    def heading_above(self, offset: int) -> Heading | None:
        """Return the last heading that starts at or before a byte of `source`."""
        section = self.section_at(offset)
        return section.heading if section else None

    def section_at(self, offset: int) -> Section | None:
        """Return the innermost section that a byte of `source` is in."""
        number = bisect_right(self.headings, offset, key=lambda heading: heading.span.start) - 1
        return self.sections[number] if number >= 0 else None

    def position(self, offset: int) -> Position:
        """Return line and column, both from 1, of a byte offset in `source`."""
        return Position(*line_and_column(self.source, offset))


def starting_in(span: Span, links: tuple[_AnyLink, ...]) -> tuple[_AnyLink, ...]:
    """Return the links that start in a span, of sorted ones."""
    if not links or links[0].span.start >= span.end:
        return ()
    first = bisect_left(links, span.start, key=lambda link: link.span.start)
    return links[first : bisect_left(links, span.end, lo=first, key=lambda link: link.span.start)]


def parse(path: str, raw: bytes) -> Document:
    """Parse one file into a document; any bytes are legal.

    Args:
        path: Relative to its store, forward slashes.
        raw: The bytes of the file.
    """
    undecodable = None
    source = raw
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        undecodable = error.start
        source = raw.decode(errors="replace").encode()
    return Document(path, raw, source, undecodable, Parts(source))


def kept(
    name: str,
    pack: Callable[[_Fact], object],
    unpack: Callable[[Document, Any], _Fact],
    *,
    is_large: bool = False,
) -> Callable[[Callable[[Document], _Fact]], Callable[[Document], _Fact]]:
    """Make a function of a document keep its result beside the document's other facts.

    The result must depend on nothing but the path and the bytes of the document.

    Args:
        name: Name of the fact.
        pack: Returns a result as a JSON value.
        unpack: Returns the result for a document and that value.
        is_large: The fact may be larger than the document.
    """

    def make(derive: Callable[[Document], _Fact]) -> Callable[[Document], _Fact]:
        @wraps(derive)
        def call(document: Document) -> _Fact:
            all_of_it = document.parts.kept
            if all_of_it is None:
                return derive(document)
            known = all_of_it.large if is_large else all_of_it.small
            if name in known.facts:
                return unpack(document, known.facts[name])
            found = derive(document)
            known.add(name, pack(found))
            return found

        return call

    return make


def kept_answer(name: str) -> Callable[[Callable[[Document], bool]], Callable[[Document], bool]]:
    """Make a question about a document, of yes or no, keep its answer in the same way."""
    return kept(name, bool, lambda _, answer: bool(answer))


def spans_of(_: Document, packed: list[list[int]]) -> tuple[Span, ...]:
    """Return the spans that were packed as pairs of numbers."""
    return tuple(Span(start, end) for start, end in packed)
