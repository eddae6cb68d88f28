"""Relative dates such as “yesterday”, meaningless to later readers."""

import re
from collections.abc import Iterator

from memoryd.domain.dates.written import dates_in, dates_in_name
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.positions import byte_span

_ENGLISH = (
    r"yesterday|tomorrow|(?:earlier|later) today|this morning|tonight|last night"
    r"|(?<!\bthe )(?<!\beach )(?<!\bevery )(?<!\bof )"
    r"(?:last|next|this) (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?<!\bthan )(?<!\bfrom )(?<!\bsince )(?<!\bbefore )"
    r"(?:an?|one|two|three|four|five|six|a few|a couple of|several|\d{1,2}) (?:hour|day|week|month)s? ago"
    # “today” mostly means nowadays; it is a date next to an event
    r"|(?:\w{2,}ed|done|found|broke|made|built|wrote|written|began|ran|met|chose|seen|saw) today(?!['’])"
    r"|as of today|today(?=,? (?:we|i|they) (?:\w+ed|found|made|saw|broke|chose|met|built|wrote|ran)\b)"
)
_OTHERS = (
    r"gestern|vorgestern|heute (?:morgen|früh|abend|nachmittag)|(?:letzte|nächste|diese) woche"
    r"|(?:letzten|nächsten|diesen) (?:monat|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
    r"|vor (?:einem tag|zwei tagen|drei tagen|einer woche|zwei wochen|\d{1,2} (?:tagen|wochen))"
    r"|avant-hier|hier (?:matin|soir)|la semaine (?:dernière|prochaine)|ce matin"
    r"|il y a \d{1,2} (?:jours|semaines)"
    r"|ayer|anteayer|esta mañana|la semana (?:pasada|próxima|que viene)|hace \d{1,2} (?:días|semanas)"
    r"|ontem|semana passada|ieri|settimana scorsa"
)
_RELATIVE = re.compile(
    rf"(?<![\w\"'“‘«/-])(?:{_ENGLISH}|{_OTHERS})(?![\w\"'”’»/-])"
    r"|(?<![「『“])(?:昨天|昨日|前天|一昨日|上周|上週|先週|今朝|어제|지난주)(?![」』”])",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|「[^」\n]*」|『[^』\n]*』")


def relative_dates(document: Document) -> Iterator[Span]:
    """Yield relative dates in the running text of a document.

    Dates in code or quotes, in a line with a date, below a heading with a date or in a dated log are skipped.
    """
    if not _RELATIVE.search(document.text) or any(dates_in_name(document.path)):
        return
    dated: dict[int, bool] = {}  # by start of the line
    for spoken in _prose(document):
        text = document.slice(spoken)
        quotes = [match.span() for match in _QUOTED.finditer(text)]
        for match in _RELATIVE.finditer(text):
            quoted = any(start <= match.start() < end for start, end in quotes)
            span = byte_span(text, *match.span(), spoken.start)
            line = document.line_at(span.start)
            if line.start not in dated:
                dated[line.start] = _is_dated(document, line, span.start)
            if not quoted and not dated[line.start]:
                yield span


def _prose(document: Document) -> Iterator[Span]:
    found = outline(document)
    yield from (span for span in found.text_spans if span not in found.code)


def _is_dated(document: Document, line: Span, offset: int) -> bool:
    """Return whether the line of an offset, or a heading above it, has a date."""
    section = document.section_at(offset)
    headings = (section.heading, *section.above) if section else ()
    spans = (line, *(heading.span for heading in headings))
    return any(any(dates_in(document.source, span)) for span in spans)
