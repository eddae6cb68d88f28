"""Bring index and history to the state of the disk."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.adapters import files
from memoryd.adapters.history import History
from memoryd.adapters.index import Index
from memoryd.domain.changes import compare
from memoryd.domain.document import Document, Unread
from memoryd.domain.store import Store
from memoryd.errors import MemorydError


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync saw in one store.

    Attributes:
        store: The store.
        changed: How many files differ in content from what was indexed, gone ones included.
        files: How many files there are.
        unread: Files that could not be read.
        unrecorded: Why the history has not got these versions, or None where it has.
    """

    store: Store
    changed: int
    files: int
    unread: tuple[Unread, ...]
    unrecorded: str | None = None


def sync(stores: Iterable[Store], index: Index, history: History | None) -> tuple[Synced, ...]:
    """Read what has changed since the last sync; a store that cannot be listed keeps what is known of it.

    Args:
        stores: Those to look at; others are left alone.
        index: Is brought up to date.
        history: Records every version seen; None where it cannot be opened, which stops no search.
    """
    return tuple(_sync(store, index, history) for store in stores)


def _sync(store: Store, index: Index, history: History | None) -> Synced:
    scanned_at = time.time_ns()
    try:
        found = files.scan(store)
    except files.UnreadableError as error:
        return Synced(store, 0, 0, (Unread("", error.message),))
    known, known_at = index.listing(store)
    changes = compare(known, found.files, known_at)
    unlisted = tuple(each.path for each in found.unread if each.path.endswith("/"))
    gone = [path for path in changes.gone if not path.startswith(unlisted)]
    documents, unread = files.load(store, changes.stale)
    changed = 0
    unrecorded = None
    if documents or gone:
        unrecorded = _record(store, documents, gone, history) if history else None
        signed = [(found.files[document.path], document) for document in documents]
        changed = len(gone) + index.update(store, signed, gone, scanned_at_ns=scanned_at)
    return Synced(store, changed, len(found.files), (*found.unread, *unread), unrecorded)


def _record(store: Store, documents: list[Document], gone: list[str], history: History) -> str | None:
    """Record what was seen; returns why that failed, which stops no search."""
    versions: list[tuple[str, bytes | None]] = [(document.path, document.raw) for document in documents]
    versions += [(path, None) for path in gone]
    try:
        history.observe((f"{store.root}/{path}", content) for path, content in versions)
    except MemorydError as error:
        return error.message
    return None


def drop_deleted(index: Index) -> None:
    """Forget stores that were deleted; one whose whole tree is absent may only be unmounted, and stays."""
    for root in index.roots():
        if not os.path.lexists(root) and os.path.isdir(os.path.dirname(root)):
            index.drop(root)
