"""Operations in the history: begun, finished and read."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from memoryd.adapters.history import chain
from memoryd.adapters.history.connection import Connection, stored_path
from memoryd.adapters.history.schema import seconds_of, text_of
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.versions import CLIENT, Operation, Version

_AT_ONCE = 1000  # rows

_PEEK = 0.2  # seconds to wait for other processes


class SeenFile(NamedTuple):
    """A file as it was seen: root of its store, absolute path, content or None, permission bits or None.

    Actor and author are its writer, as in `Version`. The time is in seconds since the epoch, 0 for now. The
    session is that of a client, as `HookEvent.thread` names it, or "".
    """

    root: str
    path: str
    content: bytes | None
    mode: int | None = None
    actor: str = ""
    author: str = ""
    time: float = 0.0
    session: str = ""


def observe(connection: Connection, now: str, seen: SeenFile) -> None:
    """Record the content of a file within the current transaction, unless it is the last version."""
    root, path, content, mode, actor, author, *_ = seen
    digest = None if content is None else sha256(content).hexdigest()
    last, held, _, number = last_version(connection, path)
    if held != digest:
        if _is_overtaken(connection, seen, digest):
            return
        connection.contents.keep(content, held, digest)
        values = {"root": root, "path": path, "hash": digest, "mode": mode, "actor": actor, "author": author}
        connection.insert("versions", time=now, number=number + 1, **values)  # else a trigger looks again
    elif mode is not None:
        connection.rows("UPDATE versions SET mode = ? WHERE id = ?", mode, last)


def is_last(connection: Connection, seen: SeenFile) -> bool:
    """Return whether content and permission bits of a file, if given, are those of its last version."""
    digest = None if seen.content is None else sha256(seen.content).hexdigest()
    query = "SELECT hash, mode FROM versions WHERE path = ? ORDER BY id DESC LIMIT 1"
    held, mode = next(iter(connection.rows(query, seen.path)), (None, None))
    return held == digest and seen.mode in {None, mode}


def _is_overtaken(connection: Connection, seen: SeenFile, digest: str | None) -> bool:
    """Return whether a content is known, and the client has reported a later write since it was read."""
    if not seen.time:
        return False
    read = text_of(seen.time)
    query = (
        "SELECT hash, time > ? AND actor = ? FROM versions WHERE path = ? AND id >= ifnull("
        "(SELECT max(id) FROM versions WHERE path = ? AND time <= ?), 0) ORDER BY id DESC"
    )
    since = connection.rows(query, read, CLIENT, seen.path, seen.path, read)
    return bool(since) and bool(since[0][1]) and digest in {held for held, _ in since}


def last_version(connection: Connection, path: str) -> tuple[int | None, str | None, int | None, int]:
    """Return id, hash, operation and number of a file's last version; None and 0 if there is none."""
    rows = connection.rows(
        "SELECT id, hash, operation, number FROM versions WHERE path = ? ORDER BY id DESC LIMIT 1", path
    )
    return rows[0] if rows else (None, None, None, 0)


def begin(connection: Connection, plan: Plan, undoes: int | None, actor: str) -> int:
    """Record an intent within the current transaction, with all contents before and after; return its id."""
    now = connection.now()
    row = {"time": now, "cause": plan.cause, "status": "intent", "title": plan.title, "undoes": undoes}
    operation = connection.insert("operations", **row, actor=actor)
    for change in plan.changes:
        observe(connection, now, SeenFile(change.root, change.path, change.before, change.mode))
        before = connection.contents.keep(change.before)
        after = connection.contents.keep(change.after, before)
        where = {"root": change.root, "path": change.path, "mode": change.mode}
        connection.insert("changes", operation=operation, before=before, after=after, **where)
    chain.link(connection.raw, operation - 1)
    return operation


def finish(connection: Connection, operation: int, status: str) -> None:
    """Record within the current transaction how an operation ended."""
    now = connection.now()
    connection.rows("UPDATE operations SET status = ? WHERE id = ?", status, operation)
    changes = connection.rows(
        "SELECT root, path, before, after, mode FROM changes WHERE operation = ?", operation
    )
    for root, path, before, after, mode in changes if status == "done" else ():
        if before == after:
            continue
        last, held, writer, _ = last_version(connection, path)
        if held == after and writer is None:
            # Another process has recorded it as a change by another program.
            connection.rows("UPDATE versions SET operation = ?, actor = '' WHERE id = ?", operation, last)
            continue
        version = {"root": root, "path": path, "hash": after, "mode": mode}
        connection.insert("versions", time=now, operation=operation, **version)


def operations(connection: Connection, where: str, *parameters: object) -> tuple[Operation, ...]:
    """Return the operations that fulfil a condition in SQL, the newest first."""
    rows = connection.rows(
        "SELECT id, time, cause, status, title, undoes, actor FROM operations "  # noqa: S608  # constants
        f"WHERE {where} ORDER BY id DESC",
        *parameters,
    )
    return tuple(Operation(identity, seconds_of(begun), *rest) for identity, begun, *rest in rows)


