"""What of a store no longer serves, by what it says of itself: each with what has to be removed."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.dates.written import date_at, dates_in, field_name, fields_dated, recorded, stamp
from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.domain.links.guesses import broken_links
from memoryd.domain.links.names import Names
from memoryd.domain.links.pointers import is_leading
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import Item, innermost, outline
from memoryd.domain.markdown.model import BlockKind, Link, Span, WikiLink
from memoryd.domain.removal.remove import Removal, remove
from memoryd.domain.stores.filenames import is_about_files
from memoryd.domain.stores.snapshot import Snapshot

_DANGLING, _BROKEN = "P006", "L001"
_EXPIRIES = frozenset({"expires", "expires-on", "expires-at", "expiry", "valid-until", "review-by"})
_EXPIRY = re.compile(
    rb"(?:\A|(?<=[(\[{|;])|(?<=\xe2\x80\x94)|(?<=\xe2\x80\x93)|(?<= -)|(?<=--)|(?<=<!--))[ \t]*[*_`]{0,3}"
    rb"(?P<key>expires?(?:[ _-](?:on|at))?|expiry|valid[ _-]until|review[ _-]by)"
    rb"[*_`]{0,3}\s*[:=]?[*_`]{0,3}\s*(?=\d|[A-Z][a-z]{2})",
    re.IGNORECASE,
)
_CLOSING = re.compile(rb"[\s)\]}|;.,*_`]*|\s*-->")
_OPEN = re.compile(rb"(?m)^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[ \]")
_DONE = r"DONE|ERLEDIGT|FERTIG|HECHO|TERMIN[ÉE]E?|FEITO|完了|已完成|완료"
_BEGINS_DONE = re.compile(rf"(?:✅|☑️?|✔️?)?\s*[*_\[(]*(?:{_DONE})\b[*_\])]*\s*(?:[:：.!—–-]|$)".encode())
_ENDS_DONE = re.compile(
    rf"(?:[:：—–(\[]|->|→| -)\s*[*_`]*(?:✅\s*)?(?:{_DONE})(?!\w)[*_`)\]\s.!]*\Z".encode()
)
_STRUCK = re.compile(
    rb"~~(?P<text>(?:(?!~~)[^\n])+)~~[^\w\n]*(?:\((?:done|fixed|moved|obsolete)\)|done)?\W*\Z", re.IGNORECASE
)
_TASKS = re.compile(
    r"\b(?:to-?dos?|tasks?|next steps?|open (?:items|tasks|questions|points)|action items|pending|backlog"
    r"|in progress|aufgaben|offene punkte|nächste schritte|tareas|pendientes|tâches|à faire)\b|待办|タスク",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Outlived:
    """A memory that no longer serves.

    Attributes:
        document: Where it stands.
        span: What says so.
        evidence: Why it no longer serves.
        removal: What to remove; None where that is left to a person.
    """

    document: Document
    span: Span
    evidence: str
    removal: Removal | None

    def fix(self, snapshot: Snapshot) -> Fix | None:
        """How to remove it; None where it has to stay."""
        span = (self.removal and self.removal.span) or self.span
        if not snapshot.evidence.asks_for(types_of(snapshot, self.document, span)):
            return None
        removed = remove(snapshot, [self.removal]) if self.removal else None
        if self.removal is None or removed is None or not removed.changes:
            return None
        path = f"{snapshot.store.root}/{self.document.path}"
        is_whole = any(change.path == path and change.after is None for change in removed.changes)
        named = self.document.path if is_whole else what(self.document, self.removal)
        return Fix(f"remove {named}", Applicability.UNSAFE, removed.changes)


def what(document: Document, removal: Removal) -> str:
    """What a removal takes away, for a person."""
    if removal.span is None:
        return document.path
    first = document.position(removal.span.start).line
    last = first + max(document.slice(removal.span).rstrip("\r\n").count("\n"), 0)
    return f"{document.path}:{first}" + (f"–{last}" if last > first else "")


def types_of(snapshot: Snapshot, document: Document, span: Span) -> frozenset[str]:
    """The type of a document; of a part of the index file, those of the topics that it leads to."""
    kind = document.front_matter.type if document.front_matter else ""
    if kind or document is not snapshot.index:
        return frozenset(filter(None, [kind.lower()]))
    led_to = (snapshot.documents[path] for path, _ in Names(snapshot).led_to(document, span))
    return frozenset(each.front_matter.type.lower() for each in led_to if each.front_matter) - {""}


def expired(snapshot: Snapshot) -> Iterator[Outlived]:
    """What says of itself until when it holds, and that day has passed."""
    today = snapshot.evidence.today
    if today is None:
        return
    for document in snapshot.documents.values():
        passed = [(day, key) for key, day in fields_dated(document, _EXPIRIES) if day < today]
        if passed and document.front_matter:
            day, key = min(passed, key=lambda each: (_is_review(each[1]), each))
            removal = None if document is snapshot.index or _is_review(key) else Removal(document.path)
            where = _field(document, key)
            yield Outlived(document, where, _passed(key, day), removal)
        else:
            yield from _expired_parts(document, today)


def _expired_parts(document: Document, today: date) -> Iterator[Outlived]:
    source = document.source
    if not re.search(rb"(?i)expir|valid[ _-]until|review[ _-]by", source[document.body :]):
        return
    taken = document.body
    for whole, own in _parts(document):
        if whole.start < taken:
            continue  # within one that goes
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
                yield Outlived(document, where, _passed(key, found.day), removal)
                break


def _field(document: Document, key: str) -> Span:
    """The line of a key in the front matter."""
    front = document.front_matter
    block = front.span if front else Span(0, 0)
    name = key.rpartition(".")[2].encode()
    match = re.search(
        rb"(?m)^[ \t]*" + re.escape(name) + rb"[^\r\n]*", document.source[block.start : block.end]
    )
    return Span(block.start + match.start(), block.start + match.end()) if match else block


def _is_review(key: str) -> bool:
    """Whether a key asks for a look and not for an end."""
    return field_name(key.replace(" ", "-")) == "review-by"


def _holds_on(document: Document, below: Span, today: date) -> bool:
    """Whether what stands below an item has a day of its own that has not passed."""
    return any(each.day >= today for each in dates_in(document.source, below))


def _passed(key: str, day: date) -> str:
    if _is_review(key):
        return f"it was to be reviewed by {day} (`{key}`)"
    return f"it held until {day} (`{key}`)"


def _parts(document: Document) -> Iterator[tuple[Span, Span]]:
    """List items at any depth and paragraphs, in order, each with what of it is text of its own."""
    items = outline(document).items
    parts = [(each.span, each.span) for each in document.entries if each.kind is BlockKind.PARAGRAPH]
    for item, follower in zip_longest(items, items[1:]):
        end = min(item.span.end, follower.span.start) if follower else item.span.end
        parts.append((item.span, Span(item.text, end)))
    yield from sorted(parts)


def _without_code(text: bytes) -> bytes:
    """A text with its code spans blank, as long as before."""
    return re.sub(rb"(`+)(?!`).*?(?<!`)\1(?!`)", lambda match: b"`" * len(match[0]), text, flags=re.DOTALL)


def stale(snapshot: Snapshot) -> Iterator[Outlived]:
    """What was last recorded before the day that the evidence names."""
    cutoff = snapshot.evidence.cutoff
    if cutoff is None:
        return
    for topic in snapshot.topics:
        kind = types_of(snapshot, topic, Span(0, 0))
        if not snapshot.evidence.asks_for(kind) or is_about_files(topic.path):
            continue
        known = recorded(snapshot, topic, any_date=snapshot.evidence.stale_before is not None)
        if known and known.day < cutoff:
            evidence = f"last recorded on {known.day} ({known.how})"
            yield Outlived(topic, Span(topic.body, topic.body), evidence, Removal(topic.path))
    index = snapshot.index
    names = Names(snapshot)
    for entry in index.entries if index else ():
        known = stamp(index, entry.span) if index and entry.kind is BlockKind.LIST else None
        if index and known and known.day < cutoff and not any(names.led_to(index, entry.span)):
            evidence = f"last recorded on {known.day} ({known.how})"
            yield Outlived(index, _text(index, entry.span), evidence, Removal(index.path, entry.span))


def finished(snapshot: Snapshot) -> Iterator[Outlived]:
    """Tasks that are done: ticked, struck through, or marked as done."""
    for document in snapshot.documents.values():
        if not re.search(rf"\[[xX]\]|~~|{_DONE}".encode(), document.source[document.body :]):
            continue
        taken = 0
        for item in outline(document).items:
            said = _finished(document, item) if item.span.start >= taken else ""
            if said and snapshot.evidence.asks_for(types_of(snapshot, document, item.span)):
                taken = item.span.end
                removal = Removal(document.path, item.span)
                yield Outlived(document, _text(document, item.span), said, removal)


def _finished(document: Document, item: Item) -> str:
    source = document.source
    text = source[item.text : item.span.end]
    first = text.partition(b"\n")[0].strip()
    if not first or _OPEN.search(source, item.span.start, item.span.end):
        return ""
    if item.is_done:
        return "a task that is ticked off"
    if _STRUCK.fullmatch(text.strip()):
        return "struck through"
    is_marked = _BEGINS_DONE.match(first) or _ENDS_DONE.search(first)
    return "a task that is marked as done" if is_marked and _is_below_tasks(document, item) else ""


def _is_below_tasks(document: Document, item: Item) -> bool:
    """Whether the nearest heading above says that tasks follow."""
    below = bisect_right(document.headings, item.span.start, key=lambda heading: heading.span.start)
    return below > 0 and bool(_TASKS.search(document.headings[below - 1].text))


def _text(document: Document, span: Span) -> Span:
    """A part without the end of its last line."""
    return Span(span.start, span.start + len(document.source[span.start : span.end].rstrip()))


def dangling(snapshot: Snapshot) -> Iterator[Outlived]:
    """Entries of the index file that point at one file only, which exists nowhere."""
    index = snapshot.index
    if index is None:
        return
    items = None
    names = Names(snapshot)
    broken = {
        target.link.span: (target, meant) for each, target, meant in broken_links(snapshot) if each is index
    }
    all_links: list[Link | WikiLink] = [*index.links, *index.wiki_links]
    for span, (target, meant) in broken.items():
        items = outline(index).items if items is None else items
        item = innermost(items, span.start)
        if meant or item is None or not is_leading(index, target.link):
            continue
        links = [link for link in all_links if item.span.start <= link.span.start < item.span.end]
        alone = all(
            link.span in broken and broken[link.span][0].places[0] == target.places[0] for link in links
        )
        if alone and min(link.span for link in links) == span and not any(names.led_to(index, item.span)):
            is_line = index.source.count(b"\n", item.span.start, item.span.end - 1) == 0
            removal = Removal(index.path, item.span) if is_line else None
            yield Outlived(
                index, _text(index, item.span), f"its only target, {target.path}, exists nowhere", removal
            )


def told_once(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Findings without those entries that lead nowhere of which the broken link is told as well."""
    found = tuple(diagnostics)
    broken = {(each.path, each.start.line) for each in found if each.code == _BROKEN}
    yield from (
        each for each in found if each.code != _DANGLING or (each.path, each.start.line) not in broken
    )
