"""The parts of a file, each read when somebody first asks for it: pyromark behind one class.

Most of what is ever asked of most files is whether they hold a link, and most hold none.

Dialect: CommonMark with GitHub's tables, strike-through, task lists and footnotes.
"""

import html
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pyromark

from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.fast_chunks import TITLED, parted, pieces, plain_titles
from memoryd.domain.markdown.fast_links import plain_links
from memoryd.domain.markdown.layout import BREAKS, TEXTS, Events, Layout
from memoryd.domain.markdown.model import Block, Entry, FrontMatter, Heading, Link, Span, WikiLink

MARKDOWN = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_FOOTNOTES
)
# Without one of these there is no link: inline, by reference, in angle brackets, in HTML.
_LINKING = rb"\]\(|\]:|<[^\s<>]*[:@]|<(?:a|img|source|video|audio)\s"
_MARKED = re.compile(_LINKING + rb"|\[\[", re.IGNORECASE)
_TAGGED = re.compile(rb"<")
_WIKI = re.compile(rb"(?<![\\!])\[\[([^\[\]\n|#]+)(?:#[^\[\]\n|]*)?(?:\|[^\[\]\n]*)?\]\]")
_HTML_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_HTML_TAG = re.compile(rb"<([a-z][a-z0-9-]*+)\s(?>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*)>", re.IGNORECASE)
_HTML_VALUE = rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))"
_HTML_TARGET = re.compile(rb"\s(?:href|src)" + _HTML_VALUE, re.IGNORECASE)
_HTML_ID = re.compile(rb"\s(?:id|name)" + _HTML_VALUE, re.IGNORECASE)
_LINK_TAGS = frozenset({b"a", b"img", b"source", b"video", b"audio"})

_HTML = frozenset({"Html", "InlineHtml"})
_BOUNDS = frozenset({"Start", "End"})
_SPANNING = frozenset({"CodeBlock", "Heading", "Link", "Image", "HtmlBlock"})


