"""Relative dates such as “yesterday”, meaningless to later readers."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from memoryd.domain.dates.relative_words import AMBIGUOUS, GERMAN, HINTS, RELATIVE, STANDING
from memoryd.domain.dates.written import dates_in, dates_in_name
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.positions import byte_span
from memoryd.domain.text.phrases import parts_in
from memoryd.values import regex

_QUOTED = regex(
    r"\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|「[^」\n]*」|『[^』\n]*』|'[^'\n]{1,60}'(?!\w)"
)
_CLAUSE_END = regex(r"[.!?;:,](?:\s|\Z)|[。！？；，：、()（）]|[—–]|\n")
_COMMA = regex(r"\s{0,20}[,，、]")
_CLAUSE = 500  # characters on each side of a word that are searched for signs of an event


def relative_dates(document: Document) -> Iterator[Span]:
    """Yield relative dates in the running text of a document.

    Dates in code or quotes, in a line with a date, below a heading with a date, in a dated log or in a
    standing instruction are skipped. “Today” counts next to an event.
    """
    hints = parts_in(document.text, HINTS)
    if not hints or any(dates_in_name(document.path)):
        return
    skipped: dict[int, bool] = {}  # by start of the line
    for spoken in _prose(document):
        text = document.slice(spoken)
        found = sorted(_words(text)) if parts_in(text, hints) else []
        quotes = [match.span() for match in _QUOTED.finditer(text)] if found else []
        for start, end in found:
            is_keyword = text[start:end].isupper() and not text.isupper()
            quoted = is_keyword or _is_in_any(start, quotes)
            span = byte_span(text, start, end, spoken.start)
            line = document.line_at(span.start)
            if line.start not in skipped:
                skipped[line.start] = bool(STANDING.search(document.slice(line))) or _is_dated(
                    document, line, span.start
                )
            if not quoted and not skipped[line.start]:
                yield span


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the relative dates of a text, in no order."""
    certain = [match.span() for match in RELATIVE.finditer(text)]
    yield from certain
    for word, signs in AMBIGUOUS:
        for match in word.finditer(text):
            start, end = match.span()
            clause = _clause(text, start, end)
            is_here = match[0].lower() == "hier" and GERMAN.search(clause)
            is_known = _is_in_any(start, certain)
            if not is_here and not is_known and signs.search(clause):
                yield start, end


def _clause(text: str, start: int, end: int) -> str:
    """Return the clause around a part of a text, without that part; “Today, we moved it” is one clause."""
    first, last = max(start - _CLAUSE, 0), end + _CLAUSE
    begin = max((found.end() for found in _CLAUSE_END.finditer(text, first, start)), default=first)
    comma = _COMMA.match(text, end) if not text[begin:start].strip() else None
    after = _CLAUSE_END.search(text, comma.end() if comma else end, last)
    return f"{text[begin:start]} {text[end : after.start() if after else last]}"


def _is_in_any(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether an offset is in one of sorted spans that do not overlap."""
    at = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return at >= 0 and offset < spans[at][1]


def _prose(document: Document) -> Iterator[Span]:
    found = outline(document)
    yield from (span for span in found.text_spans if span not in found.code)


def _is_dated(document: Document, line: Span, offset: int) -> bool:
    """Return whether the line of an offset, or a heading above it, has a date."""
    section = document.section_at(offset)
    headings = (section.heading, *section.above) if section else ()
    spans = (line, *(heading.span for heading in headings))
    return any(any(dates_in(document.source, span)) for span in spans)
