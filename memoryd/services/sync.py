"""Bring index and history to the state of the disk."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

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
    if known_at and not (documents or gone):
        return Synced(store, 0, len(found.files), (*found.unread, *unread))
    unrecorded = _record(store, documents, found, unlisted, history)
    there_still = (each for each in documents if files.is_as(store, each.path, found))
    signed = ((found.files[document.path], document) for document in there_still)
    # Where the record failed, everything counts as changed the next time.
    read_at = scanned_at if unrecorded is None else 0
    changed = len(gone) + index.update(store, signed, gone, scanned_at_ns=read_at)
    return Synced(store, changed, len(found.files), (*found.unread, *unread), unrecorded)


def _record(
    store: Store,
    documents: list[Document],
    found: files.Scan,
    unlisted: tuple[str, ...],
    history: History | None,
) -> str | None:
    """Record what was seen, and what is no longer there; returns why that failed, which stops no search."""
    if history is None:
        return "the history cannot be opened"
    there = {f"{store.root}/{path}" for path in (*found.files, *(each.path for each in found.unread))}
    hidden = tuple(f"{store.root}/{path}" for path in unlisted)
    modes = {f"{store.root}/{path}": mode for path, mode in found.modes.items()}
    try:
        gone = [path for path in history.present(store.root) if path not in there]
        # Looked at within the transaction: what a purge took out meanwhile must not come back.
        there_still = (each for each in documents if files.is_as(store, each.path, found))
        seen = ((f"{store.root}/{each.path}", each.raw) for each in there_still)
        unseen = ((path, None) for path in gone if not path.startswith(hidden))
        history.observe(store.root, chain(seen, unseen), modes)
    except MemorydError as error:
        return error.message
    return None


def observe(stores: Iterable[Store], history: History) -> tuple[str, ...]:
    """Record what stores hold now; needs no index.

    Returns:
        One sentence for each store that could not be recorded, and why.
    """
    problems = []
    for store in stores:
        try:
            found = files.scan(store)
        except files.UnreadableError as error:
            problems.append(error.message)
            continue
        documents, _ = files.load(store, found.files)
        unlisted = tuple(each.path for each in found.unread if each.path.endswith("/"))
        problem = _record(store, documents, found, unlisted, history)
        problems += [f"{store.root} is not recorded: {problem}"] * (problem is not None)
    return tuple(problems)


def drop_deleted(index: Index, history: History | None) -> None:
    """Forget stores that were deleted; one whose whole tree is absent may only be unmounted, and stays.

    The history keeps all of them, and records that they are gone.
    """
    for root in index.roots():
        if _is_deleted(root):
            if history:
                observe_deleted([root], history)
            index.drop(root)


def observe_deleted(roots: Iterable[str], history: History) -> None:
    """Record that stores are gone, of those that were deleted."""
    for root in roots:
        if _is_deleted(root):
            history.observe(root, [(path, None) for path in history.present(root)])


def _is_deleted(root: str) -> bool:
    return not os.path.lexists(root) and os.path.isdir(os.path.dirname(root))
