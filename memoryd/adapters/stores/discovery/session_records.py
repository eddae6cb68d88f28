"""Session records of Claude Code, and auto memory."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TypeVar

from memoryd import beneath
from memoryd.adapters.stores.discovery.claude_directory import encodable
from memoryd.adapters.stores.discovery.disk import ends, entries, is_dir, is_own_dir
from memoryd.adapters.stores.discovery.places import Item, Places, left
from memoryd.domain.stores.claude_code import (
    auto_memory_of,
    client_version,
    main_tree,
    project_of,
    read_records,
)
from memoryd.domain.stores.store import Store, auto_store
from memoryd.domain.trust import SkippedPath

_T = TypeVar("_T")
_MODIFIED = 3  # of a signature
_MOST_RECORDS = 20  # of a project, in which traces of it are searched
_RECORD_BYTES = 64 * 1024  # of each end of a session's records, which may be many megabytes
_MOST_KEPT = 100_000  # records; beyond that, all are read again


def _kept_until_changed(read: Callable[[str], _T]) -> Callable[..., _T]:
    """Keep what was read of each record, and the signature it had then.

    A daemon asks every minute, and most records never change any more; but those of running sessions
    always do, so only their latest state is kept.
    """
    known: dict[str, tuple[tuple[int, ...], _T]] = {}

    @wraps(read)
    def kept(path: str, *signature: int) -> _T:
        before = known.get(path)
        if before is not None and before[0] == signature:
            return before[1]
        found = read(path)
        if len(known) >= _MOST_KEPT:
            known.clear()
        known[path] = signature, found
        return found

    return kept


def sessions(places: Places) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each project that the client knows: its slug's path, and the directories its records name."""
    for entry in entries(str(places.claude_dir / "projects")):
        if is_dir(entry):
            yield entry.path, working_directories(entry.path)


def working_directories(slug: str) -> tuple[str, ...]:
    """Return the working directories that the session records of one project name."""
    found: dict[str, None] = {}
    for entry in entries(slug):
        if entry.name.endswith(".jsonl"):
            found.update(dict.fromkeys(_named_in(entry.path, *_signature(entry))[0]))
    for entry in _records_of_agents(slug):  # whose own worktrees are found with the repository
        found.update(dict.fromkeys(map(main_tree, _named_in(entry.path, *_signature(entry))[0])))
    return tuple(found)


def _records_of_agents(slug: str) -> Iterator[os.DirEntry[str]]:
    """Yield the records of the agents that the sessions of one project started."""
    for session in entries(slug):
        if session.name != "memory" and is_own_dir(session):
            found = entries(f"{session.path}/subagents")
            yield from (entry for entry in found if entry.name.endswith(".jsonl"))


def auto_memory_by_records(places: Places, slug: str, directories: Iterable[str]) -> Iterator[Item]:
    """Yield the auto memory that session records of one project name beside the usual place.

    A repository's settings can have named it, so it must be in that repository, or in the user's
    configuration directory.
    """
    base = project_of(slug.rpartition("/")[2], directories)
    named = {
        root: path for path, signature in _newest_records(slug) for root in _auto_memory_in(path, *signature)
    }
    for root, record in named.items():
        if root == f"{slug}/memory" or not base or not is_dir(Path(root)):
            continue
        within = beneath.ANYWHERE if places.is_in_configuration(Path(root)) else places.bound(base)
        if left(root, within) or ".git" in Path(root).parts:
            yield SkippedPath(record, f"names auto memory outside of its repository, not followed: {root}")
        elif not places.is_around_home(Path(root)):
            store = auto_store(root, base, root.rpartition("/")[2], _client_in(slug)[1])
            yield encodable(replace(store, within=within))


@_kept_until_changed
def _auto_memory_in(path: str) -> tuple[str, ...]:
    """Return the directories of auto memory that one session record says was loaded."""
    return tuple(root for piece in ends(path, _RECORD_BYTES) for root in auto_memory_of(piece))


def bad_records(slug: str) -> Iterator[SkippedPath]:
    """Yield the session records of one project with a working directory that is not a path."""
    for entry in (*entries(slug), *_records_of_agents(slug)):
        if entry.name.endswith(".jsonl") and (problem := _named_in(entry.path, *_signature(entry))[1]):
            yield SkippedPath(entry.path, problem)


@_kept_until_changed
def _named_in(path: str) -> tuple[tuple[str, ...], str]:
    """Return the working directories that one session record names, and what is wrong with others."""
    found: dict[str, None] = {}
    problem = ""
    for number, piece in enumerate(ends(path, _RECORD_BYTES)):
        # the second piece begins within a line
        directories, wrong = read_records(piece[piece.find(b"\n") + 1 :] if number else piece)
        found.update(dict.fromkeys(directories))
        problem = problem or wrong
    return tuple(found), problem


def _signature(entry: os.DirEntry[str]) -> tuple[int, ...]:
    try:
        status = entry.stat()
    except OSError:
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def auto_memory(slug: str, directories: Iterable[str]) -> Store:
    """Return the auto memory beside the session records of a project."""
    name = slug.rpartition("/")[2]
    return auto_store(f"{slug}/memory", project_of(name, directories), name, _client_in(slug)[1])


def session_texts(slug: str) -> Iterator[bytes]:
    """Yield both ends of the newest session records of one project."""
    for path, _ in _newest_records(slug):
        yield from ends(path, _RECORD_BYTES)


def _newest_records(slug: str) -> list[tuple[str, tuple[int, ...]]]:
    """Return the newest session records of one project, the newest first, with their signatures."""
    records = [
        (signature[_MODIFIED], entry.path, signature)
        for entry in entries(slug)
        if entry.name.endswith(".jsonl") and (signature := _signature(entry))
    ]
    return [(path, signature) for _, path, signature in sorted(records, reverse=True)[:_MOST_RECORDS]]


def newest_client(places: Places) -> str:
    """Return the version of Claude Code that the newest session record of all names, or ""."""
    projects = (entry.path for entry in entries(str(places.claude_dir / "projects")) if is_dir(entry))
    return max(map(_client_in, projects), default=(0, ""))[1]


def _client_in(slug: str) -> tuple[int, str]:
    """Return when the newest session record of a project was written, in nanoseconds, and its version."""
    newest = next(iter(_newest_records(slug)), None)
    if newest is None:
        return 0, ""
    path, signature = newest
    return signature[_MODIFIED], _version_in(path, *signature)


@_kept_until_changed
def _version_in(path: str) -> str:
    """Return the version of the client that one session record names last, or ""."""
    pieces = ends(path, _RECORD_BYTES)
    return next(filter(None, map(client_version, reversed(pieces))), "")
