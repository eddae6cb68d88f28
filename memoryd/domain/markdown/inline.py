"""Links, titles and running text from parser events."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from memoryd.domain.markdown.layout import BREAKS, TEXTS, Event
from memoryd.domain.markdown.model import Link, Span
from memoryd.values import regex

_HTML_COMMENT = regex(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_HTML_TAG = regex(rb"<([a-z][a-z0-9-]*+)\s(?>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*)>", re.IGNORECASE)
_HTML_VALUE = rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))"
_HTML_TARGET = regex(rb"\s(?:href|src)" + _HTML_VALUE, re.IGNORECASE)
_HTML_ID = regex(rb"\s(?:id|name)" + _HTML_VALUE, re.IGNORECASE)
_LINK_TAGS = frozenset({b"a", b"img", b"source", b"video", b"audio"})

# A destination after `[[name]]`; anything else is a remark.
_PATH_LIKE = regex(
    r"[/#:\\]|\.(?:md|mdx|markdown|txt|pdf|png|jpe?g|gif|svg|webp|json|ya?ml|toml|html?|[a-z]{2}|sh)\Z",
    re.IGNORECASE,
)

HTML = frozenset({"Html", "InlineHtml"})
_SPANNING = frozenset({"CodeBlock", "Heading", "Link", "Image", "HtmlBlock"})


class Inline:
    """Links, titles and running text, collected from the events of a part of a file."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._in_code = False
        self._title: list[str] | None = None
        self._open_links: list[tuple[str, Span, list[str]]] = []
        self._open_images = 0
        self._html: list[list[Span]] = []
        self.prose: list[tuple[int, int]] = []
        self.titles: list[str] = []
        self.links: list[Link] = []

    def read(self, events: Iterable[Event]) -> None:  # noqa: C901  # a call per event would double its time
        """Read all events."""
        prose, last = self.prose, -1
        for kind, tag, detail, start, end in events:  # hundreds in a file: other events must cost nothing
            if kind in TEXTS:
                if self._open_links or self._title is not None:
                    self._add_text(detail)
                if kind == "Text" and start < end and not self._in_code:
                    if start == last:  # pyromark splits text at every bracket
                        prose[-1] = prose[-1][0], end
                    else:
                        prose.append((start, end))
                    last = end
            elif kind == "Start":
                if tag in _SPANNING:
                    self._start(tag, detail, Span(start, end))
            elif kind == "End":
                if tag in _SPANNING:
                    self._end(tag)
            elif kind in BREAKS:
                self._add_text(" ")
            elif kind in HTML:
                self._take_html(Span(start, end), new=kind == "InlineHtml")

    def _start(self, tag: str, detail: Any, span: Span) -> None:  # noqa: ANN401  # of an event
        if tag == "CodeBlock":
            self._in_code = True
        elif tag == "HtmlBlock":
            self._html.append([])
        elif tag == "Heading":
            self._title = []
        else:
            self._open_link(detail, span)
            self._open_images += tag == "Image"

    def _open_link(self, detail: Any, span: Span) -> None:  # noqa: ANN401  # of an event
        scheme = "mailto:" if detail["link_type"] == "Email" else ""
        if detail["link_type"] == "Collapsed" and self._source.startswith(b"[]", span.end):
            span = Span(span.start, span.end + 2)  # pyromark leaves out the brackets
        self._open_links.append((scheme + detail["dest_url"], span, []))

    def _end(self, tag: str) -> None:
        if tag == "CodeBlock":
            self._in_code = False
        elif tag in {"Link", "Image"}:
            destination, span, text = self._open_links.pop()
            self._open_images -= tag == "Image"
            if self._open_images:  # an image's description is plain text, even if it looks like a link
                return
            if self._source.startswith(b"[[", span.start) and not _PATH_LIKE.search(destination):
                self._add_wiki(span)
            else:
                self.links.append(Link(destination, "".join(text), span))
        elif tag == "Heading":
            self.titles.append("".join(self._title or ()))
            self._title = None

    def _add_wiki(self, span: Span) -> None:
        """Take a wiki link with a remark after it, `[[name]](as ever)`, for running text and no link."""
        while self.prose and self.prose[-1][0] >= span.start:
            self.prose.pop()
        self.prose.append((span.start, self._source.rfind(b"](", span.start, span.end) + 1))

    def _take_html(self, span: Span, *, new: bool) -> None:
        if new:
            self._html.append([])
        self._html[-1].append(span)

    def _add_text(self, text: str) -> None:
        if self._title is not None and not self._open_images:
            self._title.append(text)
        for _, _, parts in self._open_links:
            parts.append(text)

    def html_links(self) -> Iterator[Link]:
        """Yield the links in raw HTML, except in comments."""
        for start, tag in self._html_tags():
            match = _HTML_TARGET.search(tag[0]) if tag[1].lower() in _LINK_TAGS else None
            if match:
                yield Link(_html_value(match), "", Span(start + tag.start(), start + tag.end()))

    def html_ids(self) -> Iterator[str]:
        """Yield the ids and names of elements in raw HTML."""
        for _, tag in self._html_tags():
            yield from map(_html_value, _HTML_ID.finditer(tag[0]))

    def _html_tags(self) -> Iterator[tuple[int, re.Match[bytes]]]:
        """Yield tags with attributes, except in comments, and the offset of the text that has each."""
        for lines in filter(None, self._html):
            span = Span(lines[0].start, lines[-1].end)
            chunk = bytearray(b" " * (span.end - span.start))  # list and quote marks stay blank
            for line in lines:
                chunk[line.start - span.start : line.end - span.start] = self._source[line.start : line.end]
            visible = _HTML_COMMENT.sub(lambda comment: b" " * len(comment[0]), chunk)
            for tag in _HTML_TAG.finditer(visible):
                yield span.start, tag


def _html_value(match: re.Match[bytes]) -> str:
    value = (match[1] or match[2] or match[3] or b"").decode()
    if "&" not in value:
        return value
    import html  # noqa: PLC0415  # its table of names takes a while to load

    return html.unescape(value)