def recent_operations(path: Path, most: int) -> tuple[Operation, ...]:
    """Return the last finished operations, the newest first; none if the history cannot be read at once.

    Args:
        path: The history; it is neither made, locked nor migrated.
        most: How many at most.
    """
    sql = (
        "SELECT id, time, cause, status, title, undoes, actor FROM operations "
        "WHERE status = 'done' ORDER BY id DESC LIMIT ?"
    )
    return tuple(
        Operation(identity, seconds_of(begun), *rest) for identity, begun, *rest in _peek(path, sql, most)
    )


class FileVersion(NamedTuple):
    """A version of a file: its number, its time in seconds since the epoch, and whether it is a deletion."""

    number: int
    time: float
    is_deletion: bool


def recent_versions(path: Path, names: Iterable[str], most: int) -> tuple[FileVersion, ...]:
    """Return the last versions of a file, the newest first; none if the history cannot be read at once.

    Args:
        path: The history; it is neither made, locked nor migrated.
        names: Absolute paths of the file, as it may be recorded.
        most: How many at most.
    """
    sql = "SELECT number, time, hash IS NULL FROM versions WHERE path = ? ORDER BY id DESC LIMIT ?"
    found = (_peek(path, sql, stored_path(name), most) for name in dict.fromkeys(names))
    return tuple(
        FileVersion(number, seconds_of(moment), bool(deleted))
        for number, moment, deleted in next(filter(None, found), ())
    )


def _peek(path: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_PEEK)) as raw:
            return raw.execute(sql, parameters).fetchall()
    except sqlite3.Error:  # missing, damaged, older or busy
        return []


def operations_by_root(connection: Connection, since: float) -> dict[str, tuple[Operation, ...]]:
    """Return the operations since a time, in seconds since the epoch, by store, the newest first."""
    found: dict[str, tuple[Operation, ...]] = {}
    for each in operations(connection, "time >= ?", text_of(since)):
        rows = connection.rows("SELECT DISTINCT root FROM changes WHERE operation = ?", each.id)
        for (root,) in rows:
            found[root] = (*found.get(root, ()), each)
    return found


def to_undo(connection: Connection) -> Iterator[tuple[Operation, frozenset[str]]]:
    """Yield the finished operations that are no undos and not undone, with their stores, newest first."""
    undone: set[int] = set()
    for operation in operations(connection, "status = 'done'"):
        if operation.id in undone:
            continue
        if operation.undoes is not None:
            undone.add(operation.undoes)
            continue
        roots = connection.rows("SELECT DISTINCT root FROM changes WHERE operation = ?", operation.id)
        yield operation, frozenset(root for (root,) in roots)


def was_undone(connection: Connection, path: str, content: bytes, cause: str) -> bool:
    """Return whether this content of a file came back because an operation with this cause was undone."""
    found = connection.rows(
        "SELECT 1 FROM changes JOIN operations ON operations.id = operation "
        "JOIN operations AS undone ON undone.id = operations.undoes "
        "WHERE path = ? AND after = ? AND undone.cause = ? AND operations.status = 'done'",
        *(path, sha256(content).hexdigest(), cause),
    )
    return bool(found)


def plan_of(connection: Connection, operation: Operation) -> Plan:
    """Return the plan of an operation, as it was applied."""
    rows = connection.rows(
        "SELECT root, path, before, after, mode FROM changes WHERE operation = ? ORDER BY path",
        operation.id,
    )
    get = connection.contents.get
    changes = tuple(FileChange(root, path, get(a), get(b), mode) for root, path, a, b, mode in rows)
    return Plan(operation.cause, (Fix(operation.title, Applicability.SAFE, changes),))


def present(connection: Connection, root: str) -> tuple[str, ...]:
    """Return the absolute paths of the files of a store that existed when last seen."""
    each = each_value("path", "root = ?")
    last = "SELECT hash FROM versions WHERE path = value ORDER BY id DESC LIMIT 1"
    query = f"SELECT value FROM ({each}) WHERE ({last}) IS NOT NULL"  # noqa: S608  # constants
    paths = connection.rows(query, *[root] * each.count("?"))  # Python 3.12.0 to 3.12.3 warn of `?1`
    return tuple(path for (path,) in paths)


def all_versions(connection: Connection) -> Iterator[Version]:
    """Yield the versions of all stores in the order of their ids, some at a time."""
    query = (
        "SELECT id, time, ifnull(root, ''), path, hash, mode, operation, number, actor, author FROM versions "
        "WHERE id > ? ORDER BY id LIMIT ?"
    )
    last = 0
    while rows := connection.rows(query, last, _AT_ONCE):
        yield from (Version(identity, seconds_of(seen), *rest) for identity, seen, *rest in rows)
        last = rows[-1][0]


def counts(connection: Connection) -> tuple[tuple[str, int], ...]:
    """Return the number of contents, versions and operations."""
    rows = connection.rows(
        "SELECT (SELECT count(*) FROM stored), (SELECT count(*) FROM versions), "
        "(SELECT count(*) FROM operations)"
    )
    return tuple(zip(("content", "version", "operation"), rows[0], strict=True))


def each_value(column: str, where: str = "true") -> str:
    """Return a query for the different values of an indexed column, which reads few rows; None ends them."""
    return (
        f"WITH RECURSIVE found (value) AS (SELECT min({column}) FROM versions WHERE {where} "  # noqa: S608
        f"UNION ALL SELECT (SELECT min({column}) FROM versions WHERE {where} AND {column} > found.value) "
        "FROM found WHERE found.value IS NOT NULL) SELECT value FROM found"
    )
