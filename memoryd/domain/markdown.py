"""Markdown to a `Document`: pyromark behind one function.

Dialect: CommonMark with GitHub's tables, strike-through, task lists and footnotes.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyromark

from memoryd.domain import frontmatter
from memoryd.domain.document import Block, BlockKind, Document, Entry, Heading, Link, Span, WikiLink

_MARKDOWN = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_FOOTNOTES
)

_KINDS = {
    "Heading": BlockKind.HEADING,
    "Paragraph": BlockKind.PARAGRAPH,
    "List": BlockKind.LIST,
    "Table": BlockKind.TABLE,
    "CodeBlock": BlockKind.CODE,
    "BlockQuote": BlockKind.QUOTE,
    "HtmlBlock": BlockKind.HTML,
    "FootnoteDefinition": BlockKind.FOOTNOTE,
}

_WIKI = re.compile(rb"(?<![\\!])\[\[([^\[\]\n|#]+)(?:#[^\[\]\n|]*)?(?:\|[^\[\]\n]*)?\]\]")
_HTML_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_HTML_TAG = re.compile(
    rb"<(?:a|img|source|video|audio)\s(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>", re.IGNORECASE
)
_HTML_TARGET = re.compile(rb"\s(?:href|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))", re.IGNORECASE)

_LINE_END = re.compile(rb"\r\n?|\n")  # CommonMark's, of which a lone carriage return is one

_Event = tuple[Any, Mapping[str, int]]  # pyromark's own event types are 60 nested dictionaries


def parse(path: str, raw: bytes) -> Document:
    """Parse one file; any bytes are legal.

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
    front_matter = frontmatter.read(source)
    body = (
        front_matter.span.end if front_matter else len(frontmatter.BOM) * source.startswith(frontmatter.BOM)
    )
    text = source[body:].decode()
    reading = _Reading(source)
    for event, span in _MARKDOWN.events_with_range(text):
        reading.take(event, Span(span["start"] + body, span["end"] + body))
    return Document(
        path=path,
        raw=raw,
        source=source,
        undecodable=undecodable,
        front_matter=front_matter,
        body=body,
        blocks=tuple(reading.blocks),
        headings=tuple(reading.headings),
        entries=tuple(reading.entries),
        links=tuple(sorted([*reading.links, *reading.html_links()], key=lambda link: link.span)),
        wiki_links=tuple(reading.wiki_links()),
        definitions=_definitions(text, body),
        prose=tuple(reading.prose),
    )


def top_blocks(text: str) -> tuple[Block, ...]:
    """The top-level blocks of a text without front matter; spans are bytes in its UTF-8 form."""
    source = text.encode()
    blocks = []
    depth = 0
    for event, span in _MARKDOWN.events_with_range(text):
        if isinstance(event, str):
            if event == "Rule" and not depth:
                blocks.append(Block(BlockKind.RULE, whole_lines(source, Span(span["start"], span["end"]))))
        elif "Start" in event:
            if not depth:
                value = event["Start"]
                kind = _KINDS[value if isinstance(value, str) else next(iter(value))]
                blocks.append(Block(kind, whole_lines(source, Span(span["start"], span["end"]))))
            depth += 1
        elif "End" in event:
            depth -= 1
    return tuple(blocks)


def whole_lines(source: bytes, span: Span) -> Span:
    """A block's span from its first line's start to its last non-blank line's end, line end included."""
    start = source.rfind(b"\n", 0, span.start) + 1
    start = max(start, source.rfind(b"\r", start, span.start) + 1)
    if source[start : span.start].strip():
        start = span.start
    last = span.start + len(source[span.start : span.end].rstrip())
    end = _LINE_END.search(source, last)
    return Span(start, end.end() if end else len(source))


def definition_spans(text: str) -> tuple[Span, ...]:
    """Where the link reference definitions of a text stand, sorted; bytes in its UTF-8 form."""
    return tuple(sorted(link.span for link in _definitions(text, 0).values()))


def _definitions(text: str, offset: int) -> dict[str, Link]:
    """Link reference definitions by label."""
    if "]:" not in text:
        return {}
    return {
        label: Link(
            found["dest"], label, Span(found["span"]["start"] + offset, found["span"]["end"] + offset)
        )
        for label, found in _MARKDOWN.reference_definitions(text).items()
    }


