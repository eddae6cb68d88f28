"""Removing memory: entries and whole topic files, with what leads to them, and nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from memoryd.domain.cutting import Replacement, cut, is_emptied
from memoryd.domain.document import BlockKind, Document, Link, Snapshot, Span, WikiLink
from memoryd.domain.edits import FileChange
from memoryd.domain.fixes import with_changes
from memoryd.domain.items import Item, innermost, outline
from memoryd.domain.links import Names, WikiNames, absolute, file_paths, reachable
from memoryd.domain.markdown import parse
from memoryd.domain.pins import pinned, touches

_LEAD = re.compile(rb"[*_~`\s]*")
_TABLE_HEAD = 2  # lines
_CAREFUL = 30  # rounds in which one removal is given up at a time: the others may be innocent
_ROUNDS = 200  # each keeps one removal at least that the one before wanted


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to go: whole lines of a document, or, without a span, all of a topic file."""

    path: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """What removing comes to.

    Attributes:
        changes: One for each file, sorted by path.
        kept: What has to stay, and why: the rest of a sentence.
    """

    changes: tuple[FileChange, ...]
    kept: Mapping[Removal, str] = field(default_factory=dict)


def remove(snapshot: Snapshot, removals: Iterable[Removal]) -> Removed:
    """Remove parts of a store.

    With a topic file go the lines of lists and tables that are about nothing else; of other links to it
    their text stays. A topic of which nothing is left goes too. Nothing goes without which another topic
    could no longer be reached from the index file.
    """
    wanted = list(dict.fromkeys(removals))
    forbidden = {each: reason for each in wanted if (reason := _forbidden(snapshot, each))}
    kept = dict(forbidden)
    before = {*reachable(snapshot), snapshot.store.profile.index_name}
    for tried in range(_ROUNDS):
        changes, blamed = _tried(snapshot, [each for each in wanted if each not in kept], before)
        if not blamed:
            break
        kept |= dict(list(blamed.items())[:1]) if tried < _CAREFUL else blamed
    else:
        return Removed((), {each: kept.get(each, "too much hangs on it") for each in wanted})
    for each in [each for each in kept if each not in forbidden][:_CAREFUL]:  # given up for another one?
        more, blamed = _tried(snapshot, [one for one in wanted if one not in kept or one == each], before)
        if not blamed:
            changes = more
            del kept[each]
    return Removed(changes, kept)


def _tried(
    snapshot: Snapshot, removals: list[Removal], before: set[str]
) -> tuple[tuple[FileChange, ...], dict[Removal, str]]:
    """The changes that removing comes to, and which removals make them impossible."""
    attempt = _Attempt(snapshot, removals)
    changes = attempt.changes()
    after = with_changes(snapshot, {change.path: change for change in changes})
    lost = before - reachable(after).keys() - attempt.gone - {snapshot.store.profile.index_name}
    return changes, attempt.failed or attempt.blamed(lost, before)


def _forbidden(snapshot: Snapshot, removal: Removal) -> str:
    document = snapshot.documents[removal.path]
    if document.undecodable is not None:
        return "its file is not UTF-8"
    if removal.span is None and document is snapshot.index:
        return "it is the index file"
    span = removal.span or Span(0, len(document.source))
    return "it is pinned" if touches(span, pinned(document)) else ""


