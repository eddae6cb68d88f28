"""Memory whose own expiry date has passed (P001)."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from memoryd.domain.dates.written import date_at, dates_in, field_name, fields_dated
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.outdated import OutdatedMemory
from memoryd.domain.stores.snapshot import Snapshot

_EXPIRIES = frozenset({"expires", "expires-on", "expires-at", "expiry", "valid-until", "review-by"})
_EXPIRY = re.compile(
    rb"(?:\A|(?<=[(\[{|;])|(?<=\xe2\x80\x94)|(?<=\xe2\x80\x93)|(?<= -)|(?<=--)|(?<=<!--))[ \t]*[*_`]{0,3}"
    rb"(?P<key>expires?(?:[ _-](?:on|at))?|expiry|valid[ _-]until|review[ _-]by)"
    rb"[*_`]{0,3}\s*[:=]?[*_`]{0,3}\s*(?=\d|[A-Z][a-z]{2})",
    re.IGNORECASE,
)
_CLOSING = re.compile(rb"[\s)\]}|;.,*_`]*|\s*-->")


def expired(snapshot: Snapshot, today: date | None) -> Iterator[OutdatedMemory]:
    """Yield memory with an expiry date of its own that has passed."""
    if today is None:
        return
    for document in snapshot.documents.values():
        passed = [(day, key) for key, day in fields_dated(document, _EXPIRIES) if day < today]
        if passed and document.front_matter:
            day, key = min(passed, key=lambda each: (_is_review(each[1]), each))
            removal = None if document is snapshot.index or _is_review(key) else Removal(document.path)
            where = document.front_matter.key_span(key) or document.front_matter.span
            where = Span(document.line_at(where.start).start, where.end)  # from the start of the line
            yield OutdatedMemory(document, where, _passed(key, day), removal)
        else:
            yield from _expired_parts(document, today)


def _expired_parts(document: Document, today: date) -> Iterator[OutdatedMemory]:
    source = document.source
    if not re.search(rb"(?i)expir|valid[ _-]until|review[ _-]by", source[document.body :]):
        return
    taken = document.body
    for whole, own in _parts(document):
        if whole.start < taken:
            continue  # within one that is removed
        text = _without_code(source[own.start : own.end])
        for match in _EXPIRY.finditer(text):
            found = date_at(text, match.end())
            closing = _CLOSING.match(text, found.span.end) if found else None
            rest = text[: match.start()] + text[closing.end() if closing else match.end() :]
            if found and found.day < today and re.search(r"\w", rest.decode(errors="ignore")):
                taken = whole.end
                where = Span(own.start + match.start("key"), own.start + found.span.end)
                key = match["key"].decode()
                keeps = _is_review(key) or _holds_on(document, Span(own.end, whole.end), today)
                removal = None if keeps else Removal(document.path, whole)
                yield OutdatedMemory(document, where, _passed(key, found.day), removal)
                break


def _is_review(key: str) -> bool:
    """Return whether a key asks for a review and not for removal."""
    return field_name(key.replace(" ", "-")) == "review-by"


def _holds_on(document: Document, below: Span, today: date) -> bool:
    """Return whether the text below an item has a date that has not passed."""
    return any(each.day >= today for each in dates_in(document.source, below))


def _passed(key: str, day: date) -> str:
    if _is_review(key):
        return f"it was due for review on {day} (`{key}`)"
    return f"it expired on {day} (`{key}`)"


def _parts(document: Document) -> Iterator[tuple[Span, Span]]:
    """Yield list items at any depth and paragraphs, in order, each with the span of its own text."""
    items = outline(document).items
    parts = [(each.span, each.span) for each in document.entries if each.kind is BlockKind.PARAGRAPH]
    for item, follower in zip_longest(items, items[1:]):
        end = min(item.span.end, follower.span.start) if follower else item.span.end
        parts.append((item.span, Span(item.text, end)))
    yield from sorted(parts)


def _without_code(text: bytes) -> bytes:
    """Return a text with its code spans blanked out, of the same length."""
    return re.sub(rb"(`+)(?!`).*?(?<!`)\1(?!`)", lambda match: b"`" * len(match[0]), text, flags=re.DOTALL)
