"""Rows of another history, added to this one."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from memoryd.adapters.history import chain
from memoryd.adapters.history.alarms import renumber_alarms
from memoryd.adapters.history.connection import Connection, stored_path
from memoryd.adapters.history.contents import Contents
from memoryd.adapters.history.copies.alarms import absorb_alarms
from memoryd.adapters.history.schema import seconds_of, text_of
from memoryd.domain.history.versions import BEFORE, CLIENT
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_FAR = 1 << 60  # no version has a number near it
_AROUND = 10.0  # seconds between a write and its being seen
_LONG_AGO = 600.0  # seconds; a content that comes back after that is a version of its own


class RawVersion(NamedTuple):
    """A version as it is in the tables, with a function that returns its content or raises an error."""

    time: str
    root: str | bytes
    path: str | bytes
    digest: str | None
    mode: int | None
    operation: int | None
    content: Callable[[], bytes | None]
    author: str | bytes = ""
    actor: str = ""
    session: str | bytes = ""


@dataclass(slots=True)
class AbsorbResult:
    """The numbers of added versions and operations, and of versions whose content cannot be read."""

    versions: int = 0
    operations: int = 0
    unreadable: int = 0


def absorb(connection: Connection, source: sqlite3.Connection) -> AbsorbResult:
    """Add the versions and operations of another history that this one has not, in one transaction.

    Args:
        connection: The history to add to.
        source: Another one with the same schema.

    Raises:
        MemorydError: If this one cannot be written.
        sqlite3.Error: If the other one cannot be read.
    """
    with connection.writing():
        done = AbsorbResult()
        contents = Contents(source)
        known = _absorb_operations(connection, source, contents, done)
        add_versions(connection, _versions(source, contents, known), done)
        absorb_alarms(connection, source)
    return done


def add_past(connection: Connection, root: str, files: Iterable[tuple[float, str, bytes | None, str]]) -> int:
    """Add versions from elsewhere in their place in time; return how many were added.

    Args:
        connection: The history.
        root: Absolute path of the store.
        files: Seconds since the epoch, absolute path, content or None, and author of each, oldest first.

    Raises:
        MemorydError: If they cannot be recorded.
    """
    done = AbsorbResult()
    with connection.writing():
        add_versions(connection, (_raw(root, *each) for each in files), done)
    return done.versions


def _raw(root: str, time: float, path: str, content: bytes | None, author: str) -> RawVersion:
    digest = None if content is None else sha256(content).hexdigest()
    names = text_of(time), stored_path(root), stored_path(path)
    return RawVersion(*names, digest, None, None, lambda: content, author)


def add_versions(connection: Connection, versions: Iterable[RawVersion], done: AbsorbResult) -> None:
    """Add versions in their place in time, within the current transaction.

    A version that the file already had at that time is not added. If some are older than the last recorded
    one, versions are numbered again in order of time; those before all new ones keep their numbers.
    """
    raw = connection.raw
    last = raw.execute("SELECT time FROM versions ORDER BY id DESC LIMIT 1").fetchone()
    latest, is_ordered = (last[0] if last else ""), True
    query = "SELECT hash FROM versions WHERE path = ? AND time <= ? ORDER BY time DESC, id DESC LIMIT 1"
    for version in versions:
        before = raw.execute(query, [version.path, version.time]).fetchone()
        if (before and before[0] == version.digest) or _is_known(raw, version):
            _name_writer(raw, version)
            continue
        try:
            if not connection.contents.has(version.digest):
                connection.contents.keep(version.content(), before[0] if before else None)
        except MemorydError:
            done.unreadable += 1
            continue
        time, root, path, digest, mode, operation, _, author, actor, session = version
        actor = "" if actor == BEFORE else actor
        raw.execute(
            "INSERT INTO versions (time, root, path, hash, mode, operation, author, actor, session) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [time, root, path, digest, mode, operation, author, actor, session],
        )
        done.versions += 1
        is_ordered = is_ordered and version.time >= latest
        latest = max(latest, version.time)
    if not is_ordered:
        _number_by_time(raw)


def _is_known(raw: sqlite3.Connection, version: RawVersion) -> bool:
    """Return whether a content that a writer reported was seen on disk around that time.

    What was there before a write may have been recorded some versions ago: the write itself may have been
    seen before it was reported.
    """
    if version.actor == BEFORE:
        query = "SELECT 1 FROM versions WHERE path = ? AND hash = ? AND time >= ? LIMIT 1"
        since = text_of(seconds_of(version.time) - _LONG_AGO)
        return raw.execute(query, [version.path, version.digest, since]).fetchone() is not None
    if version.actor != CLIENT:
        return False
    query = "SELECT hash FROM versions WHERE path = ? AND time > ? AND time <= ? ORDER BY time, id LIMIT 1"
    after = raw.execute(query, [version.path, version.time, _soon(version)]).fetchone()
    return after is not None and after[0] == version.digest


def _name_writer(raw: sqlite3.Connection, version: RawVersion) -> None:
    """Record who wrote a version that was seen on disk around the time when its writer reported it."""
    if version.actor == CLIENT:
        writer = version.actor, version.author, version.session
        raw.execute(
            "UPDATE versions SET actor = ?, author = ?, session = ? WHERE id = "
            "(SELECT id FROM versions WHERE path = ? "
            "AND time <= ? AND hash IS ? ORDER BY time DESC, id DESC LIMIT 1) "
            "AND actor = '' AND operation IS NULL AND time >= ?",
            [*writer, version.path, _soon(version), version.digest, _soon(version, -1)],
        )


def _soon(version: RawVersion, sign: int = 1) -> str:
    """Return the time shortly after a version, or before it."""
    return text_of(seconds_of(version.time) + sign * _AROUND)


def _versions(
    source: sqlite3.Connection, contents: Contents, known: Mapping[int, int]
) -> Iterator[RawVersion]:
    query = "SELECT time, root, path, hash, mode, operation, author, actor, session FROM versions ORDER BY id"
    for time, root, path, digest, mode, operation, *writer in source.execute(query):
        new = None if operation is None else known.get(operation)
        yield RawVersion(time, root, path, digest, mode, new, partial(contents.get, digest), *writer)


def _number_by_time(raw: sqlite3.Connection) -> None:
    """Give the smallest number to the oldest version, and so on."""
    raw.execute(
        "CREATE TEMP TABLE numbers AS SELECT old.id AS id, new.id AS number FROM "
        "(SELECT id, row_number() OVER (ORDER BY time, id) AS place FROM versions) AS old JOIN "
        "(SELECT id, row_number() OVER (ORDER BY id) AS place FROM versions) AS new USING (place)"
    )
    raw.execute("CREATE INDEX temp.numbers_id ON numbers (id)")
    moved = "(SELECT id FROM numbers WHERE id <> number)"
    number = "(SELECT number FROM numbers WHERE numbers.id = versions.id)"
    raw.execute(f"UPDATE versions SET id = {number} + {_FAR} WHERE id IN {moved}")  # noqa: S608  # constants
    raw.execute("UPDATE versions SET id = id - ? WHERE id > ?", [_FAR, _FAR // 2])
    renumber_alarms(raw, "SELECT number FROM temp.numbers WHERE numbers.id = {}")
    raw.execute("DROP TABLE temp.numbers")


def _absorb_operations(
    connection: Connection, source: sqlite3.Connection, contents: Contents, done: AbsorbResult
) -> dict[int, int]:
    """Add missing operations; return the ids of all of them here by their ids in the source."""
    raw = connection.raw
    known: dict[int, int] = {}
    (last,) = raw.execute("SELECT ifnull(max(id), 0) FROM operations").fetchone()
    same = "SELECT id, status FROM operations WHERE (time, cause, actor, title) = (?, ?, ?, ?) ORDER BY id"
    rows = source.execute("SELECT id, time, cause, status, title, undoes, actor FROM operations ORDER BY id")
    for identity, time, cause, status, title, undoes, actor in rows.fetchall():
        alike = raw.execute(same, [time, cause, actor, title]).fetchall()
        paths = _paths(source, identity)
        free = (row for row in alike if row[0] not in known.values())  # two of one moment stay two
        found = next((row for row in free if not paths ^ _paths(raw, row[0])), None)
        if found:
            known[identity] = found[0]
            if found[1] == "intent" != status:
                raw.execute("UPDATE operations SET status = ? WHERE id = ?", [status, found[0]])
            continue
        columns: dict[str, object] = {"time": time, "cause": cause, "status": status, "title": title}
        (highest,) = raw.execute("SELECT ifnull(max(id), 0) FROM operations").fetchone()
        columns |= {"id": max(identity, highest + 1), "undoes": known.get(undoes), "actor": actor}
        known[identity] = connection.insert("operations", **columns)
        _absorb_changes(raw, source, (identity, known[identity]), (connection.contents, contents))
        done.operations += 1
    chain.link(raw, last)
    return known


def _paths(raw: sqlite3.Connection, operation: int) -> set[str]:
    query = "SELECT path FROM changes WHERE operation = ?"
    return {path for (path,) in raw.execute(query, [operation])}


def _absorb_changes(
    raw: sqlite3.Connection,
    source: sqlite3.Connection,
    ids: tuple[int, int],
    contents: tuple[Contents, Contents],
) -> None:
    """Copy the changes of an operation; a content that cannot be read is missing, which `verify` names."""
    here, there = contents
    query = "SELECT root, path, before, after, mode FROM changes WHERE operation = ? ORDER BY path"
    for root, path, before, after, mode in source.execute(query, [ids[0]]):
        for digest, near in ((before, None), (after, before)):
            try:
                here.keep(there.get(digest), near)
            except MemorydError:
                continue
        row = [ids[1], root, path, before, after, mode]
        raw.execute(
            "INSERT INTO changes (operation, root, path, before, after, mode) VALUES (?, ?, ?, ?, ?, ?)", row
        )
