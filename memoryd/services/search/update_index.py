"""Bring index and history to the state of the disk."""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from memoryd.adapters.stores import contents, files
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.listing import compare, fingerprint
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError

if TYPE_CHECKING:  # who only observes needs no index
    from memoryd.adapters.history import History
    from memoryd.adapters.search.index import Index


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The result of one update of the index for one store.

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
    unread: tuple[UnreadFile, ...]
    unrecorded: str | None = None


def sync(
    stores: Iterable[Store], index: "Index", history: "History | None", *, thorough: bool = False
) -> tuple[UpdateResult, ...]:
    """Read what has changed since the last sync; a store that cannot be listed keeps what is known of it.

    Args:
        stores: Those to look at; others are left alone.
        index: Is brought up to date.
        history: Records every version seen; None where it cannot be opened, which stops no search.
        thorough: Whether the history is asked, too, even where the index knows of no change. It is told
            by itself that a directory is gone, which comes back with its files as they were; or is new.
    """
    return tuple(_sync(store, index, history, thorough=thorough) for store in stores)


def _sync(store: Store, index: "Index", history: "History | None", *, thorough: bool) -> UpdateResult:
    scanned_at = time.time_ns()
    try:
        found = contents.scan(store)
    except files.UnreadableError as error:
        return UpdateResult(store, 0, 0, (UnreadFile("", error.message),))
    is_known = index.fingerprint(store) == fingerprint(found.files) and not found.unread
    if is_known and not thorough:
        return UpdateResult(store, 0, len(found.files), ())
    known, known_at = index.listing(store)
    changes = compare(known, found.files, known_at)
    unlisted = tuple(each.path for each in found.unread if each.path.endswith("/") or not each.path)
    gone = [path for path in changes.gone if not path.startswith(unlisted)]
    stale = {*changes.stale, *(_unrecorded(store, found, history) if thorough and history else ())}
    documents, unread = contents.load(store, sorted(stale))
    # What cannot be read any more is not to be found as it was; the history keeps it.
    gone += [each.path for each in unread if each.path in known]
    if known_at and not (documents or gone):
        return UpdateResult(store, 0, len(found.files), (*found.unread, *unread))
    unrecorded = _record(store, documents, found, unlisted, history)
    left = _not_purged(store, documents, found, history)
    signed = ((found.files[document.path], document) for document in left)
    # Where the record failed, everything counts as changed the next time.
    read_at = scanned_at if unrecorded is None else 0
    changed = len(gone) + index.update(store, signed, gone, scanned_at_ns=read_at)
    return UpdateResult(store, changed, len(found.files), (*found.unread, *unread), unrecorded)


def _not_purged(
    store: Store, documents: list[Document], found: contents.Scan, history: "History | None"
) -> Iterator[Document]:
    """Documents but for those that changed since a purge began: what it took out must not come back.

    To be read within the transaction that writes them down.
    """
    purged = history is not None and history.was_purged_since(found.began)
    yield from (each for each in documents if not purged or contents.is_as(store, each.path, found))


def _unrecorded(store: Store, found: contents.Scan, history: "History") -> set[str]:
    """What is there and, as far as the history knows, is not."""
    try:
        present = history.present(store.root)
    except MemorydError:  # that stops no search, and is said once something is to be recorded
        return set()
    return found.files.keys() - {path.removeprefix(f"{store.root}/") for path in present}


def _record(
    store: Store,
    documents: list[Document],
    found: contents.Scan,
    unlisted: tuple[str, ...],
    history: "History | None",
) -> str | None:
    """Record what was seen, and what is no longer there; returns why that failed, which stops no search."""
    if history is None:
        return "the history cannot be opened"
    there = {f"{store.root}/{path}" for path in (*found.files, *(each.path for each in found.unread))}
    hidden = tuple(f"{store.root}/{path}" for path in unlisted)
    modes = {f"{store.root}/{document.path}": found.mode(document.path) for document in documents}
    try:
        gone = [path for path in history.present(store.root) if path not in there]
        left = _not_purged(store, documents, found, history)
        seen = ((f"{store.root}/{each.path}", each.raw) for each in left)
        unseen = ((path, None) for path in gone if not path.startswith(hidden))
        history.observe(store.root, chain(seen, unseen), modes)
    except MemorydError as error:
        return error.message
    return None


def observe(stores: Iterable[Store], history: "History") -> tuple[str, ...]:
    """Record what stores hold now; needs no index.

    Returns:
        One sentence for each store that could not be recorded, and why.
    """
    problems = []
    for store in stores:
        try:
            found = contents.scan(store)
        except files.UnreadableError as error:
            problems.append(error.message)
            continue
        documents, _ = contents.load(store, found.files)
        unlisted = tuple(each.path for each in found.unread if each.path.endswith("/") or not each.path)
        problem = _record(store, documents, found, unlisted, history)
        problems += [f"{store.root} is not recorded: {problem}"] * (problem is not None)
    return tuple(problems)


def drop_deleted(index: "Index", history: "History | None") -> None:
    """Forget stores that were deleted; one whose whole tree is absent may only be unmounted, and stays.

    The history keeps all of them, and records that they are gone.
    """
    for root in index.roots():
        if _is_deleted(root):
            if history:
                observe_deleted([root], history)
            index.drop(root)


def observe_deleted(roots: Iterable[str], history: "History") -> None:
    """Record that stores are gone, of those that were deleted."""
    for root in roots:
        if _is_deleted(root):
            history.observe(root, [(path, None) for path in history.present(root)])


def _is_deleted(root: str) -> bool:
    try:
        os.lstat(root)
    except (FileNotFoundError, NotADirectoryError):
        return os.path.isdir(os.path.dirname(root))
    except OSError:  # not permitted any more, say: then it may well be there
        return False
    return False