class _Attempt:
    """One way to remove all of some removals."""

    def __init__(self, snapshot: Snapshot, removals: list[Removal]) -> None:
        self._snapshot = snapshot
        self._removals = removals
        self._names = Names(snapshot)
        self._wiki_names = WikiNames(snapshot.documents)
        self.failed: dict[Removal, str] = {}
        self._spans: dict[str, list[Span]] = {}
        self.gone = {each.path for each in removals if each.span is None}
        for each in removals:
            if each.span and each.path not in self.gone:
                self._spans.setdefault(each.path, []).append(each.span)
        for path, spans in self._spans.items():
            document = snapshot.documents[path]
            if document is not snapshot.index and is_emptied(document, spans):
                self.gone.add(path)

    def changes(self) -> tuple[FileChange, ...]:
        """One for each file, sorted by path."""
        root = self._snapshot.store.root
        found = []
        for path, document in self._snapshot.documents.items():
            if path in self.gone:
                found.append(FileChange(root, f"{root}/{path}", document.raw, None))
                continue
            replacements = [Replacement(span) for span in self._spans.get(path, ())]
            if self.gone:
                replacements += self._unlinked(document)
            if replacements:
                after = cut(document, replacements)
                self._judge(document, after)
                found.append(FileChange(root, f"{root}/{path}", document.raw, after))
        return tuple(found)

    def blamed(self, lost: set[str], reached: set[str]) -> dict[Removal, str]:
        """Which removals take topics out of reach: of several that lead to one, the last is kept.

        Args:
            lost: What would be out of reach.
            reached: What is in reach now, the index file included.
        """
        found: dict[Removal, str] = {}
        left = set(lost)
        for removal in reversed(self._removals if lost else []):
            document = self._snapshot.documents[removal.path]
            span = removal.span or Span(0, len(document.source))
            led_to = {path for path, _ in self._names.led_to(document, span)} - {removal.path}
            if removal.path in reached and (only := sorted(left & led_to)):
                found[removal] = f"nothing else leads to {only[0]}"
                left -= led_to
        return found or dict.fromkeys(self._removals if lost else (), f"{min(lost, default='')} hangs on it")

    def _judge(self, document: Document, after: bytes) -> None:
        """Keep what cannot be taken out without turning the rest into something else."""
        changed = parse(document.path, after)
        links: list[Link | WikiLink] = [*changed.links, *changed.wiki_links]
        sound = changed.body == document.body and not any(
            path in self.gone for link in links for path in self._leads_to(changed, link)
        )
        if not sound:
            self._blame(document, "cannot go without changing how to read")

    def _blame(self, document: Document, reason: str) -> None:
        """Keep what changes a document."""
        for removal in self._removals:
            if removal.path == document.path or removal.path in self.gone:
                self.failed[removal] = f"it {reason} {document.path}"

    def _leads_to(self, document: Document, link: Link | WikiLink) -> tuple[str, ...]:
        """Paths of the documents of the store that a link leads to."""
        if isinstance(link, WikiLink):
            return self._wiki_names.targets(link.name)
        root = self._snapshot.store.root
        places = (absolute(root, document.path, path) for path in file_paths(link.destination))
        relative = (place.removeprefix(f"{root}/") for place in places)
        return tuple(path for path in relative if path in self._snapshot.documents)[:1]

    def _unlinked(self, document: Document) -> Iterator[Replacement]:
        """What has to be done to a document that leads to a topic that goes."""
        links: list[Link | WikiLink] = [*document.links, *document.wiki_links]
        dead = [link for link in links if not self.gone.isdisjoint(self._leads_to(document, link))]
        spots = [link.span for link in dead] + list(self._mentions(document))
        items = outline(document).items if spots else ()
        lines = []
        for spot in spots:
            line = self._item(document, items, spot) or self._row(document, spot)
            leads = {path for path, _ in self._names.led_to(document, line)} if line else set()
            if line and leads and leads <= self.gone | {document.path}:
                lines.append(line)
        yield from (Replacement(line) for line in lines)
        for link in dead:
            if touches(link.span, tuple(lines)):
                continue
            if document.source.startswith(b"[", link.span.start):
                yield Replacement(link.span, _text_of(document, link))
            else:
                self._blame(document, "is linked in HTML, or as a picture, in")

    def _mentions(self, document: Document) -> Iterator[Span]:
        """Where the file names of topics that go stand in the index file."""
        if document is not self._snapshot.index:
            return
        for path in self.gone:
            name = path.rpartition("/")[2].encode()
            for match in re.finditer(rb"(?<![\w.-])" + re.escape(name) + rb"(?!\w)", document.source):
                yield Span(match.start(), match.end())

    @staticmethod
    def _item(document: Document, items: tuple[Item, ...], spot: Span) -> Span | None:
        """The list item that begins with what stands at a spot."""
        item = innermost(items, spot.start)
        if item is None or not item.text <= spot.start:
            return None
        return item.span if _LEAD.fullmatch(document.source, item.text, spot.start) else None

    @staticmethod
    def _row(document: Document, spot: Span) -> Span | None:
        """The line of a table that holds a spot, but for its head."""
        source = document.source
        for block in document.blocks:
            if block.kind is BlockKind.TABLE and block.span.start <= spot.start < block.span.end:
                start = source.rfind(b"\n", 0, spot.start) + 1
                end = source.find(b"\n", spot.end) + 1 or len(source)
                head = source.count(b"\n", block.span.start, start) < _TABLE_HEAD
                return None if head else Span(start, end)
        return None


def _text_of(document: Document, link: Link | WikiLink) -> bytes:
    """What stays of a link to nowhere."""
    if isinstance(link, WikiLink):
        shown = document.slice(link.span)[2:-2].partition("|")[2].strip() or link.name
        return shown.encode()
    whole = document.source[link.span.start : link.span.end]
    text = whole[1 : max(whole.rfind(b"]("), whole.rfind(b"][")) if not whole.endswith(b"[]") else -3]
    return text if text.strip() else link.destination.encode()
