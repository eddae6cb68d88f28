"""Expiry and review dates: their keys and their values."""

import re
from collections.abc import Iterator
from datetime import date

from memoryd.domain.dates.moments import parse_duration
from memoryd.domain.dates.written import date_at, field_name, last_of_month
from memoryd.values import dataclass, regex

_EXPIRY_KEYS = (
    "expires expires-on expires-at expires-after expires-in expire expiry expiry-date expiration "
    "expiration-date valid-until valid-till valid-through valid-to good-until remove-after delete-after "
    "gültig-bis gueltig-bis ablaufdatum expire-le valable-jusqu-au caduca caduca-el vence válido-hasta "
    "expira expira-em válido-até scade scadenza valido-fino-al истекает действует-до годен-до 有效期至 "
    "有效期 到期 到期日 过期时间 有効期限 期限 만료 만료일 유효기간"
)
_EXPIRIES = frozenset(_EXPIRY_KEYS.split())
_REVIEW_KEYS = (
    "review-by review-on review-date review-due review-after next-review revisit-by revisit-after "
    "recheck-by überprüfen-bis prüfen-bis revisar-antes-de à-revoir-le"
)
_REVIEWS = frozenset(_REVIEW_KEYS.split())
_NO_DATE = regex(
    r"(?:|~|null|none|no|n/?a|false|never|unlimited|permanent(?:ly)?|indefinite(?:ly)?|always|forever"
    r"|ongoing|tbd|"
    r"todo|unknown|\?+|-|–|—|nie|niemals|unbefristet|jamais|nunca|mai|никогда|бессрочно|永不|永久|なし|无|無|없음)",
    re.IGNORECASE,
)
_COMPACT = regex(r"(20\d\d)(\d\d)(\d\d)(?=T\d|\D|\Z)")
_SLASHES = regex(r"(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)?\d\d)(?!\d)")
_QUARTER = regex(r"(?:(20\d\d)[ -]?Q([1-4])|Q([1-4])[ -/]?(20\d\d))(?!\w)", re.IGNORECASE)
_WEEK = regex(r"(20\d\d)-W(\d\d)(?:-?([1-7]))?(?!\w)", re.IGNORECASE)
_MONTH_YEAR = regex(
    r"(?:(?:the )?end of |ende )?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)[a-z]{0,6}\.?,? (20\d\d)(?!\w)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = regex(r"(?:(?:the )?end of |ende )?(20\d\d)(?=\s*(?:\Z|[)\]},;|.]))", re.IGNORECASE)
_FIGURES = regex(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\d{8}(?!\d)|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?!\d)|\d{4}-\d\d(?!\d)"
)
_MOST_MONTHS = 12
_LONGEST = 60  # characters of a value


@dataclass(frozen=True, slots=True)
class ExpiryReading:
    """The meaning of an expiry value.

    Attributes:
        day: The last day of validity, or None.
        size: Number of characters that were read.
        problem: Why the value is not a date, as a predicate, or "".
    """

    day: date | None
    size: int = 0
    problem: str = ""


def is_expiry(key: str) -> bool:
    """Return whether a key of front matter names an expiry or review date."""
    return field_name(key) in _EXPIRIES or is_review(key)


def is_review(key: str) -> bool:
    """Return whether a key asks for a review and not for removal."""
    return field_name(key.replace(" ", "-")) in _REVIEWS


def read_expiry(value: str, since: date | None) -> ExpiryReading:
    """Read the value of an expiry key.

    Args:
        value: The value, without quotes.
        since: The day from which an age such as `90d` counts; None if nothing shows it.
    """
    value = value.strip()[:_LONGEST]
    if _NO_DATE.fullmatch(value):
        return ExpiryReading(None)
    found = day_at(value)
    if found.day or found.problem:
        return found
    age = parse_duration(value.removeprefix("in ").removeprefix("P").removeprefix("after "))
    if age is None:
        return ExpiryReading(None, problem=f'is not a date ("{value}")')
    if since is None:
        return ExpiryReading(None, problem=f'is an age ("{value}") without a `created` date')
    try:
        return ExpiryReading(since + age, len(value))
    except OverflowError:
        return ExpiryReading(None)


def day_at(text: str) -> ExpiryReading:
    """Read the date that a text begins with; without one, both `day` and `problem` are empty.

    A month, quarter, week or year means its last day. Day and month in figures are only read if their
    order is certain.
    """
    text = text[:_LONGEST]
    raw = text.encode()
    written = date_at(raw, 0)
    if written:
        return ExpiryReading(written.day, len(raw[: written.span.end].decode()))
    for day, size in _other_forms(text):
        if day:
            return ExpiryReading(day, size)
    figures = _FIGURES.match(text)
    if not figures:
        return ExpiryReading(None)
    slashes = _SLASHES.fullmatch(figures[0])
    if (
        slashes
        and max(int(slashes[1]), int(slashes[2])) <= _MOST_MONTHS
        and min(int(slashes[1]), int(slashes[2]))
    ):
        return ExpiryReading(None, figures.end(), f'is ambiguous ("{figures[0]}")')
    return ExpiryReading(None, figures.end(), f'is not a date ("{figures[0]}")')


def _other_forms(text: str) -> Iterator[tuple[date | None, int]]:
    if found := _COMPACT.match(text):
        yield _date(int(found[1]), int(found[2]), int(found[3])), found.end()
    if found := _SLASHES.match(text):
        one, two, year = int(found[1]), int(found[2]), int(found[3][-2:]) + 2000
        if two > _MOST_MONTHS:
            yield _date(year, one, two), found.end()
        elif one > _MOST_MONTHS or one == two:
            yield _date(year, two, one), found.end()
    if found := _QUARTER.match(text):
        yield last_of_month(int(found[1] or found[4]), 3 * int(found[2] or found[3])), found.end()
    if found := _WEEK.match(text):
        yield _day_of_week(int(found[1]), int(found[2]), int(found[3] or 7)), found.end()
    if found := _MONTH_YEAR.match(text):
        yield last_of_month(int(found[2]), _MONTHS.index(found[1].lower()) + 1), found.end()
    if found := _YEAR.match(text):
        yield date(int(found[1]), 12, 31), found.end()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_of_week(year: int, week: int, day: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, day)
    except ValueError:
        return None
