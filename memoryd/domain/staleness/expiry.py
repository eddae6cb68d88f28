"""Expiry dates that have passed (P001) or are unreadable (F015)."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any

from memoryd.domain.dates.expiry import ExpiryReading, day_at, is_expiry, is_review, read_expiry
from memoryd.domain.dates.written import dates_in, own_date
from memoryd.domain.markdown.document import Document, kept
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.markdown.positions import byte_span
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.expiry_words import EXPIRY_WORDS, HINTS, MENTIONS, UNTIL, is_history
from memoryd.domain.staleness.outdated import OutdatedMemory
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import parts_in
from memoryd.values import dataclass, regex

_CLOSING = regex(r"[\s)\]}|;.,*_`]*|\s*-->")
_ENDS = regex(r"[*_`]{0,3}\s*(?:\Z|[)\]}|;,.!。、，；）」]|-->|[—–]|- |\n)")
_DATED = regex(r"20\d\d|\d[/.-]\d\d(?!\d)")  # a year, in most forms of a date
_FIGURES = regex(r"\d\d")  # in every form of a date
_TIME = regex(r"[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?")
_CODE = regex(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_MUST_END = frozenset(
    {",", ".", "，", "。", "、"}
)  # signs before words that may as well continue the sentence


@dataclass(frozen=True, slots=True)
class _Mention:
    """Words about an expiry in a text: their offsets with the date, the words, and the date."""

    start: int
    end: int
    key: str
    reading: ExpiryReading


@dataclass(frozen=True, slots=True)
class _Expiry:
    """The expiry of a part of a document: the part, its own text without nested items, and the words."""

    whole: Span
    own: Span
    where: Span
    key: str
    reading: ExpiryReading


def expired(snapshot: Snapshot, today: date | None) -> Iterator[OutdatedMemory]:
    """Yield memory with an expiry date of its own that has passed."""
    if today is None:
        return
    for document in snapshot.documents.values():
        passed = [
            (reading.day, key) for key, _, reading in _fields(document) if reading.day and reading.day < today
        ]
        if passed and document.front_matter:
            day, key = min(passed, key=lambda each: (is_review(each[1]), each))
            removal = None if document is snapshot.index or is_review(key) else Removal(document.path)
            yield OutdatedMemory(document, _key_line(document, key), _passed(key, day), removal)
        else:
            yield from _expired_parts(document, today)


def has_expiry(snapshot: Snapshot) -> bool:
    """Return whether memory in a store expires, so that the day matters."""
    return any(
        reading.day
        for document in snapshot.documents.values()
        for reading in (
            *(each for _, _, each in _fields(document)),
            *(each.reading for each in _expiries(document)),
        )
    )


def unreadable_dates(document: Document) -> Iterator[tuple[Span, str]]:
    """Yield the expiry and review dates of a document that are not dates, with a message for each."""
    for key, value, reading in _fields(document):
        is_name = is_review(key) and not re.search(r"\d", value)  # who is to review
        if reading.problem and not is_name:
            yield _key_line(document, key), _unreadable(key, reading)
    for each in _expiries(document):
        if each.reading.problem:
            yield each.where, _unreadable(each.key, each.reading)


def _unreadable(key: str, reading: ExpiryReading) -> str:
    effect = "its review is never due" if is_review(key) else "it never expires"
    return f"`{key}` {reading.problem}, so {effect}: write a date such as 2026-01-31"


def _fields(document: Document) -> Iterator[tuple[str, str, ExpiryReading]]:
    """Yield the expiry and review keys of front matter, with value and reading."""
    fields = document.front_matter.fields if document.front_matter else {}
    for key, value in fields.items():
        if is_expiry(key) and value not in {"{…}", "[…]"}:
            yield key, value, read_expiry(value, own_date(document))


def _key_line(document: Document, key: str) -> Span:
    front_matter = document.front_matter
    where = front_matter and (front_matter.key_span(key) or front_matter.span)
    return Span(document.line_at(where.start).start, where.end) if where else Span(0, 0)


def _expired_parts(document: Document, today: date) -> Iterator[OutdatedMemory]:
    taken = document.body
    for each in _expiries(document):
        if each.whole.start < taken or each.reading.day is None or each.reading.day >= today:
            continue  # valid, or within one that is removed
        taken = each.whole.end
        is_kept = is_review(each.key) or _is_valid_below(document, Span(each.own.end, each.whole.end), today)
        removal = None if is_kept else Removal(document.path, each.whole)
        yield OutdatedMemory(document, each.where, _passed(each.key, each.reading.day), removal)


def _packed(found: tuple[_Expiry, ...]) -> list[object]:
    return [
        (each.whole, each.own, each.where, each.key, str(day or ""), size, problem)
        for each in found
        for day, size, problem in [(each.reading.day, each.reading.size, each.reading.problem)]
    ]


def _unpacked(_: Document, packed: list[Any]) -> tuple[_Expiry, ...]:
    return tuple(
        _Expiry(
            Span(*whole),
            Span(*own),
            Span(*where),
            key,
            ExpiryReading(date.fromisoformat(day) if day else None, size, problem),
        )
        for whole, own, where, key, day, size, problem in packed
    )


@kept("expiries", _packed, _unpacked)
def _expiries(document: Document) -> tuple[_Expiry, ...]:
    """Return the words about expiry in the entries of a document."""
    return tuple(_read_expiries(document))


def _read_expiries(document: Document) -> Iterator[_Expiry]:
    hints = parts_in(document.text, HINTS) if _has_date(document) else ()
    if not hints:
        return
    for whole, own in _parts(document):
        source = document.slice(own)
        if not _FIGURES.search(source):
            continue
        text = _CODE.sub(lambda match: "`" * len(match[0]), source) if "`" in source else source
        for each in _mentions(text) if any(map(text.lower().__contains__, hints)) else ():
            closing = _CLOSING.match(text, each.end)
            rest = text[: each.start] + text[closing.end() if closing else each.end :]
            if re.search(r"\w", rest):  # else nothing says what expires
                where = byte_span(source, each.start, each.end, own.start)
                yield _Expiry(whole, own, where, each.key, each.reading)
                break


def _has_date(document: Document) -> bool:
    source = document.source
    is_possible = not source.isascii() or len(source.translate(None, b"0123456789")) < len(source)
    return is_possible and bool(_DATED.search(document.text))


def _mentions(text: str) -> Iterator[_Mention]:
    for match in EXPIRY_WORDS.finditer(text):
        is_key = bool(match["colon"]) or "_" in match["key"]
        may_go_on = (match["sign"] or "").strip() in _MUST_END
        if is_key or (match["sign"] is not None and (not may_go_on or _is_at_end(text, match.end()))):
            yield from _before_date(text, match)
    for match in UNTIL.finditer(text):
        if _is_at_end(text, match.end()) and not is_history(text, match.start(), match.end()):
            yield from _before_date(text, match)
    for match in MENTIONS.finditer(text):
        reading = day_at(text[match.start() :])
        if reading.size:
            yield _Mention(match.start(), match.end(), match["key"], reading)


def _before_date(text: str, words: re.Match[str]) -> Iterator[_Mention]:
    reading = day_at(text[words.end() :])
    if reading.size:
        yield _Mention(words.start("key"), words.end() + reading.size, words["key"], reading)


def _is_at_end(text: str, at: int) -> bool:
    """Return whether the date at an offset ends its clause."""
    size = day_at(text[at:]).size
    time = _TIME.match(text, at + size)
    return bool(size) and bool(_ENDS.match(text, time.end() if time else at + size))


def _is_valid_below(document: Document, below: Span, today: date) -> bool:
    """Return whether the text below an item has a date that has not passed."""
    return any(each.day >= today for each in dates_in(document.source, below))


def _passed(key: str, day: date) -> str:
    if is_review(key):
        return f"it was due for review on {day} (`{key}`)"
    return f"it expired on {day} (`{key}`)"


def _parts(document: Document) -> Iterator[tuple[Span, Span]]:
    """Yield list items at any depth, paragraphs and rows of tables, in order, each with its own text."""
    items = outline(document).items
    parts = [(each.span, each.span) for each in document.entries if each.kind is BlockKind.PARAGRAPH]
    for block in document.blocks:
        if block.kind is BlockKind.TABLE:
            parts += ((row, row) for row in _rows(document, block.span))
    for item, follower in zip_longest(items, items[1:]):
        end = min(item.span.end, follower.span.start) if follower else item.span.end
        parts.append((item.span, Span(item.text, end)))
    yield from sorted(parts)


def _rows(document: Document, table: Span) -> Iterator[Span]:
    start = table.start
    while start < table.end:
        line = document.line_at(start)
        end = document.source.find(b"\n", line.start, table.end) + 1 or table.end
        yield Span(line.start, end)
        start = end
