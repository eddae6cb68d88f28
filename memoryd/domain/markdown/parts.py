"""Parts of a file, each parsed on first use.

The only module that imports pyromark. Most questions are whether a file has a link, and most have none.

Dialect: CommonMark with GitHub's tables, strike-through, task lists and footnotes.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.fast import TITLED, pieces, plain_links, plain_titles, without_fenced_code
from memoryd.domain.markdown.inline import HTML, Inline
from memoryd.domain.markdown.layout import Event, Layout, RunningText
from memoryd.domain.markdown.model import Block, Entry, FrontMatter, Heading, Link, Section, Span, WikiLink
from memoryd.values import regex

if TYPE_CHECKING:
    from pyromark import Markdown

    from memoryd.domain.text.kept_facts import DocumentFacts

# Every link has one of these: inline, by reference, in angle brackets, in HTML.
_LINKING = rb"\]\(|\]:|<[^\s<>]*[:@]|<(?:a|img|source|video|audio)\s"
_MARKED = regex(_LINKING + rb"|\[\[", re.IGNORECASE)
_TAGGED = regex(rb"<")
_WIKI = regex(rb"(?<!\\)!?\[\[([^\[\]\n|#]*)(?:#([^\[\]\n|]*))?(?:\|[^\[\]\n]*)?\]\]")
# Ids in the attributes of Kramdown, Pandoc and others: `{#id}`, `{: #id .class}`.
_ATTRIBUTES = regex(rb"\{([^{}\n]*)\}")
_ID = regex(rb"(?:^|[\s:])#([\w:.-]+)")

_BOUNDS = frozenset({"Start", "End"})


class Parts:
    """The contents of a file; `source` is its bytes, in valid UTF-8.

    Attributes:
        kept: Facts that were found out earlier and those to keep; None if nothing is kept.
    """

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.kept: DocumentFacts | None = None
        self._texts: dict[Span, Inline] = {}

    def _known(self, name: str) -> Any:  # noqa: ANN401  # JSON
        """Return a fact that was found out earlier, or None."""
        return None if self.kept is None else self.kept.small.facts.get(name)

    def _keep(self, name: str, value: object) -> None:
        if self.kept is not None:
            self.kept.small.add(name, value)

    @cached_property
    def front_matter(self) -> FrontMatter | None:
        """The front matter; None if there is none."""
        return frontmatter.read(self._source)

    @property
    def body(self) -> int:
        """Offset of the first byte after byte-order mark and front matter."""
        if self.front_matter:
            return self.front_matter.span.end
        return len(frontmatter.BOM) * self._source.startswith(frontmatter.BOM)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links and images, HTML included, in order."""
        source = self._source
        if b"]" not in source and b"<" not in source:  # ten times as fast as a regular expression
            return ()
        known = self._known("links")
        if known is not None:
            return tuple(Link(destination, text, Span(start, end)) for destination, text, start, end in known)
        found = tuple(sorted(self._marked[0], key=lambda link: link.span))
        self._keep("links", [(each.destination, each.text, *each.span) for each in found])
        return found

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Plain text of all headings, also those in lists and quotes."""
        plain = plain_titles(self.unfenced) if self.unfenced is not None else None
        if plain is not None:
            return plain
        return tuple(title for piece in self._pieces(TITLED) for title in self._text(piece).titles)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The `id` and `name` attributes of raw HTML elements, and ids in braces (`{#id}`)."""
        found = []
        if b"<" in self._source:
            found += [name for piece in self._pieces(_TAGGED) for name in self._text(piece).html_ids()]
        if b"#" in self._source and _ATTRIBUTES.search(self._source):
            for start, end in self.prose:
                for attributes in _ATTRIBUTES.finditer(self._source, start, end):
                    found += [each.decode(errors="replace") for each in _ID.findall(attributes[1])]
        return tuple(found)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Top-level blocks in order."""
        return self._layout[0]

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """Top-level headings in order."""
        known = self._known("headings")
        if known is not None:
            return tuple(Heading(level, text, Span(start, end)) for level, text, start, end in known)
        found = self._layout[1]
        self._keep("headings", [(each.level, each.text, *each.span) for each in found])
        return found

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Top-level entries in order."""
        return self._layout[2]

    @property
    def running(self) -> RunningText:
        """List items, running text and code spans."""
        return self._layout[3]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Sections of the top-level headings, one a heading, in order."""
        return tuple(_sections(self.headings, len(self._source)))

    @cached_property
    def definitions(self) -> Mapping[str, Link]:
        """Link reference definitions by label."""
        return definitions(self._source[self.body :].decode(), self.body)

    @cached_property
    def prose(self) -> tuple[Span, ...]:
        """Spans of running text; adjacent ones are merged."""
        whole = self._text(Span(self.body, len(self._source)))
        return tuple(Span(start, end) for start, end in whole.prose)

    @cached_property
    def wiki_links(self) -> tuple[WikiLink, ...]:
        """Wiki links in running text, without those to a part of the same document."""
        return tuple(link for link in self._wikis if link.name)

    @cached_property
    def own_parts(self) -> tuple[WikiLink, ...]:
        """Wiki links to a part of the same document (`[[#part]]`)."""
        return tuple(link for link in self._wikis if not link.name and link.part)

    @cached_property
    def _wikis(self) -> tuple[WikiLink, ...]:
        """All wiki links in running text; in tables the bar in them is escaped, which splits the text."""
        source = self._source
        if b"[" not in source or b"[[" not in source:
            return ()
        known = self._known("wiki links")
        if known is not None:
            return tuple(WikiLink(name, Span(start, end), part) for name, start, end, part in known)
        found = tuple(self._find_wikis())
        self._keep("wiki links", [(each.name, *each.span, each.part) for each in found])
        return found

    def _find_wikis(self) -> Iterator[WikiLink]:
        source = self._source
        joined: list[tuple[int, int]] = []
        for start, end in self._marked[1]:
            if joined and source[joined[-1][1] : start + 1] == b"\\|":
                joined[-1] = joined[-1][0], end
            else:
                joined.append((start, end))
        holding = ((start, end) for start, end in joined if source.find(b"[[", start, end) >= 0)
        for start, end in holding:
            for match in _WIKI.finditer(source, start, end):
                span = Span(match.start(), match.end())
                yield WikiLink(_trimmed(match[1]), span, _trimmed(match[2] or b""))

    @cached_property
    def _marked(self) -> tuple[list[Link], list[tuple[int, int]]]:
        """Links, and the spans of running text that may have wiki links."""
        links: list[Link] = []
        prose: list[tuple[int, int]] = []
        for piece in self._pieces(_MARKED):
            plain = plain_links(self.unfenced, piece, self.body) if self.unfenced is not None else None
            if plain:
                links += plain[0]
                prose += plain[1]
            else:
                text = self._text(piece)
                links += (*text.links, *text.html_links())
                prose += text.prose
        return links, prose

    @cached_property
    def unfenced(self) -> bytes | None:
        """The body with its fenced code blanked out; None if a construct could span its pieces."""
        return without_fenced_code(self._source[self.body :])

    def _pieces(self, holding: re.Pattern[bytes]) -> Iterator[Span]:
        """Yield the pieces in which a pattern matches; the whole body if it cannot be split."""
        body = self.body
        if self.unfenced is not None:
            yield from (Span(start + body, end + body) for start, end in pieces(self.unfenced, holding))
        elif holding.search(self._source, body):
            yield Span(body, len(self._source))

    def _text(self, piece: Span) -> Inline:
        if piece not in self._texts:
            text = self._texts[piece] = Inline(self._source)
            text.read(events(self._source, piece.start, piece.end))
        return self._texts[piece]

    @cached_property
    def _layout(self) -> tuple[tuple[Block, ...], tuple[Heading, ...], tuple[Entry, ...], RunningText]:
        """All that rules ask of a whole body, from one pass of the parser."""
        found = list(events(self._source, self.body))
        layout = Layout(self._source)
        layout.read(found)
        return tuple(layout.blocks), tuple(layout.headings), tuple(layout.entries), RunningText(found)


def _trimmed(text: bytes) -> str:
    """Return a name without white space, and without the backslash that escapes a bar in tables."""
    return text.decode().strip().removesuffix("\\").strip()


def _sections(headings: tuple[Heading, ...], end: int) -> Iterator[Section]:
    ends = [end] * len(headings)
    above: list[list[int]] = []
    path: list[int] = []  # indices of the headings whose sections are open
    for number, heading in enumerate(headings):
        while path and headings[path[-1]].level >= heading.level:
            ends[path.pop()] = heading.span.start
        above.append(path.copy())
        path.append(number)
    for heading, last, around in zip(headings, ends, above, strict=True):
        yield Section(heading, Span(heading.span.start, last), tuple(headings[number] for number in around))


@lru_cache(1)
def _parser() -> "Markdown":
    from pyromark import Markdown, Options  # noqa: PLC0415  # whoever reads no file needs no parser

    tables, strikethrough = Options.ENABLE_TABLES, Options.ENABLE_STRIKETHROUGH
    return Markdown(options=tables | strikethrough | Options.ENABLE_TASKLISTS | Options.ENABLE_FOOTNOTES)


def events(source: bytes, start: int, end: int | None = None) -> Iterator[Event]:
    """Yield the parser's events for the bytes `start` up to `end` of a file."""
    pyromarks: Iterator[tuple[Any, Any]] = _parser().events_with_range(source[start:end].decode())
    for event, span in pyromarks:
        if isinstance(event, str):
            yield event, "", None, span["start"] + start, span["end"] + start
            continue
        kind, detail = event.popitem()
        tag = ""
        if kind in _BOUNDS:
            tag, detail = (detail, None) if isinstance(detail, str) else detail.popitem()
        yield kind, tag, detail, span["start"] + start, span["end"] + start


def fold_label(label: str) -> str:
    """Return a label of a link reference in the form in which labels are compared."""
    return " ".join(label.split()).casefold()


def definitions(text: str, offset: int) -> dict[str, Link]:
    """Return link reference definitions by label."""
    if "]:" not in text:
        return {}
    return {
        label: Link(
            found["dest"], label, Span(found["span"]["start"] + offset, found["span"]["end"] + offset)
        )
        for label, found in _parser().reference_definitions(text).items()
    }


def html_spans(source: bytes, start: int) -> Iterator[Span]:
    """Yield the spans of raw HTML in a file, from the offset where its body starts."""
    return (Span(first, end) for kind, _, _, first, end in events(source, start) if kind in HTML)
