"""Subjects of notes: what makes equal words mean different things."""

import re
from functools import lru_cache
from itertools import zip_longest

from memoryd.domain.duplicates.markup import plain
from memoryd.domain.duplicates.passages import READ, Note, label_in, label_of
from memoryd.domain.duplicates.similarity import is_value
from memoryd.domain.duplicates.vocabulary import NEGATING, NEGATIONS, OPPOSITES, VALUES
from memoryd.domain.stores.filenames import is_snapshot
from memoryd.values import regex

_KEYED = 12  # words: a longer line with a label is a sentence
_KEY = 3  # words of a label: a longer one belongs to a sentence
_KEY_SIGN = regex(
    r"\s*(?:[-*+]\s+|\|\s*)?(?P<mark>[*_`“\"(\[]{0,3})(?P<key>[^\s=→|*`”\"()\[\]][^=→|*`”\"()\[\]\n]{0,39}?)[*_`”\")\]]{0,3}"
    r"\s*(?:=>|:=|=|→|->|[;\t]|\s\|\s|\s[–—-]{1,2}\s|(?<=[*_`])\s\(|(?<=[\])])\s)\s*\S"
)
_SPOKEN = 4  # least number of words beside numbers; fewer are a score or a date
_BYLINE = 15  # words of a paragraph in italics; a longer one is a note
_ITALICS = regex(r"(?P<mark>\*{1,3}|_{1,3})(?=\S)[^\n]+(?<=\S)(?P=mark)[^\w\n]*")
_OPENING, _CLOSING = "\"“„«「『‘'", "\"”»」』’'"
_QUOTED = regex(r"(?:[^\"”»」』’\n]|’(?=\w))+")
_ALPHANUMERIC = regex(r"[^\W_]+")
# What is left of a date line after its label: figures, a time, a zone, the name of a month.
_STAMP = regex(
    r"[\W_]*+(?>(?:\d+|年|月|日|时|分|秒|時|년|월|일|시|분|[a-z]+/[a-z_]+|[a-zäéûа-я]{3,9}(?=\.?\s+\d{4}|\s+\d{1,2},)"
    r"|am|pm|uhr|utc|gmt|cet|cest|est|pst|jst|cst|z|t|of|de|at|um|q[1-4])[\W_]*)+",
    re.IGNORECASE,
)
_PATH = regex(r"(?<![\w:/.])[\w.<>-]+(?:/[\w.<>*-]+){2,}")
_ALPHABETS = 0x0E00  # code points above are mostly of scripts without spaces
_MONTHS = (
    "may jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober "
    "dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero "
    "febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio "
    "febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março maio "
    "junho julho setembro outubro dezembro января февраля марта апреля мая июня июля августа "
    "сентября октября ноября декабря"
)
_NAMED = VALUES | frozenset(_MONTHS.split())
_NUMBER = regex(r"\d+")
_WORD = regex(r"[^\W\d_]+")


def are_about_different_things(one: Note, other: Note) -> bool:
    """Return whether the context of two notes proves that their words are about two things.

    Members of a series, lines with different keys, lines below a negated and a plain heading or lead-in; and
    outside of one list: steps of two procedures, fields of two things, heads, bylines, dates and scores.
    """
    if are_in_one_series(one, other) or _have_different_keys(one, other) or _are_turned(one, other):
        return True
    if (one.path, one.section, one.block) == (other.path, other.section, other.block):
        return False
    if one.is_step and other.is_step:
        return True
    return _are_fields(one, other) or any(
        _is_byline(each) or _is_score(each) or _is_head(each) for each in (one, other)
    )


def are_in_one_series(one: Note, other: Note) -> bool:
    """Return whether two notes belong to two members of a series.

    Such members are files, folders or sections whose names differ only by numbers, dates or names of days,
    and files with dates in their names: each is about its day.
    """
    if one.path != other.path:
        if is_snapshot(one.document.path) and is_snapshot(other.document.path):
            return True
        titles = ((note.document.headings[:1] or (None,))[0] for note in (one, other))
        first, second = (title.text if title else "" for title in titles)
        return differ_by_number(one.document.path, other.document.path) or differ_by_number(first, second)
    differing = ((a, b) for a, b in zip_longest(one.section, other.section, fillvalue="") if a != b)
    return any(differ_by_number(a, b) for a, b in list(differing)[:1])


