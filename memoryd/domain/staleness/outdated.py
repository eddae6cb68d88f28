"""Outdated memory: its span, evidence and removal."""

from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.domain.git.evidence import SPARED
from memoryd.domain.links.names import names_of
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.removal.remove import Removal, remove
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class OutdatedMemory:
    """A memory that is out of date.

    Attributes:
        document: Its file.
        span: The text that shows it.
        evidence: The reason, as a clause.
        removal: The part to remove; None if a person must decide.
    """

    document: Document
    span: Span
    evidence: str
    removal: Removal | None

    def fix(self, snapshot: Snapshot, types: frozenset[str]) -> Fix | None:
        """Return the fix that removes it; None if it has to stay.

        Args:
            snapshot: The store.
            types: The requested types of memory.
        """
        span = (self.removal and self.removal.span) or self.span
        if not asks_for(types, types_of(snapshot, self.document, span)):
            return None
        removed = remove(snapshot, [self.removal]) if self.removal else None
        if self.removal is None or removed is None or not removed.changes:
            return None
        path = f"{snapshot.store.root}/{self.document.path}"
        is_whole = any(change.path == path and change.after is None for change in removed.changes)
        named = self.document.path if is_whole else place_of(self.document, self.removal)
        return Fix(f"remove {named}", Applicability.UNSAFE, removed.changes)


def place_of(document: Document, removal: Removal) -> str:
    """Return the place of a removal, for a person."""
    if removal.span is None:
        return document.path
    first = document.position(removal.span.start).line
    last = first + max(document.slice(removal.span).rstrip("\r\n").count("\n"), 0)
    return f"{document.path}:{first}" + (f"–{last}" if last > first else "")


def types_of(snapshot: Snapshot, document: Document, span: Span) -> frozenset[str]:
    """Return the type of a document; for a part of the index file, those of the topics that it links to."""
    kind = document.front_matter.type if document.front_matter else ""
    if kind or document is not snapshot.index:
        return frozenset(filter(None, [kind.lower()]))
    if not _has_types(snapshot):
        return frozenset()
    led_to = (snapshot.documents[path] for path, _ in names_of(snapshot).led_to(document, span))
    return frozenset(each.front_matter.type.lower() for each in led_to if each.front_matter) - {""}


@keep_last(4)
def _has_types(snapshot: Snapshot) -> bool:
    """Return whether any document of a store has a type: the topics of most entries have none."""
    return any(each.front_matter and each.front_matter.type for each in snapshot.documents.values())


def asks_for(wanted: frozenset[str], types: frozenset[str]) -> bool:
    """Return whether memory of some types may be proposed for removal.

    Args:
        wanted: The requested types; none for all except the `SPARED`.
        types: The types of the memory; none if it has no type.
    """
    return not types.isdisjoint(wanted) if wanted else types.isdisjoint(SPARED)


def without_line_end(document: Document, span: Span) -> Span:
    """Return a part without the end of its last line."""
    return Span(span.start, span.start + len(document.source[span.start : span.end].rstrip()))
