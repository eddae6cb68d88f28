"""Removal of entries and files, with the links to them."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from memoryd.domain.edits.combine import with_changes
from memoryd.domain.edits.plan import FileChange, file_change
from memoryd.domain.links.names import names_of, reachable
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import Link, Span, WikiLink
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.removal.cut import Replacement, cut, is_emptied
from memoryd.domain.removal.unlink import UnlinkPlan, unlink
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import dataclass

_CAREFUL = 30  # rounds that give up one removal at a time, since the others may be harmless
_ROUNDS = 200  # each gives up at least one more removal


@dataclass(frozen=True, slots=True)
class Removal:
    """Lines of a document to remove, or, without a span, a whole topic file."""

    path: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class RemovalResult:
    """The result of a removal.

    Attributes:
        changes: One per file, sorted by path.
        kept: Removals that are not possible, with the reason as the end of a sentence.
    """

    changes: tuple[FileChange, ...]
    kept: Mapping[Removal, str] = field(default_factory=dict)


def remove(snapshot: Snapshot, removals: Iterable[Removal]) -> RemovalResult:
    """Plan the removal of parts of a store.

    The removal of a topic file also removes the list items and table rows that are about nothing else;
    other links to it become plain text. A topic file is removed when nothing is left in it. An entry
    stays if another file is reachable only through it.
    """
    wanted = list(dict.fromkeys(removals))
    pins = {path: pinned(snapshot.documents[path]) for path in dict.fromkeys(each.path for each in wanted)}
    forbidden = {each: reason for each in wanted if (reason := _forbidden(snapshot, each, pins[each.path]))}
    kept = dict(forbidden)
    before = {*reachable(snapshot), snapshot.store.profile.index_name}
    for tried in range(_ROUNDS):
        changes, blamed = _tried(snapshot, [each for each in wanted if each not in kept], before)
        if not blamed:
            break
        kept |= dict(list(blamed.items())[:1]) if tried < _CAREFUL else blamed
    else:
        reason = "too many files are reachable only through it"
        return RemovalResult((), {each: kept.get(each, reason) for each in wanted})
    for each in [each for each in kept if each not in forbidden][:_CAREFUL]:  # kept because of another one?
        more, blamed = _tried(snapshot, [one for one in wanted if one not in kept or one == each], before)
        if not blamed:
            changes = more
            del kept[each]
    return RemovalResult(changes, kept)


def without_files(snapshot: Snapshot, paths: Iterable[str]) -> tuple[FileChange, ...]:
    """Return the changes that remove topic files and the links to them, even if others become unreachable."""
    return _Attempt(snapshot, [Removal(path) for path in paths]).changes()


def _tried(
    snapshot: Snapshot, removals: list[Removal], before: set[str]
) -> tuple[tuple[FileChange, ...], dict[Removal, str]]:
    """Return the changes of all removals, and the removals that make them impossible."""
    attempt = _Attempt(snapshot, removals)
    changes = attempt.changes()
    after = with_changes(snapshot, {each.path: each for each in changes})
    lost = before - reachable(after).keys() - attempt.gone - {snapshot.store.profile.index_name}
    return changes, attempt.failed or attempt.blamed(lost, before)


def _forbidden(snapshot: Snapshot, removal: Removal, pins: tuple[Span, ...]) -> str:
    document = snapshot.documents[removal.path]
    if document.undecodable is not None:
        return "its file is not UTF-8"
    if removal.span is None and document is snapshot.index:
        return "it is the index file"
    span = removal.span or Span(0, len(document.source))
    return "it is pinned" if touches(span, pins) else ""


class _Attempt:
    """The changes of one set of removals."""

    def __init__(self, snapshot: Snapshot, removals: list[Removal]) -> None:
        self._snapshot = snapshot
        self._removals = removals
        self._names = names_of(snapshot)
        self.failed: dict[Removal, str] = {}
        self.gone = {each.path for each in removals if each.span is None}
        self._spans: dict[str, list[Replacement]] = {}
        for each in removals:
            if each.span and each.path not in self.gone:
                self._spans.setdefault(each.path, []).append(Replacement(each.span))
        self._touched = self._plan_unlinking()
        while emptied := {path for path in self._touched if self._is_emptied(path)}:
            self.gone |= emptied
            self._touched = self._plan_unlinking()  # more links are broken now

    def changes(self) -> tuple[FileChange, ...]:
        """Return one change per file, sorted by path."""
        found = []
        for path, document in self._snapshot.documents.items():
            if path in self.gone:
                found.append(file_change(self._snapshot, path, None))
            elif unlinking := self._touched.get(path):
                after = cut(document, unlinking.replacements)
                if unlinking.stays:
                    self._blame(document, unlinking.stays)
                self._judge(document, after)
                if after != document.raw:
                    found.append(file_change(self._snapshot, path, after))
        return tuple(found)

    def blamed(self, lost: set[str], reached: set[str]) -> dict[Removal, str]:
        """Return the removals that make topics unreachable: if several lead to one, the last is kept.

        Args:
            lost: The topics that would become unreachable.
            reached: The reachable documents of today, the index file included.
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
        reason = f"{min(lost, default='')} is reachable only through it"
        return found or dict.fromkeys(self._removals if lost else (), reason)

    def _plan_unlinking(self) -> dict[str, UnlinkPlan]:
        """Return what to remove from each document that stays, by path, if anything."""
        found = {}
        for path, document in self._snapshot.documents.items():
            if path in self.gone or not (self.gone or path in self._spans):
                continue
            unlinking = unlink(self._snapshot, self._names, document, self.gone)
            replacements = (*self._spans.get(path, ()), *unlinking.replacements)
            if replacements or unlinking.stays:
                found[path] = UnlinkPlan(replacements, unlinking.stays)
        return found

    def _is_emptied(self, path: str) -> bool:
        """Return whether a topic file has nothing left after the removals."""
        document = self._snapshot.documents[path]
        going = [each.span for each in self._touched[path].replacements if not each.text]
        return bool(going) and document is not self._snapshot.index and is_emptied(document, going)

    def _judge(self, document: Document, after: bytes) -> None:
        """Keep lines whose removal would change the meaning of the rest."""
        changed = parse(document.path, after)
        links: list[Link | WikiLink] = [*changed.links, *changed.wiki_links]
        dead = any(path in self.gone for link in links for path in self._names.answering(changed, link))
        if dead or changed.body != document.body:
            self._blame(document, "cannot be removed without changing the meaning of")

    def _blame(self, document: Document, reason: str) -> None:
        """Keep the removals that change a document."""
        for removal in self._removals:
            if removal.path == document.path or removal.path in self.gone:
                self.failed.setdefault(removal, f"it {reason} {document.path}")
