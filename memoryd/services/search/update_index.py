"""Updates of index and history from the disk."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from memoryd import beneath
from memoryd.adapters.git.moves import move_that_wrote, moves_of_head
from memoryd.adapters.stores import contents, files
from memoryd.domain.history.versions import GIT
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.listing import compare, fingerprint
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.values import dataclass

if TYPE_CHECKING:  # to observe stores needs no index
    from memoryd.adapters.history import History
    from memoryd.adapters.history.records import SeenFile
    from memoryd.adapters.search.index import Index


_PORTION = 500  # changed files that are written in one transaction, which keeps other processes waiting


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The result of one update of the index for one store.

    Attributes:
        store: The store.
        changed: How many files differ from the index, deleted ones included.
        files: How many files there are.
        unread: Files that could not be read.
        unrecorded: Why the history does not have these versions, or None if it has.
    """

    store: Store
    changed: int
    files: int
    unread: tuple[UnreadFile, ...]
    unrecorded: str | None = None


def sync(
    stores: Sequence[Store],
    index: "Index",
    history: "History | None",
    *,
    thorough: bool = False,
    follow: Callable[[Sequence[Store]], Iterable[Store]] = iter,
) -> tuple[UpdateResult, ...]:
    """Read what has changed since the last update; a store that cannot be listed keeps its entries.

    Args:
        stores: The stores to update.
        index: The index to update.
        history: Records every version seen; None if it cannot be opened, which does not stop a search.
        thorough: Ask the history even if the index has no change: the history may know of a deletion that
            the index does not, if a directory was deleted and came back, or the index is new.
        follow: Yields the stores, and sees which are finished.
    """
    results: dict[int, UpdateResult] = {}
    waiting: dict[int, _Change] = {}
    with beneath.Siblings() as siblings:
        known = {} if thorough else index.fingerprints(stores)
        request = _Request(index, history, known, siblings.open_directory, thorough)
        for number, store in enumerate(follow(stores)):
            seen = _look(store, request)
            if isinstance(seen, UpdateResult):
                results[number] = seen
                continue
            waiting[number] = seen
            if sum(len(each.documents) for each in waiting.values()) >= _PORTION:
                results |= zip(waiting, _write(waiting.values(), index, history), strict=True)
                waiting = {}
    results |= zip(waiting, _write(waiting.values(), index, history), strict=True)
    index.merge()
    return tuple(results[number] for number in sorted(results))


@dataclass(frozen=True, slots=True)
class _Request:
    """Request for an update; see `sync`.

    Attributes:
        index: The index to update.
        history: Records every version seen.
        known: Fingerprints of stores as they are in the index, by root: those are not looked at further.
        open_directory: Opens the directory of a store.
        thorough: Ask the history even if the index has no change.
    """

    index: "Index"
    history: "History | None"
    known: dict[str, bytes]
    open_directory: contents.OpenDirectory
    thorough: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """Changes of a store that are to be written.

    Attributes:
        store: The store.
        found: Its files.
        documents: Those read again.
        gone: Paths to remove from the index.
        unlisted: Beginnings of the paths that could not be listed.
        unread: Files that could not be read.
        scanned_at: The time before the files were listed, in ns since the epoch.
    """

    store: Store
    found: contents.Scan
    documents: list[Document]
    gone: list[str]
    unlisted: tuple[str, ...]
    unread: tuple[UnreadFile, ...]
    scanned_at: int


def _look(store: Store, request: _Request) -> UpdateResult | _Change:
    """Read what changed in a store; return the result if nothing is to be written."""
    scanned_at = time.time_ns()
    try:
        found = contents.scan(store, request.open_directory)
    except files.UnreadableError as error:
        return UpdateResult(store, 0, 0, (UnreadFile("", error.message),))
    mark = request.known.get(store.root)
    if mark is not None and mark == fingerprint(found.files) and not found.unread:
        return UpdateResult(store, 0, len(found.files), ())
    history = request.history
    known, known_at = request.index.listing(store)
    changes = compare(known, found.files, known_at)
    unlisted = _unlisted(found)
    gone = [path for path in changes.gone if not path.startswith(unlisted)]
    stale = {*changes.stale, *(_unrecorded(store, found, history) if request.thorough and history else ())}
    documents, unread = contents.load(store, sorted(stale), request.open_directory)
    # A file that cannot be read any more is removed from the index; the history keeps it.
    gone += [each.path for each in unread if each.path in known]
    if known_at and not (documents or gone):
        return UpdateResult(store, 0, len(found.files), (*found.unread, *unread))
    return _Change(store, found, documents, gone, unlisted, (*found.unread, *unread), scanned_at)


def _unlisted(found: contents.Scan) -> tuple[str, ...]:
    return tuple(each.path for each in found.unread if each.path.endswith("/") or not each.path)


