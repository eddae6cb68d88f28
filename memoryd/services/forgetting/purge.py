"""Removal of a text from history and index, with proof."""

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from memoryd import beneath, private
from memoryd.adapters import forgetting
from memoryd.adapters.git import commits, worktree
from memoryd.adapters.git.commits import Commits
from memoryd.adapters.history import History
from memoryd.adapters.history.purge import PurgeResult, purge
from memoryd.adapters.search.index import Index
from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.search.segments import SEAM
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.services.edits import recover
from memoryd.services.forgetting.forget import rewritten
from memoryd.values import dataclass

_SEAM = SEAM.encode()
_ENCODED = "a base64 form of it is there; also forget the word that contains it"


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """memoryd's own files: its databases, facts about texts, and small files that may be removed."""

    history: Path
    index: Path
    usage: Path
    facts: Path
    others: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class SearchedContent:
    """A kind of content that was searched: its name, number and bytes."""

    what: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class PurgeProof:
    """The result of reading everything again, byte by byte, after a purge.

    Attributes:
        looked: The contents that were searched.
        remaining: Paths and values that still contain the text or cannot be read; none if it is gone.
        commits: Commits of repositories around the stores that contain it; memoryd never changes them.
    """

    looked: tuple[SearchedContent, ...]
    remaining: tuple[str, ...]
    commits: tuple[Commits, ...]


def standing(needle: Needle, stores: Iterable[Store]) -> tuple[str, ...]:
    """Return the absolute paths in stores that contain a text, also in their name, or cannot be read."""
    return tuple(each.path for each in _places(needle, stores) if each.holds)


@dataclass(frozen=True, slots=True)
class _Place:
    """A path in a store: a directory with a slash at its end; the size of a file, else None."""

    path: str
    size: int | None
    holds: bool
    encoded: bool = False


def _places(needle: Needle, stores: Iterable[Store]) -> Iterator[_Place]:
    """Yield all paths in stores, and whether they contain the text."""
    seen = set()
    for root in dict.fromkeys(os.path.realpath(store.root) for store in stores):
        for path in forgetting.paths_below(root):
            if path not in seen:
                seen.add(path)
                named = needle.is_in_bytes(os.fsencode(os.path.relpath(path, root)))
                try:
                    yield _look(needle, path, named=named)
                except OSError:
                    yield _Place(path, None, holds=True)


def _look(needle: Needle, path: str, *, named: bool) -> _Place:
    match forgetting.kind_of(path):
        case stat.S_IFDIR:
            os.stat(os.path.join(path, "."))  # fails without permission to read the directory
            return _Place(f"{path}/", None, named)
        case stat.S_IFLNK:
            return _Place(path, None, named or needle.is_in_bytes(os.fsencode(os.readlink(path))))
        case stat.S_IFREG:
            size = os.path.getsize(path)
            held = encoded = False
            for chunk in forgetting.chunks(path):
                held = held or needle.is_in_bytes(chunk)
                encoded = encoded or needle.is_in_base64(chunk)
            return _Place(path, size, named or held, encoded)
        case kind:
            return _Place(path, None, named and kind != 0)


def clear(needle: Needle, stores: Iterable[Store]) -> int:
    """Remove empty directories of stores with the text in their name; return how many were removed."""
    count = 0
    for root in dict.fromkeys(os.path.realpath(store.root) for store in stores):
        for path in reversed(list(forgetting.paths_below(root))):  # the innermost first
            name = os.fsencode(os.path.relpath(path, root))
            if forgetting.kind_of(path) == stat.S_IFDIR and needle.is_in_bytes(name):
                with suppress(OSError):  # it is not empty
                    os.rmdir(path)
                    count += 1
    return count


def purge_all(
    needle: Needle,
    stores: tuple[Store, ...],
    own: OwnFiles,
    *,
    similar: bool = False,
    final: int | None = None,
) -> PurgeResult:
    """Remove a text from history, index and all other files of memoryd; this cannot be undone.

    Args:
        needle: The text to forget.
        stores: All stores.
        own: memoryd's files.
        similar: Also remove recorded notes that only contain its words.
        final: The operation that removed it from the stores.

    Raises:
        MemorydError: If the history cannot be written, or an operation is not finished.
    """
    done = PurgeResult()
    if private.may_exist(own.history):
        with History(own.history) as history:
            recover([store.root for store in stores], history)
            with history.turn():
                if history.unfinished():
                    raise MemorydError(
                        "an operation is not finished: its record is needed", "run the command again"
                    )
                indexes = {store.root: store.profile.index_name for store in stores}
                rewrite = rewritten(needle, indexes, similar=similar)
                concerned = needle.words_are_in_bytes if similar else needle.is_in_bytes
                done = purge(own.history, needle.is_in_bytes, rewrite, concerned=concerned, final=final)
    if own.index.exists():
        with Index(own.index) as index:
            index.purge()
    if own.usage.exists():
        with UseCounts(own.usage) as counts:
            counts.forget(needle.is_in_bytes)
    for path in own.facts.glob("*"):
        path.unlink(missing_ok=True)
    for path in own.others:
        if path.exists() and any(map(needle.is_in_bytes, forgetting.chunks(str(path)))):
            path.unlink(missing_ok=True)
    return done