class Parts:
    """What stands in a file of which `source` holds the bytes, in valid UTF-8."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._texts: dict[Span, _Text] = {}

    @cached_property
    def front_matter(self) -> FrontMatter | None:
        """None where there is none."""
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
        if b"]" not in source and b"<" not in source:  # before what takes ten times as long
            return ()
        return tuple(sorted(self._marked[0], key=lambda link: link.span))

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Plain text of headings wherever they stand."""
        plain = plain_titles(self.unfenced) if self.unfenced is not None else None
        if plain is not None:
            return plain
        return tuple(title for piece in self._pieces(TITLED) for title in self._text(piece).titles)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """What elements of raw HTML are called."""
        if b"<" not in self._source:
            return ()
        return tuple(name for piece in self._pieces(_TAGGED) for name in self._text(piece).html_ids())

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Top-level blocks in order."""
        return self._layout[0]

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Top-level headings in order."""
        return self._layout[1]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Top-level entries in order."""
        return self._layout[2]

    @cached_property
    def definitions(self) -> Mapping[str, Link]:
        """Link reference definitions by label."""
        return definitions(self._source[self.body :].decode(), self.body)

    @cached_property
    def prose(self) -> tuple[Span, ...]:
        """Spans of running text; what touches is one."""
        whole = self._text(Span(self.body, len(self._source)))
        return tuple(Span(start, end) for start, end in whole.prose)

    @cached_property
    def wiki_links(self) -> tuple[WikiLink, ...]:
        """Wiki links in running text; in tables the bar in them is escaped, which parts the text."""
        source = self._source
        if b"[" not in source or b"[[" not in source:
            return ()
        joined: list[tuple[int, int]] = []
        for start, end in self._marked[1]:
            if joined and source[joined[-1][1] : start + 1] == b"\\|":
                joined[-1] = joined[-1][0], end
            else:
                joined.append((start, end))
        holding = ((start, end) for start, end in joined if source.find(b"[[", start, end) >= 0)
        found = (match for start, end in holding for match in _WIKI.finditer(source, start, end))
        named = ((match[1].decode().strip().removesuffix("\\").strip(), match) for match in found)
        return tuple(WikiLink(name, Span(match.start(), match.end())) for name, match in named if name)

    @cached_property
    def _marked(self) -> tuple[list[Link], list[tuple[int, int]]]:
        """Links, and the running text that wiki links stand in."""
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
        """The body with its fenced code blanked out; None where something could reach across its pieces."""
        return parted(self._source[self.body :])

    def _pieces(self, holding: re.Pattern[bytes]) -> Iterator[Span]:
        """Where the pieces stand that hold something; all of the text where it cannot be parted."""
        body = self.body
        if self.unfenced is not None:
            yield from (Span(start + body, end + body) for start, end in pieces(self.unfenced, holding))
        elif holding.search(self._source, body):
            yield Span(body, len(self._source))

    def _text(self, piece: Span) -> "_Text":
        if piece not in self._texts:
            text = self._texts[piece] = _Text(self._source, piece.start)
            text.read(_events(self._source[piece.start : piece.end]))
        return self._texts[piece]

    @cached_property
    def _layout(self) -> tuple[tuple[Block, ...], tuple[Heading, ...], tuple[Entry, ...]]:
        layout = Layout(self._source, self.body)
        layout.read(_events(self._source[self.body :]))
        return tuple(layout.blocks), tuple(layout.headings), tuple(layout.entries)


def _events(text: bytes) -> Events:
    return MARKDOWN.events_with_range(text.decode())


class _Text:
    """Collects running text, links and titles while the events of a text pass by that starts at `body`."""

    def __init__(self, source: bytes, body: int) -> None:
        self._source = source
        self._body = body
        self._in_code = False
        self._title: list[str] | None = None
        self._open_links: list[tuple[str, Span, list[str]]] = []
        self._open_images = 0
        self._html: list[list[Span]] = []
        self.prose: list[tuple[int, int]] = []
        self.titles: list[str] = []
        self.links: list[Link] = []

    def read(self, events: Events) -> None:  # noqa: C901, PLR0912  # a call an event would double its time
        """Take all events."""
        body, prose, last = self._body, self.prose, -1
        for event, span in events:  # some hundred in a file: what tells nothing must cost nothing
            if isinstance(event, str):
                if event in BREAKS:
                    self._add_text(" ")
                continue
            ((kind, value),) = event.items()
            if kind in TEXTS:
                if self._open_links or self._title is not None:
                    self._add_text(value)
                start, end = span["start"] + body, span["end"] + body
                if kind == "Text" and start < end and not self._in_code:
                    if start == last:  # pyromark parts text at every bracket
                        prose[-1] = prose[-1][0], end
                    else:
                        prose.append((start, end))
                    last = end
            elif kind in _HTML:
                self._take_html(span, new=kind == "InlineHtml")
            elif kind in _BOUNDS:
                name = value if isinstance(value, str) else next(iter(value))
                if name in _SPANNING:
                    if kind == "End":
                        self._end(name)
                    else:
                        self._start(name, value, span)

    def _start(self, name: str, value: Any, span: Mapping[str, int]) -> None:  # noqa: ANN401  # of an event
        if name == "CodeBlock":
            self._in_code = True
        elif name == "HtmlBlock":
            self._html.append([])
        elif name == "Heading":
            self._title = []
        else:
            self._open_link(value[name], self._span(span))
            self._open_images += name == "Image"

    def _open_link(self, detail: Any, span: Span) -> None:  # noqa: ANN401  # of an event
        scheme = "mailto:" if detail["link_type"] == "Email" else ""
        if detail["link_type"] == "Collapsed" and self._source.startswith(b"[]", span.end):
            span = Span(span.start, span.end + 2)  # pyromark leaves them out
        self._open_links.append((scheme + detail["dest_url"], span, []))

    def _end(self, name: str) -> None:
        if name == "CodeBlock":
            self._in_code = False
        elif name in {"Link", "Image"}:
            destination, span, text = self._open_links.pop()
            self._open_images -= name == "Image"
            if not self._open_images:  # an image's description is plain text, whatever it looks like
                self.links.append(Link(destination, "".join(text), span))
        elif name == "Heading":
            self.titles.append("".join(self._title or ()))
            self._title = None

    def _span(self, span: Mapping[str, int]) -> Span:
        return Span(span["start"] + self._body, span["end"] + self._body)

    def _take_html(self, span: Mapping[str, int], *, new: bool) -> None:
        if new:
            self._html.append([])
        self._html[-1].append(self._span(span))

    def _add_text(self, text: str) -> None:
        if self._title is not None and not self._open_images:
            self._title.append(text)
        for _, _, parts in self._open_links:
            parts.append(text)

    def html_links(self) -> Iterator[Link]:
        """Links in raw HTML, comments left out."""
        for start, tag in self._html_tags():
            match = _HTML_TARGET.search(tag[0]) if tag[1].lower() in _LINK_TAGS else None
            if match:
                yield Link(_html_value(match), "", Span(start + tag.start(), start + tag.end()))

    def html_ids(self) -> Iterator[str]:
        """What elements of raw HTML are called."""
        for _, tag in self._html_tags():
            yield from map(_html_value, _HTML_ID.finditer(tag[0]))

    def _html_tags(self) -> Iterator[tuple[int, re.Match[bytes]]]:
        """Tags with attributes, comments left out, and where the text starts in which they were found."""
        for lines in filter(None, self._html):
            span = Span(lines[0].start, lines[-1].end)
            chunk = bytearray(b" " * (span.end - span.start))  # blank where a list or quote puts its marks
            for line in lines:
                chunk[line.start - span.start : line.end - span.start] = self._source[line.start : line.end]
            visible = _HTML_COMMENT.sub(lambda comment: b" " * len(comment[0]), chunk)
            for tag in _HTML_TAG.finditer(visible):
                yield span.start, tag


def _html_value(match: re.Match[bytes]) -> str:
    return html.unescape((match[1] or match[2] or match[3] or b"").decode())


def definitions(text: str, offset: int) -> dict[str, Link]:
    """Link reference definitions by label."""
    if "]:" not in text:
        return {}
    return {
        label: Link(
            found["dest"], label, Span(found["span"]["start"] + offset, found["span"]["end"] + offset)
        )
        for label, found in MARKDOWN.reference_definitions(text).items()
    }
