"""Forget for good: take a text out of history and index, and prove that it is gone."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from memoryd.adapters import commits, git, remains
from memoryd.adapters.commits import Commits
from memoryd.adapters.history import History
from memoryd.adapters.history.purge import Purged, purge
from memoryd.adapters.index import Index
from memoryd.domain.store import Store
from memoryd.domain.subject import Subject
from memoryd.errors import MemorydError
from memoryd.services.apply import recover
from memoryd.services.forget import rewritten

_SEAM = b"\x1f"  # parts Chinese characters in the index


@dataclass(frozen=True, slots=True)
class Own:
    """memoryd's own files: its two databases, and small ones that can go."""

    history: Path
    index: Path
    others: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was read through: its name, how many of it, and how many bytes."""

    what: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read through, byte by byte, after all was done.

    Attributes:
        looked: What was looked through.
        remaining: Where the text still stands, or what could not be read; none if it is gone.
        commits: Where repositories around the stores hold it, which memoryd never changes.
    """

    looked: tuple[Looked, ...]
    remaining: tuple[str, ...]
    commits: tuple[Commits, ...]


def standing(subject: Subject, stores: Iterable[Store]) -> tuple[str, ...]:
    """Absolute paths of all files below stores that hold a text, or cannot be read; also those of no kind."""
    return tuple(path for path, _, holds in _files(subject, stores) if holds)


def _files(subject: Subject, stores: Iterable[Store]) -> Iterator[tuple[str, int, bool]]:
    """Path and size of each file of stores, and whether it holds the text."""
    seen = set()
    for root in dict.fromkeys(os.path.realpath(store.root) for store in stores):
        for path in remains.files_below(root):
            if path not in seen:
                seen.add(path)
                named = subject.spoken_of(os.path.relpath(path, root))
                try:
                    size, held = _look(subject, path)
                except OSError:
                    size, held = 0, True
                yield path, size, named or held


def _look(subject: Subject, path: str) -> tuple[int, bool]:
    held = False
    for chunk in remains.chunks(path):
        held = held or subject.held_by(chunk)
    return os.path.getsize(path) if os.path.exists(path) else 0, held


def purge_all(
    subject: Subject, stores: tuple[Store, ...], own: Own, *, similar: bool = False, final: int | None = None
) -> Purged:
    """Take a text out of history, index and all other files of memoryd's own; there is no way back.

    Args:
        subject: What is to be forgotten.
        stores: All stores.
        own: memoryd's files.
        similar: Whether recorded parts that only hold its words go as well.
        final: The operation that took it out of the stores.

    Raises:
        MemorydError: If the history cannot be written, or an operation is not finished.
    """
    done = Purged()
    if own.history.exists():
        with History(own.history) as history:
            recover([store.root for store in stores], history)
            with history.turn():
                if history.unfinished():
                    raise MemorydError(
                        "an operation is not finished: its record is needed", "run the command again"
                    )
                indexes = {store.root: store.profile.index_name for store in stores}
                rewrite = rewritten(subject, indexes, similar=similar)
                concerned = subject.resembled_in if similar else subject.held_by
                done = purge(own.history, subject.held_by, rewrite, concerned=concerned, final=final)
    if own.index.exists():
        with Index(own.index) as index:
            index.purge()
    for path in own.others:
        if path.exists() and any(map(subject.held_by, remains.chunks(str(path)))):
            path.unlink(missing_ok=True)
    return done


def prove(subject: Subject, stores: tuple[Store, ...], own: Own) -> Proof:
    """Read everything through, byte by byte, and say where a text still stands."""
    looked = []
    remaining = []
    found = list(_files(subject, stores))
    looked.append(Looked("files of stores", len(found), sum(size for _, size, _ in found)))
    remaining += [path for path, _, holds in found if holds]
    roots = _roots(own, stores)
    remaining += [
        f"{os.fsdecode(root)}: the name of the store itself"
        for root in sorted(roots)
        if subject.held_by(os.path.basename(root))
    ]
    for what, database in (("history", own.history), ("index", own.index)):
        count, size, problems = _database(subject, database, roots)
        looked.append(Looked(f"values in the {what}", count, size))
        remaining += problems
    raw = [path for path in _all_files(own) if path.is_file()]
    size = 0
    if subject.is_telling:  # else it may stand in compressed bytes by chance
        for path in raw:
            size += path.stat().st_size
            remaining += filter(None, [_raw(subject, path, roots)])
        looked.append(Looked("files of memoryd, byte by byte", len(raw), size))
    return Proof(tuple(looked), tuple(dict.fromkeys(remaining)), known_to_git(subject, stores))


def _roots(own: Own, stores: tuple[Store, ...]) -> tuple[bytes, ...]:
    """Paths of stores, the longest first: they stand in the databases whatever is forgotten."""
    roots = {store.root for store in stores}
    if own.history.exists():
        with History(own.history) as history:
            roots |= set(history.roots())
    return tuple(sorted((os.fsencode(root) for root in roots), key=len, reverse=True))


def _database(subject: Subject, path: Path, roots: tuple[bytes, ...]) -> tuple[int, int, list[str]]:
    """How many values a database holds and their bytes; and whether one of them holds the text."""
    count = size = 0
    held = False
    if not path.exists():
        return 0, 0, []
    try:
        for cell in remains.cells(path):
            count += 1
            size += len(cell)
            held = held or subject.held_by(_without(cell, roots))
    except sqlite3.Error as error:
        return count, size, [f"{path} cannot be read: {error}"]
    return count, size, [f"{path}: a value in it"] * held


def _all_files(own: Own) -> Iterator[Path]:
    for database in (own.history, own.index):
        yield from sorted(database.parent.glob(f"{database.name}*"))
    yield from sorted((own.history.parent / "conflicts").glob("*"))
    yield from own.others


def _raw(subject: Subject, path: Path, roots: tuple[bytes, ...]) -> str | None:
    try:
        for chunk in remains.chunks(str(path)):
            if subject.in_raw(_without(chunk, roots).replace(_SEAM, b"")):
                return f"{path}: its bytes"
            if path.suffix != ".db" and "-wal" not in path.name:
                continue
            if any(subject.in_raw(stream) for stream in remains.streams(chunk)):
                return f"{path}: its compressed bytes"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return None


def _without(raw: bytes, roots: tuple[bytes, ...]) -> bytes:
    for root in roots:
        raw = raw.replace(root, b"/")
    return raw


def known_to_git(subject: Subject, stores: Iterable[Store]) -> tuple[Commits, ...]:
    """Where the commits of repositories around stores hold a text, as far as git could be asked."""
    inside: dict[str, list[str]] = {}
    for store in stores:
        root = os.path.realpath(store.root)
        if top := git.repository(root):
            inside.setdefault(top, []).append(root)
    found = (commits.holding(top, roots, subject.spoken_of) for top, roots in sorted(inside.items()))
    return tuple(each for each in found if each.places or not each.complete)
