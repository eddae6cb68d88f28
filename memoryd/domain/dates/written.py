"""Written dates, and when a file was last recorded."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain

from memoryd.domain.git.evidence import Commit
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.values import dataclass, regex

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rb"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_OTHER_MONTHS = (
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feb mär apr mai jun jul aug sep okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
)
_MONTH_NUMBERS = {
    name: number
    for line in _OTHER_MONTHS
    for number, lower in enumerate(line.split(), 1)
    for name in (lower.encode(), lower.capitalize().encode())
}
# Longer names first, so that none is read as the start of another one.
_ANY_MONTH = b"|".join([*sorted(map(re.escape, _MONTH_NUMBERS), key=len, reverse=True), _MONTH])
_YEAR = rb"(?:19[89]|20\d)\d"
_CENTURIES = (b"20", b"19")
# Day and month in figures are only read if their order is certain: after a year, or with German dots.
_DATE = regex(
    rb"(?<![0-9A-Za-z.])(?:"
    rb"(?P<y1>" + _YEAR + rb")(?P<s>[-/_.])(?P<m1>\d{1,2})(?P=s)(?P<d1>\d{1,2})"
    rb"|(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>" + _YEAR + rb")"
    rb"|(?P<m3>" + _MONTH + rb")\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>" + _YEAR + rb")"
    rb"|(?P<d4>\d{1,2})(?:st|nd|rd|th|er)?\.?\s+(?:de\s|of\s)?(?P<m4>" + _ANY_MONTH + rb")\.?,?\s+(?:de\s)?"
    rb"(?P<y4>" + _YEAR + rb")"
    rb"|(?P<y5>" + _YEAR + "\\s?(?:年|년)\\s?".encode() + rb")(?P<m5>\d{1,2})"
    + "\\s?(?:月|월)\\s?".encode() + rb"(?P<d5>\d{1,2})" + "(?:\\s?(?:日|일))?".encode()
    + rb")(?![0-9])",
    re.IGNORECASE,
)  # fmt: skip
_MONTH_ONLY = regex(rb"(" + _YEAR + rb")[-/](\d{1,2})(?![-/.\d])")
_KINDS = 5
_STAMPED = regex(rb"(?:\A[ \t]*(?:[-*+]|\d{1,9}[.)])?[ \t]*(?:\[[ xX]\][ \t]+)?[*_`~(\[]*|[(\[])\Z")

# `docs/2026-02-03-plan.md` is the date of a plan, `2021-02-13-1929.heic` that of a picture.
_NAME_BEFORE = regex(rb"[\w-][/_-]\Z|/\Z")
_NAME_AFTER = regex(rb"[a-z](?![0-9:])|[-_/]\w|\.[a-z]", re.IGNORECASE)

_CHANGED = frozenset(
    {"modified", "updated", "verified", "reviewed", "modified-at", "updated-at"}
    | {"last-modified", "last-updated", "last-verified", "last-reviewed"}
)
_MADE = frozenset({"date", "created", "created-at", "recorded"})


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day, and its span in the bytes of a document."""

    day: date
    span: Span


@dataclass(frozen=True, slots=True)
class RecordedDate:
    """The day on which something was last recorded.

    Attributes:
        day: The day.
        how: The source of the day, as the end of a sentence.
    """

    day: date
    how: str


def dates_in(source: bytes, span: Span) -> Iterator[WrittenDate]:
    """Yield the dates in a part of a file, in order."""
    if all(source.find(century, span.start, span.end) < 0 for century in _CENTURIES):
        return
    for match in _DATE.finditer(source, span.start, span.end):
        day = _day(match)
        if day:
            yield WrittenDate(day, Span(match.start(), match.end()))


def dates_in_name(path: str) -> Iterator[WrittenDate]:
    """Yield the dates in the path of a file, in order; spans are bytes of the path."""
    name = path.encode()
    return dates_in(name, Span(0, len(name)))


def date_at(source: bytes, start: int) -> WrittenDate | None:
    """Return the date that starts at an offset; a month means its last day."""
    if match := _DATE.match(source, start):
        day = _day(match)
    elif match := _MONTH_ONLY.match(source, start):
        day = last_of_month(int(match[1]), int(match[2]))
    else:
        return None
    return WrittenDate(day, Span(match.start(), match.end())) if day else None


