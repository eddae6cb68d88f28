"""Search queries: words and filters in one text."""

import re
from datetime import UTC, date, datetime
from enum import StrEnum

from memoryd.domain.dates.moments import parse_moment
from memoryd.domain.search.segments import clean, has_words, pieces, segment
from memoryd.values import dataclass, regex

_TERM = regex(
    r"(?P<minus>-(?=[^\s-]))?"
    r'(?:(?P<field>[A-Za-z]+):(?P<value>"[^"]*"?|[^\s"]\S*)|"(?P<phrase>[^"]*)"?(?P<star>\*?)|(?P<word>\S+))'
)
_DAY = regex(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")

# A pasted page is a legal query, but hundreds of words joined by OR take seconds.
_MOST_TERMS = 32
_LONGEST_TERM = 200

# Words of questions that say nothing about the subject.
_IDLE_WORDS = """
a about an and any are as at be been between by can did difference do does for from get had has have how
i if in into is it its me my of on or our please should so that the their them then there they this to us
was we were what when where which who whom whose why will with would you your
"""
_IDLE = frozenset(_IDLE_WORDS.split())
# English suffixes: “tests” also means “test” and “testing”.
_ENDING = regex(r"(?<=[a-z]{3})(?:(?<!s)s|e|es|ed|ing|ly|ion|ions|ment|ments|er|ers|y|ies)\Z")
_LEAST_STEM, _LEAST_WORD = 4, 3
# A document must have all words of a short query; a longer query may use other words than the document.
_MOST_DEMANDED = 3


class Field(StrEnum):
    """The subject of a filter; `field:value` in a query."""

    AGENT = "agent"
    SCOPE = "scope"
    TYPE = "type"
    PATH = "path"
    SINCE = "since"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that a document must meet, or must not.

    Attributes:
        field: The subject.
        value: A text without case in which `*` matches anything; an ISO date for `since` and `before`.
        without: Documents that meet it are excluded.
    """

    field: Field
    value: str
    without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query.

    Attributes:
        expressions: For FTS5, in the order to try: all words, if they are few, then any of them.
        filters: Filters of one field are alternatives, except dates and exclusions; all fields must match.
        literals: Words with punctuation, as they were typed, without case: `c++`, `--dry-run`.
    """

    expressions: tuple[str, ...]
    filters: tuple[Filter, ...]
    literals: tuple[str, ...]


def filter_of(field: Field, value: str, now: datetime, *, without: bool = False) -> Filter | None:
    """Return a filter, or None if its value is invalid: empty, or not a date.

    Args:
        field: The subject.
        value: As a person types it; a date is `2026`, `2026-01`, `2026-01-31`, `yesterday` or `90d`.
        now: The present, with its time zone.
        without: Whether documents that meet it are excluded.
    """
    value = clean(value).strip()
    if field in {Field.SINCE, Field.BEFORE}:
        day = _day(value, now)
        return Filter(field, day.isoformat(), without) if day else None
    return Filter(field, value.casefold(), without) if value.strip("*") else None


def read_query(text: str, now: datetime | None = None) -> Query:
    """Parse a query; any text is legal.

    A query has words, `"phrases"`, `prefix*`, `-excluded` words or phrases, and `field:value` or
    `-field:value` for a `Field`. Everything else is text: an unknown field, an invalid date, punctuation
    (`--flag` is the word “flag”). Only the first 32 terms count.

    Args:
        text: The typed text.
        now: The present, for relative dates such as `since:yesterday`.
    """
    now = now or datetime.now(UTC)
    terms = _Terms()
    filters: list[Filter] = []
    for match in _TERM.finditer(clean(text)):
        found = _filter(match, now)
        if found:
            filters.append(found)
        elif match["field"]:
            terms.add(match["field"] + ":" + match["value"].strip('"'), without=bool(match["minus"]))
        elif match["word"] is None:
            terms.add_phrase(match["phrase"], star=match["star"], without=bool(match["minus"]))
        else:
            terms.add(match["word"], without=bool(match["minus"]))
    return Query(terms.expressions(), tuple(dict.fromkeys(filters)), tuple(dict.fromkeys(terms.literals)))


def _filter(match: re.Match[str], now: datetime) -> Filter | None:
    name = (match["field"] or "").lower()
    if name not in {each.value for each in Field}:
        return None
    return filter_of(Field(name), match["value"].strip('"'), now, without=bool(match["minus"]))


def _day(text: str, now: datetime) -> date | None:
    """Return the day that a text means; for a month or year, its first day."""
    match = _DAY.fullmatch(text)
    if not match:
        moment = parse_moment(text, now)
        return moment.astimezone(now.tzinfo).date() if moment else None
    try:
        return date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        return None


class _Terms:
    """The words of a query, collected."""

    def __init__(self) -> None:
        self._phrases: list[str] = []
        self._every: list[str] = []
        self._some: list[str] = []
        self._idle: list[str] = []
        self._without: list[str] = []
        self.literals: list[str] = []

    def add_phrase(self, text: str, *, star: str, without: bool) -> None:
        text = text[:_LONGEST_TERM]
        if has_words(text):
            (self._without if without else self._phrases).append(_quoted(text) + star)

    def add(self, text: str, *, without: bool) -> None:
        text = text[:_LONGEST_TERM]
        star = "*" if text.endswith("*") else ""
        if not has_words(text):
            return
        if without:
            self._without.append(_quoted(text) + star)
        elif text.casefold().strip("?!.,;:") in _IDLE:
            self._idle.append(_quoted(text))
        else:
            if not text.isalnum() and not star:
                self.literals.append(text.strip("?!.,;:\"'()").casefold())
            self._every.append(_forms(text, star))
            parts = list(pieces(text))
            self._some += [_forms(part, star * (part is parts[-1])) for part in parts]

    def expressions(self) -> tuple[str, ...]:
        every, some = self._every, self._some
        if not (every or self._phrases):
            every = some = self._idle
        if not (every or self._phrases):
            return ()
        minus = f" NOT ({_joined(' OR ', self._without)})" if self._without else ""
        of_all = _joined(" AND ", [*self._phrases, *every])
        of_some = [*self._phrases, f"({_joined(' OR ', some)})"] if some else self._phrases
        tries = [of_all] * (len(every) <= _MOST_DEMANDED) + [_joined(" AND ", of_some)]
        return tuple(dict.fromkeys(f"({each}){minus}" for each in tries))


def _forms(text: str, star: str) -> str:
    """Return a word; for a plain English one, also its other forms."""
    forms = [_quoted(text) + star]
    for written, other in (("ss", "ß"), ("ß", "ss")):  # German has both spellings
        if written in text.lower():
            forms.append(_quoted(text.lower().replace(written, other)) + star)
    if not star and text.isascii() and text.isalpha():
        word = text.lower()
        stem = _ENDING.sub("", word)
        if len(stem) >= _LEAST_STEM:
            forms.append(_quoted(stem) + "*")
        elif len(word) >= _LEAST_WORD:
            forms += [_quoted(word + ending) for ending in ("s", "ed", "ing")]
    return forms[0] if len(forms) == 1 else f"({' OR '.join(forms)})"


def _quoted(text: str) -> str:
    return '"' + segment(text).replace('"', '""') + '"'


def _joined(operator: str, terms: list[str]) -> str:
    return operator.join(list(dict.fromkeys(terms))[:_MOST_TERMS])