def _write(
    changes: Collection[_Change], index: "Index", history: "History | None"
) -> tuple[UpdateResult, ...]:
    """Write changes to the history, and then to the index, in one transaction each."""
    if not changes:
        return ()
    unrecorded = _record(changes, history)
    results = []
    with index.together():
        for each in changes:
            left = _not_purged(each.store, each.documents, each.found, history)
            signed = ((each.found.files[document.path], document) for document in left)
            # If recording failed, everything counts as changed the next time.
            read_at = each.scanned_at if unrecorded is None else 0
            changed = len(each.gone) + index.update(each.store, signed, each.gone, scanned_at_ns=read_at)
            files = len(each.found.files)
            results.append(UpdateResult(each.store, changed, files, each.unread, unrecorded))
    return tuple(results)


def _not_purged(
    store: Store, documents: list[Document], found: contents.Scan, history: "History | None"
) -> Iterator[Document]:
    """Yield documents except those changed since a purge began, which may contain the purged text.

    Read them within the transaction that writes them.
    """
    purged = history is not None and history.was_purged_since(found.began)
    yield from (each for each in documents if not purged or contents.is_as(store, each.path, found))


def _unrecorded(store: Store, found: contents.Scan, history: "History") -> set[str]:
    """Return the paths that exist although the history has them as deleted or not at all."""
    try:
        present = history.present(store.root)
    except MemorydError:  # reported when the next version is recorded
        return set()
    return found.files.keys() - {path.removeprefix(f"{store.root}/") for path in present}


def _record(changes: Iterable[_Change], history: "History | None") -> str | None:
    """Record the files seen and deleted; return why that failed, which does not stop a search."""
    if history is None:
        return "the history cannot be opened"
    try:
        history.observe_all(chain.from_iterable(_seen(each, history) for each in changes))
    except MemorydError as error:
        return error.message
    return None


def _seen(change: _Change, history: "History") -> "Iterator[SeenFile]":
    """Yield the files of a store that were seen, and those that are gone."""
    from memoryd.adapters.history.records import SeenFile  # noqa: PLC0415  # to search needs no history

    store, found = change.store, change.found
    there = {f"{store.root}/{path}" for path in (*found.files, *(each.path for each in found.unread))}
    hidden = tuple(f"{store.root}/{path}" for path in change.unlisted)
    gone = [path for path in history.present(store.root) if path not in there]
    missing = [path for path in gone if not path.startswith(hidden)]
    read = [f"{store.root}/{each.path}" for each in change.documents]
    moves = _written_by_git(store.root, (*read, *missing))
    by_git = {path: (GIT, words) for path, words in moves.items()}
    for each in _not_purged(store, change.documents, found, history):
        path = f"{store.root}/{each.path}"
        actor, words = by_git.get(path, ("", ""))
        yield SeenFile(store.root, path, each.raw, found.mode(each.path), actor, words, found.began)
    for path in missing:
        actor, words = by_git.get(path, ("", ""))
        yield SeenFile(store.root, path, None, None, actor, words, found.began)


def _written_by_git(root: str, paths: Iterable[str]) -> dict[str, str]:
    """Return the files that git wrote or deleted, each with the words of the reflog about that."""
    moves = moves_of_head(root)
    found = ((path, move_that_wrote(path, moves)) for path in paths) if moves else ()
    return {path: move.words for path, move in found if move}


def observe(stores: Iterable[Store], history: "History") -> tuple[str, ...]:
    """Record the files of stores as they are now, without an index.

    Returns:
        One sentence for each store that could not be recorded, with the reason.
    """
    problems = []
    for store in stores:
        try:
            found = contents.scan(store)
        except files.UnreadableError as error:
            problems.append(error.message)
            continue
        documents, _ = contents.load(store, found.files)
        change = _Change(store, found, documents, [], _unlisted(found), (), 0)
        problem = _record([change], history)
        problems += [f"{store.root} is not recorded: {problem}"] * (problem is not None)
    return tuple(problems)


def drop_deleted(index: "Index", history: "History | None") -> None:
    """Remove deleted stores from the index; one whose parent is absent, too, may only be unmounted.

    The history keeps all of them, and records that they were deleted.
    """
    for root in index.roots():
        if _is_deleted(root):
            if history:
                observe_deleted([root], history)
            index.drop(root)


def observe_deleted(roots: Iterable[str], history: "History") -> None:
    """Record the stores that were deleted as deleted."""
    for root in roots:
        if _is_deleted(root):
            present = history.present(root)
            by_git = _written_by_git(root, present)
            history.observe(root, [(path, None) for path in present], by_git=by_git)


def _is_deleted(root: str) -> bool:
    try:
        os.lstat(root)
    except (FileNotFoundError, NotADirectoryError):
        return os.path.isdir(os.path.dirname(root))
    except OSError:  # perhaps not permitted any more: it may well exist
        return False
    return False
