"""Contents of an older memoryd, stored again as differences."""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from hashlib import sha256

from memoryd.adapters.history.contents import Contents
from memoryd.adapters.history.schema import OLD_CONTENTS

_AT_ONCE = 8 * 1024 * 1024  # bytes of contents that are moved in one transaction

_Writing = Callable[[], AbstractContextManager[None]]


def is_unfinished(connection: sqlite3.Connection) -> bool:
    """Return whether some contents still have the old form."""
    query = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(query, [OLD_CONTENTS]).fetchone() is not None


def move_contents(connection: sqlite3.Connection, contents: Contents, writing: _Writing) -> None:
    """Move all contents of the old form, and shrink the file.

    Each transaction moves some of them, so that a killed process loses nothing and the next one, or
    another one at the same time, does the rest. The file does not grow meanwhile. Damaged contents are
    moved as they are.

    Args:
        connection: The database.
        contents: Its contents.
        writing: Begins a transaction.

    Raises:
        sqlite3.Error: If the database cannot be read.
        MemorydError: If it cannot be written.
    """
    pairs = _in_order(connection)
    is_more = True
    while is_more:
        with writing():
            is_more = _move_some(connection, contents, pairs)
    contents.forget()
    with suppress(sqlite3.OperationalError):  # another process reads: its pages are used again later
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with writing():
        connection.execute(f"DROP TABLE IF EXISTS {OLD_CONTENTS}")


def _move_some(
    connection: sqlite3.Connection, contents: Contents, pairs: Iterator[tuple[str, str | None]]
) -> bool:
    """Move as many contents as one transaction may have; return whether there may be more."""
    if not is_unfinished(connection):  # another process did the rest
        return False
    size = 0
    for digest, near in pairs:
        size += _move(connection, contents, digest, near)
        if size >= _AT_ONCE:
            return True
    return False


def _in_order(connection: sqlite3.Connection) -> Iterator[tuple[str, str | None]]:
    """Yield the hashes of all old contents, each after the version before it, with that version's hash."""
    paths = connection.execute("SELECT DISTINCT path FROM versions ORDER BY path").fetchall()
    for (path,) in paths:
        before = None
        query = "SELECT hash FROM versions WHERE path = ? AND hash IS NOT NULL ORDER BY id"
        for (digest,) in connection.execute(query, [path]).fetchall():
            yield digest, before
            before = digest
    query = "SELECT after, before FROM changes WHERE after IS NOT NULL ORDER BY operation"
    yield from connection.execute(query).fetchall()
    for (digest,) in connection.execute(f"SELECT hash FROM {OLD_CONTENTS}").fetchall():  # noqa: S608  # a constant
        yield digest, None


def _move(connection: sqlite3.Connection, contents: Contents, digest: str, near: str | None) -> int:
    """Move one content; return its size in bytes, 0 if it was moved before."""
    query = f"SELECT size, data FROM {OLD_CONTENTS} WHERE hash = ?"  # noqa: S608  # a constant
    row = connection.execute(query, [digest]).fetchone()
    if row is None:
        return 0
    size, data = row
    try:
        content = zlib.decompress(data)
    except (zlib.error, TypeError):
        content = None
    if content is not None and len(content) == size and sha256(content).hexdigest() == digest:
        contents.keep(content, near)
    else:
        row = [digest, size or 0, data]
        connection.execute(
            "INSERT INTO stored (hash, size, depth, data) VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING", row
        )
    connection.execute(f"DELETE FROM {OLD_CONTENTS} WHERE hash = ?", [digest])  # noqa: S608  # a constant
    return size or 1
