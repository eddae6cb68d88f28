"""Places where paragraphs and quotes can be split between lines."""

from bisect import bisect_right
from collections.abc import Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.frontmatter import BOM
from memoryd.domain.markdown.model import Span
from memoryd.values import regex

_WRAPPED = 60  # characters from which on a line may have been wrapped by an editor
_SENTENCE_END = regex(r"[.!?;。！？；…]['\")\]*_`]*\s*$")
_ENTRY_START = regex(r"\s*(?:[\[(*_`]*\d{4}[-/.年]|[-*+•·–—]\s|\d+[.)]\s|[*_]{2}|[^\w\s'\"(\[`*_~<>|\\/.-])")
_DEFINITION = regex(r"\s*\[[^\]]+\]:")  # text within a paragraph, but not at its start
_FENCE = regex(r"\s*(?:`{3,}|~{3,})")
_MOST_JOINED = 40  # lines: emphasis that is never closed joins no more than this


class Lines:
    r"""The lines of a file, split after each `\n` only; a byte-order mark is part of none.

    Args:
        source: The bytes of the file.
    """

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.mark = BOM if source.startswith(BOM) else b""
        self._starts = [len(self.mark)]
        at = source.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = source.find(b"\n", at + 1)
        if self._starts[-1] == len(source):
            self._starts.pop()
        self._starts.append(len(source))

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self._starts) - 1

    def offset(self, line: int) -> int:
        """Return the offset in bytes at which a line begins; of the line after the last one, the end."""
        return self._starts[line]

    def at(self, offset: int) -> int:
        """Return the number, from 0, of the line that holds an offset."""
        return max(bisect_right(self._starts, offset) - 1, 0) if offset < len(self.source) else len(self)

    def range(self, span: Span) -> tuple[int, int]:
        """Return the first line of a span and the line after its last one."""
        first = self.at(span.start)
        return first, max(self.at(span.end - 1) + 1 if span.end > span.start else first, first)

    def raw(self, first: int, end: int) -> bytes:
        """Return the bytes of lines `first` up to, not including, `end`."""
        return self.source[self._starts[first] : self._starts[end]]

    def text(self, first: int, end: int) -> str:
        """Return the same as text."""
        return self.raw(first, end).decode(errors="replace")

    def is_blank(self, line: int) -> bool:
        """Return whether a line holds white space only."""
        return not self.source[self._starts[line] : self._starts[line + 1]].strip()


def split_paragraph(index: Document, lines: Lines, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Return the lines of a paragraph that can be moved alone, as first line and line after the last.

    Lines that an editor wrapped stay together, and so do those that a link, a code span or emphasis joins.
    """
    start, text = first, lines.text(first, first + 1)
    ticks, stars = _marks(text)
    links = index.links_in(Span(lines.offset(first), lines.offset(end)))
    crossing = {
        line
        for link in links
        for line in range(lines.at(link.span.start) + 1, lines.at(link.span.end - 1) + 1)
    }
    for line in range(first + 1, end):
        before, text = text, lines.text(line, line + 1)
        is_open = (ticks or stars) and line - start < _MOST_JOINED
        more_ticks, more_stars = _marks(text)
        if line in crossing or is_open or _is_wrapped(before, text):
            ticks, stars = ticks != more_ticks, stars != more_stars
            continue
        yield start, line
        start, ticks, stars = line, more_ticks, more_stars
    yield start, end


def _is_wrapped(before: str, text: str) -> bool:
    """Return whether a line continues the sentence of the line before it, or would be no text alone."""
    if _DEFINITION.match(text):
        return True
    bare = before.rstrip("\r\n")
    shown = bare.rstrip()
    if shown.endswith("\\") or "  " in bare[len(shown) :] or _ENTRY_START.match(text):
        return False
    if text[:1].islower() and not _SENTENCE_END.search(bare):
        return True
    return len(bare) >= _WRAPPED and not _SENTENCE_END.search(bare)


def _marks(line: str) -> tuple[bool, bool]:
    """Return whether a line opens or closes a code span, and whether strong emphasis."""
    return line.count("`") % 2 == 1, line.count("**") % 2 == 1


def split_quote(index: Document, lines: Lines, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Return the lines of a quote that can be moved alone, as first line and line after the last."""
    del index
    start, fenced = first, False
    for line in range(first, end):
        text = lines.text(line, line + 1).lstrip()
        inner = text.lstrip(">") if text.startswith(">") else ""
        joins = fenced or not inner.strip() or inner.startswith("   ")
        fenced ^= bool(_FENCE.match(inner))
        if line > start and not joins and not (line > first and _is_wrapped(*_inner(lines, line))):
            yield start, line
            start = line
    yield start, end


def _inner(lines: Lines, line: int) -> tuple[str, str]:
    """Return a line of a quote and the one before it, without their marks."""
    before, text = (lines.text(at, at + 1).lstrip(" >") for at in (line - 1, line))
    return before, text
