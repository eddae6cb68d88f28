"""A damaged history, made again of what can be read."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from memoryd import beneath
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.copies.absorb import AbsorbResult, absorb
from memoryd.adapters.history.copies.backup import backup_of
from memoryd.adapters.history.schema import MIGRATIONS
from memoryd.adapters.history.turn import turn
from memoryd.errors import MemorydError

_TABLES = {
    "stored": "id, hash, size, base, depth, data",
    "versions": "id, time, path, hash, root, mode, operation, author, actor, session",
    "operations": "id, time, cause, status, title, undoes, actor, link",
    "changes": "rowid, operation, root, path, before, after, mode",
    "alarms": "id, time, root, sign, state",
    "losses": "rowid, alarm, had, dropped, base, cut",
    "examined": "rowid, root, version",
}
_MAGIC = b"SQLite format 3\0"
_MOST_PROBES = 50_000  # ranges of rows that are tried in one table
_LAST_ROW = 1 << 40


def repair(path: Path) -> tuple[AbsorbResult, Path]:
    """Make a history again from what can be read of its file and its backup; keep the old file.

    Args:
        path: The database.

    Returns:
        What the new history has, and the path of the old file.

    Raises:
        MemorydError: If there is no database, it has another schema, or it cannot be written.
    """
    if not path.exists():
        raise MemorydError(f"there is no history at {path}", "the next command that records begins a new one")
    draft = path.with_name(f"{path.name}.repair")
    aside = path.with_name(f"{path.name}.damaged-{time.time():.0f}")
    try:
        with turn(Path(f"{path}.lock"), 5.0):
            draft.unlink(missing_ok=True)
            new = Connection(draft)
            with closing(new.raw):
                done = _filled(new, path)
                new.raw.execute("PRAGMA journal_mode=DELETE")  # one file has everything
            log = Path(f"{path}-wal")
            path.rename(aside)
            if log.exists():
                log.rename(f"{aside}-wal")
            Path(f"{path}-shm").unlink(missing_ok=True)
            draft.rename(path)
            beneath.sync_directory(str(path.parent))
    except (OSError, sqlite3.Error) as error:
        raise MemorydError(f"cannot repair the history at {path}: {error}", "nothing was deleted") from error
    return done, aside


def _filled(new: Connection, path: Path) -> AbsorbResult:
    """Fill a new history from the backup, then from what the damaged file has more."""
    done = AbsorbResult()
    found = []
    if backup_of(path).exists():
        found.append(backup_of(path))
    for each in (*found, path):
        with closing(_salvaged(each)) as source:
            part = absorb(new, source)
            done.versions += part.versions
            done.operations += part.operations
            done.unreadable = part.unreadable
    return done


def import_copy(connection: Connection, path: Path) -> AbsorbResult:
    """Add what a copy of another history has more, as far as it can be read.

    Args:
        connection: The history to add to.
        path: The copy, which is not changed; one of an older memoryd is migrated elsewhere.

    Raises:
        MemorydError: If it is no history of this or an older memoryd, or cannot be added.
    """
    try:
        with open(path, "rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise MemorydError(f"{path} is not a history", "name a file that `history backup` wrote")
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
            version = 0
            with suppress(sqlite3.DatabaseError):  # a half-written one
                (version,) = source.execute("PRAGMA user_version").fetchone()
        if version in range(1, len(MIGRATIONS)):
            from tempfile import TemporaryDirectory  # noqa: PLC0415  # of a rare import

            with TemporaryDirectory() as directory:
                return _import_older(connection, path, Path(directory, "history.db"))
        with closing(_salvaged(path)) as copy:
            return absorb(connection, copy)
    except (OSError, sqlite3.Error) as error:
        raise MemorydError(f"cannot import {path}: {error}", "the history is unchanged") from error


def _import_older(connection: Connection, path: Path, migrated: Path) -> AbsorbResult:
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(migrated)) as target,
    ):
        source.backup(target)
    other = Connection(migrated)
    with closing(other.raw):
        return absorb(connection, other.raw)


def _salvaged(path: Path) -> sqlite3.Connection:
    """Return a temporary database with every row that can be read.

    Raises:
        MemorydError: If the schema is that of another memoryd.
    """
    copy = sqlite3.connect("", isolation_level=None)
    for table, columns in _TABLES.items():
        copy.execute(f"CREATE TABLE {table} ({columns.removeprefix('rowid, ')})")
    copy.execute("CREATE INDEX stored_hash ON stored (hash)")
    copy.execute("CREATE INDEX versions_id ON versions (id)")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        source.execute("PRAGMA writable_schema=ON")  # a file that is too short can be read as well
        with suppress(sqlite3.DatabaseError):
            (version,) = source.execute("PRAGMA user_version").fetchone()
            if version not in {0, len(MIGRATIONS)}:
                copy.close()
                raise MemorydError(
                    f"the history at {path} has the form of another version of memoryd", "use that one"
                )
        for table, columns in _TABLES.items():
            is_numbered = columns.startswith("rowid")
            for rows in _rows(source, table, columns):
                values = [row[1:] if is_numbered else row for row in rows]
                marks = ", ".join("?" * (len(columns.split(",")) - is_numbered))
                copy.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608  # constants
    return copy


def _rows(source: sqlite3.Connection, table: str, columns: str) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of a table in ranges that can be read."""
    query = f"SELECT {columns} FROM {table} WHERE rowid BETWEEN ? AND ?"  # noqa: S608  # constants
    pending = [(-_LAST_ROW, _LAST_ROW)]
    for _ in range(_MOST_PROBES):
        if not pending:
            return
        first, last = pending.pop()
        try:
            yield source.execute(query, [first, last]).fetchall()
        except sqlite3.Error:
            if first < last:
                middle = (first + last) // 2
                pending += [(middle + 1, last), (first, middle)]