def is_negated(note: Note) -> bool:
    """Return whether the nearest heading or the lead-in of a note's list negates it."""
    return any(map(_negates, _around(note)))


def differ_by_number(one: str, other: str) -> bool:
    """Return whether two names differ only by numbers, dates, and names of days and months."""
    return one != other and bool(one) and _skeleton(one) == _skeleton(other)


@lru_cache(maxsize=4096)
def _skeleton(text: str) -> str:
    """Return a name with 0 for each number, date and name of a day or month."""
    numbered = _NUMBER.sub("0", text.casefold())
    return _WORD.sub(lambda found: "0" if found[0] in _NAMED else found[0], numbered)


def _have_different_keys(one: Note, other: Note) -> bool:
    left, right = _key(one), _key(other)
    return bool(left and right) and left != right


def _key(note: Note) -> str:
    """Return the key of a “Key: value” line, without markup and case; "" if it is none."""
    return _key_in(note.text)


@lru_cache(maxsize=16_384)
def _key_in(text: str) -> str:
    label = label_in(text[:READ])
    if not label:
        sign = _KEY_SIGN.match(text)
        label = sign["key"] if sign else ""
    key = plain(label).strip().casefold()
    return key if len(key.split()) <= _KEY else ""


def _are_fields(one: Note, other: Note) -> bool:
    """Return whether two notes are one property of two things; a long path is of one thing."""
    if not (_key(one) and _key(other)) or max(one.words.weight, other.words.weight) > _KEYED:
        return False
    is_one_thing = len(one.section) > 1 and one.section == other.section
    return not is_one_thing and not _PATH.search(one.text)


def _is_byline(note: Note) -> bool:
    """Return whether a note is a short paragraph in italics, or only a quotation."""
    lines = [line.strip() for line in note.text.strip().splitlines()]
    if note.block >= 0 or note.words.weight > _BYLINE * len(lines):
        return False
    return all(map(_ITALICS.fullmatch, lines)) or is_quotation(note.text)


def is_quotation(text: str) -> bool:
    """Return whether all words of a text are between quotation marks."""
    words = [found.span() for found in _ALPHANUMERIC.finditer(text)]
    if not words:
        return False
    start, end = words[0][0], words[-1][1]
    opening = max(text.rfind(mark, 0, start) for mark in _OPENING)
    closing = min((at for mark in _CLOSING if (at := text.find(mark, end)) >= 0), default=-1)
    return opening >= 0 and closing >= 0 and bool(_QUOTED.fullmatch(text, opening + 1, closing))


def _is_head(note: Note) -> bool:
    """Return whether a note is a block of “Key: value” lines, like the head of a document."""
    lines = note.text.strip().splitlines()
    return note.block < 0 and len(lines) > 1 and all(map(label_in, lines))


def _is_score(note: Note) -> bool:
    """Return whether a note is little more than dates and numbers, or a label with a date."""
    if not _NUMBER.search(note.text):
        return False
    label = label_of(note)
    rest = note.text.partition(label)[2] if label else ""
    if label and _STAMP.fullmatch(rest):
        return True
    spoken = (word for word in note.words.tokens if _WORD.search(word) and not is_value(word))
    return sum(0.5 if len(word) == 1 and ord(word) > _ALPHABETS else 1 for word in spoken) < _SPOKEN


def _are_turned(one: Note, other: Note) -> bool:
    """Return whether only one of two notes is below a negation, or they are below opposites."""
    if _around(one) == _around(other):
        return False
    if is_negated(one) != is_negated(other):
        return True
    left, right = ({word for text in _around(note) for word in _words(text)} for note in (one, other))
    return any((a, b) in OPPOSITES for a in left - right for b in right - left)


@lru_cache(maxsize=16_384)
def _around(note: Note) -> tuple[str, ...]:
    """Return the nearest heading of a note and the lead-in of its list."""
    return (*note.section[-1:], *filter(None, (note.lead,)))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text))


def _negates(text: str) -> bool:
    return any(
        word.replace("’", "'") in NEGATIONS or word.endswith(("n't", "n’t")) for word in _words(text)
    ) or bool(NEGATING.search(text))