def _day(match: re.Match[bytes]) -> date | None:
    kind = next(kind for kind in range(1, _KINDS + 1) if match[f"y{kind}"])
    year, month, day = match[f"y{kind}"][:4], match[f"m{kind}"], match[f"d{kind}"]
    number = int(month) if month.isdigit() else _month_number(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _month_number(name: bytes) -> int:
    return _MONTH_NUMBERS.get(name) or _MONTHS.index(name[:3].lower().decode()) + 1


def last_of_month(year: int, month: int) -> date | None:
    """Return the last day of a month; None if there is no such month."""
    try:
        first = date(year, month, 1)
    except ValueError:
        return None
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@lru_cache(4096)  # keys are few, and asked for in every file
def field_name(key: str) -> str:
    """Return a key of front matter in its normal form: `metadata.Valid_Until` is `valid-until`."""
    return key.removeprefix("metadata.").replace("_", "-").lower()


def fields_dated(document: Document, names: frozenset[str]) -> Iterator[tuple[str, date]]:
    """Yield the keys of these names in the front matter with a date as value, and that date."""
    fields = document.front_matter.fields if document.front_matter else {}
    for key, value in fields.items():
        found = date_at(value.strip().encode(), 0) if field_name(key) in names else None
        if found:
            yield key, found.day


def recorded(document: Document, commit: Commit | None, *, any_date: bool) -> RecordedDate | None:
    """Return when a document was last recorded; None if nothing shows it.

    The source is `modified`, `updated` or the like in its front matter; else the newest date in its text,
    its name and `created`; else the last commit, also if that newest date is part of a name. The time of
    the file does not count.

    Args:
        document: The document.
        commit: The last commit of its file, or None.
        any_date: Dates in the text count, although many are not dates of writing. Otherwise the front
            matter or the name must have a date, and no date in the text may be newer.
    """
    changed = max(fields_dated(document, _CHANGED), key=lambda each: each[1], default=None)
    if changed:
        return RecordedDate(changed[1], f"`{changed[0]}` in its front matter")
    named = ((each.day, "in its name") for each in dates_in_name(document.path))
    made = ((day, f"`{key}` in its front matter") for key, day in fields_dated(document, _MADE))
    text = _newest(document, Span(document.body, len(document.source)))
    known = max(chain(made, named), key=lambda each: each[0], default=None)
    if text and (known is None or text[0].day >= known[0]):
        if said := _said(document, text):
            return said if any_date or known else None
    elif known:
        return RecordedDate(*known)
    return RecordedDate(commit.day, f"commit {commit.name}") if commit else None


def own_date(document: Document) -> date | None:
    """Return the day in the front matter of a document or, failing that, in its name; text does not count."""
    for names in (_CHANGED, _MADE):
        days = [day for _, day in fields_dated(document, names)]
        if days:
            return max(days)
    if not any(map(str.isdigit, document.path)):
        return None
    return max((each.day for each in dates_in_name(document.path)), default=None)


def date_stamp(document: Document, span: Span) -> RecordedDate | None:
    """Return the newest date in a part of a document if it is a date stamp: at its start, or in brackets.

    Return None if that date is part of a name, which only shows that the part is not older.
    """
    text = document.source[span.start : span.end]
    starts = (each.span.start - span.start for each in dates_in(document.source, span))
    stamped = (_STAMPED.search(text[:start]) for start in starts)
    return _said(document, _newest(document, span)) if any(stamped) else None


def _newest(document: Document, span: Span) -> list[WrittenDate]:
    """Return the newest date in a part of a document, at all its places."""
    found = list(dates_in(document.source, span))
    latest = max((each.day for each in found), default=None)
    return [each for each in found if each.day == latest]


def _said(document: Document, dates: list[WrittenDate]) -> RecordedDate | None:
    """Return the first of some dates that is not part of a name."""
    source = document.source
    for each in dates:
        before, after = (
            source[max(each.span.start - 2, 0) : each.span.start],
            source[each.span.end : each.span.end + 3],
        )
        if not (_NAME_BEFORE.search(before) or _NAME_AFTER.match(after)):
            line = document.position(each.span.start).line
            return RecordedDate(each.day, f"line {line}, the newest date in it")
    return None