class _Reading:
    """Collects the parts of one document while its events pass by."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._depth = 0
        self._in_code = False
        self._heading: tuple[int, list[str]] | None = None
        self._open_links: list[tuple[str, Span, list[str]]] = []
        self._open_images = 0
        self._html: list[list[Span]] = []
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self.entries: list[Entry] = []
        self.links: list[Link] = []
        self.prose: list[Span] = []

    def take(self, event: Any, span: Span) -> None:  # noqa: ANN401  # see _Event
        """Take one event of pyromark."""
        if isinstance(event, str):
            if event == "Rule" and not self._depth:
                self.blocks.append(Block(BlockKind.RULE, whole_lines(self._source, span)))
            elif event in {"SoftBreak", "HardBreak"}:
                self._add_text(" ")
            return
        ((kind, value),) = event.items()
        if kind == "Start":
            self._start(value, span)
        elif kind == "End":
            self._end(value, span)
        elif kind == "Text":
            self._add_text(value)
            if not self._in_code and span.start < span.end:
                _extend(self.prose, span)
        elif kind == "Code":
            self._add_text(value)
        elif kind in {"Html", "InlineHtml"}:
            self._take_html(span, new=kind == "InlineHtml")

    def _start(self, value: Any, span: Span) -> None:  # noqa: ANN401  # see _Event
        name, detail = (value, {}) if isinstance(value, str) else next(iter(value.items()))
        if not self._depth and name in _KINDS:
            self._open_block(_KINDS[name], detail, span)
        elif self._depth == 1 and name == "Item":
            self.entries.append(Entry(BlockKind.LIST, whole_lines(self._source, span)))
        if name == "CodeBlock":
            self._in_code = True
        elif name == "HtmlBlock":
            self._html.append([])
        elif name in {"Link", "Image"}:
            self._open_link(detail, span)
            self._open_images += name == "Image"
        self._depth += 1

    def _open_link(self, detail: Any, span: Span) -> None:  # noqa: ANN401  # see _Event
        scheme = "mailto:" if detail["link_type"] == "Email" else ""
        if detail["link_type"] == "Collapsed" and self._source.startswith(b"[]", span.end):
            span = Span(span.start, span.end + 2)  # pyromark leaves them out
        self._open_links.append((scheme + detail["dest_url"], span, []))

    def _open_block(self, kind: BlockKind, detail: Any, span: Span) -> None:  # noqa: ANN401  # see _Event
        if self.blocks and span.start < self.blocks[-1].span.end:
            return  # two footnotes on one line: lines are not parted
        span = whole_lines(self._source, span)
        self.blocks.append(Block(kind, span))
        if kind is BlockKind.HEADING:
            self._heading = (int(detail["level"][1]), [])
        elif kind is not BlockKind.LIST and not (
            kind is BlockKind.HTML and self._source[span.start : span.end].lstrip().startswith(b"<!--")
        ):
            self.entries.append(Entry(kind, span))

    def _end(self, value: Any, span: Span) -> None:  # noqa: ANN401  # see _Event
        self._depth -= 1
        name = value if isinstance(value, str) else next(iter(value))
        if name == "CodeBlock":
            self._in_code = False
        elif name in {"Link", "Image"}:
            destination, start, text = self._open_links.pop()
            self._open_images -= name == "Image"
            if not self._open_images:  # an image's description is plain text, whatever it looks like
                self.links.append(Link(destination, "".join(text), start))
        elif name == "Heading" and not self._depth and self._heading:
            level, text = self._heading
            self.headings.append(Heading(level, "".join(text).strip(), whole_lines(self._source, span)))
            self._heading = None

    def _take_html(self, span: Span, *, new: bool) -> None:
        if new:
            self._html.append([])
        self._html[-1].append(span)

    def _add_text(self, text: str) -> None:
        if self._heading:
            self._heading[1].append(text)
        for _, _, parts in self._open_links:
            parts.append(text)

    def html_links(self) -> Iterator[Link]:
        """Links in raw HTML, comments left out."""
        for lines in filter(None, self._html):
            span = Span(lines[0].start, lines[-1].end)
            chunk = bytearray(b" " * (span.end - span.start))  # blank where a list or quote puts its marks
            for line in lines:
                chunk[line.start - span.start : line.end - span.start] = self._source[line.start : line.end]
            visible = _HTML_COMMENT.sub(lambda comment: b" " * len(comment[0]), chunk)
            for tag in _HTML_TAG.finditer(visible):
                match = _HTML_TARGET.search(tag[0])
                if match:
                    destination = html.unescape((match[1] or match[2] or match[3] or b"").decode())
                    yield Link(destination, "", Span(span.start + tag.start(), span.start + tag.end()))

    def wiki_links(self) -> Iterator[WikiLink]:
        """Wiki links in running text."""
        for span in self.prose:
            for match in _WIKI.finditer(self._source, span.start, span.end):
                name = match[1].decode().strip()
                if name:
                    yield WikiLink(name, Span(match.start(), match.end()))


def _extend(spans: list[Span], span: Span) -> None:
    """Append a span, joined with the last one where they touch: pyromark splits text at every bracket."""
    if spans and spans[-1].end == span.start:
        spans[-1] = Span(spans[-1].start, span.end)
    else:
        spans.append(span)
