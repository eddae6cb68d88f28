"""Relative dates such as “yesterday”, meaningless to later readers."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from memoryd.domain.dates.relative_words import AMBIGUOUS, BESIDE, GERMAN, HINTS, RELATIVE, STANDING
from memoryd.domain.dates.written import dates_in, dates_in_name
from memoryd.domain.markdown.document import Document, kept, spans_of
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
_MARKS = ".!?;:,"
_LONGEST = 500  # characters of a clause that are searched for signs of an event


@kept("relative dates", list, spans_of)
def relative_dates(document: Document) -> tuple[Span, ...]:
    """Return relative dates in the running text of a document.

    Dates in code or quotes, in a line with a date, below a heading with a date, in a dated log or in a
    standing instruction are skipped. “Today” counts next to an event.
    """
    return tuple(_relative_dates(document))


def _relative_dates(document: Document) -> Iterator[Span]:
    lower = document.text.lower()
    hints = tuple(hint for hint in parts_in(lower, HINTS) if _may_mean(hint, lower))
    if not hints or any(dates_in_name(document.path)):
        return
    skipped: dict[int, bool] = {}  # by start of the line
    for spoken in _prose(document):
        text = document.slice(spoken)
        found = sorted(_words(text)) if may_hold(text, hints) else []
        quotes = [match.span() for match in _QUOTED.finditer(text)] if found else []
        is_shouted = bool(found) and text.isupper()
        last, at, line = 0, spoken.start, Span(0, 0)
        for start, end in found:
            quoted = (not is_shouted and text[start:end].isupper()) or _is_in_any(start, quotes)
            span = byte_span(text[last:end], start - last, end - last, at)
            last, at = start, span.start
            if at >= line.end:
                line = document.line_at(at)
            if line.start not in skipped:
                skipped[line.start] = bool(STANDING.search(document.slice(line))) or _is_dated(
                    document, line, span.start
                )
            if not quoted and not skipped[line.start]:
                yield span


def may_hold(text: str, hints: Iterable[str] = HINTS) -> bool:
    """Return whether a text may hold a relative date; the search for one takes a hundred times as long."""
    lower = text.lower()
    return any(hint in lower and _may_mean(hint, lower) for hint in hints)


def _may_mean(hint: str, lower: str) -> bool:
    """Return whether a hint in a text in lower case can be about a date."""
    return hint not in BESIDE or any(map(lower.__contains__, BESIDE[hint]))


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the relative dates of a text, in no order."""
    certain = [match.span() for match in RELATIVE.finditer(text)]
    yield from certain
    marks: list[tuple[int, int]] | None = None
    for word, signs in AMBIGUOUS:
        judged: dict[tuple[int, int], tuple[bool, bool]] = {}  # a clause may have thousands of such words
        for match in word.finditer(text):
            if marks is None:
                marks = [found.span() for found in _CLAUSE_END.finditer(text)]
            around = _clause(text, *match.span(), marks)
            if around not in judged:
                clause = word.sub(" ", text[slice(*around)])
                judged[around] = bool(signs.search(clause)), bool(GERMAN.search(clause))
            is_event, is_german = judged[around]
            is_here = is_german and match[0].lower() == "hier"
            if is_event and not is_here and not _is_in_any(match.start(), certain):
                yield match.span()


def _clause(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return start and end of the clause around a word; “Today, we moved it” is one clause.

    Args:
        text: The text.
        start: Where the word starts.
        end: Where it ends.
        marks: The places of all marks that end a clause.
    """
    before = bisect_right(marks, start, key=lambda mark: mark[1])
    begin = start if text[max(start - 1, 0)] in _MARKS else marks[before - 1][1] if before else 0
    comma = _COMMA.match(text, end) if not text[begin:start].strip() else None
    after = bisect_left(marks, (comma.end() if comma else end, 0))
    last = marks[after][0] if after < len(marks) else len(text)
    begin += (start - begin) // _LONGEST * _LONGEST
    return begin, min(last, begin + _LONGEST)


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