def prove(needle: Needle, stores: tuple[Store, ...], own: OwnFiles) -> PurgeProof:
    """Read all files and values again, byte by byte, and return where a text remains."""
    looked = []
    remaining = []
    found = list(_places(needle, stores))
    sizes = [each.size for each in found if each.size is not None]
    looked.append(SearchedContent("files of stores", len(sizes), sum(sizes)))
    remaining += [each.path for each in found if each.holds]
    remaining += [f"{each.path}: {_ENCODED}" for each in found if each.encoded and not each.holds]
    roots = _roots(own, stores)
    remaining += [
        f"{os.fsdecode(root)}: the name of the store itself"
        for root in sorted(roots)
        if needle.is_in_bytes(os.path.basename(root))
    ]
    for what, database in (("history", own.history), ("index", own.index), ("usage", own.usage)):
        count, size, problems = _database(needle, database, roots)
        looked.append(SearchedContent(f"values in the {what}", count, size))
        remaining += problems
    looked.append(_contents(needle, own.history, remaining))
    remaining += [
        f"{each}: a copy set aside, which is not searched: remove it" for each in _asides(own.history)
    ]
    raw = [path for path in _all_files(own) if path.is_file()]
    size = 0
    if needle.is_telling:  # a shorter one may occur in compressed bytes by chance
        for path in raw:
            size += path.stat().st_size
            remaining += filter(None, [_raw(needle, path, roots)])
        looked.append(SearchedContent("files of memoryd, byte by byte", len(raw), size))
    return PurgeProof(tuple(looked), tuple(dict.fromkeys(remaining)), known_to_git(needle, stores))


def _roots(own: OwnFiles, stores: tuple[Store, ...]) -> tuple[bytes, ...]:
    """Return the paths of stores, the longest first: the databases contain them whatever is forgotten."""
    roots = {store.root for store in stores}
    if private.may_exist(own.history):
        with History(own.history) as history:
            roots |= set(history.roots())
    return tuple(sorted((os.fsencode(root) for root in roots), key=len, reverse=True))


def _database(needle: Needle, path: Path, roots: tuple[bytes, ...]) -> tuple[int, int, list[str]]:
    """Return the number and bytes of a database's values, and a problem if one contains the text."""
    count = size = 0
    held = encoded = False
    if not path.exists():
        return 0, 0, []
    try:
        for cell in forgetting.cells(path):
            count += 1
            size += len(cell)
            told = _without(cell, roots)
            held = held or needle.is_in_bytes(told)
            encoded = encoded or needle.is_in_base64(told)
    except sqlite3.Error as error:
        return count, size, [f"{path} cannot be read: {error}"]
    problems = [f"{path}: a value in it"] * held
    problems += [f"{path}: {_ENCODED}"] * (encoded and not held)
    return count, size, problems


def _asides(history: Path) -> list[Path]:
    """Return damaged or replaced copies of the history, which only a person can judge."""
    kinds = ("damaged", "replaced", "spool.damaged")
    return sorted(path for kind in kinds for path in history.parent.glob(f"{history.name}.{kind}-*"))


def _contents(needle: Needle, path: Path, remaining: list[str]) -> SearchedContent:
    """Search the contents of the history as wholes: the database has only what they differ by."""
    count = size = 0
    held = False
    if path.exists():
        with History(path) as history:
            for content in history.all_contents():
                count += 1
                size += len(content)
                held = held or needle.is_in_bytes(content)
    remaining += [f"{path}: a version in it"] * held
    return SearchedContent("contents in the history", count, size)


def _all_files(own: OwnFiles) -> Iterator[Path]:
    for database in (own.history, own.index, own.usage):
        yield from sorted(database.parent.glob(f"{database.name}*"))
    for _, entries in beneath.walk(str(own.history.parent / "conflicts")):
        yield from (Path(entry.path) for entry in entries if entry.is_file(follow_symlinks=False))
    yield from sorted(own.facts.glob("*"))
    yield from own.others


def _raw(needle: Needle, path: Path, roots: tuple[bytes, ...]) -> str | None:
    try:
        for chunk in forgetting.chunks(str(path)):
            if needle.is_in_raw(_without(chunk, roots).replace(_SEAM, b"")):
                return f"{path}: its bytes"
            if needle.is_in_base64(chunk):
                return f"{path}: {_ENCODED}"
            if path.suffix != ".db" and "-wal" not in path.name:
                continue
            if any(needle.is_in_raw(stream) for stream in forgetting.streams(chunk)):
                return f"{path}: its compressed bytes"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return None


def _without(raw: bytes, roots: tuple[bytes, ...]) -> bytes:
    for root in roots:
        raw = raw.replace(root, b"/")
    return raw


def known_to_git(needle: Needle, stores: Iterable[Store]) -> tuple[Commits, ...]:
    """Return the commits of repositories around the stores that contain a text, as far as git can tell."""
    inside: dict[str, list[str]] = {}
    for store in stores:
        root = os.path.realpath(store.root)
        if top := worktree.repository(root):
            inside.setdefault(top, []).append(root)
    found = (commits.holding(top, roots, needle.is_in_bytes) for top, roots in sorted(inside.items()))
    return tuple(each for each in found if each.places or not each.complete)
