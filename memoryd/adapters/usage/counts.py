"""Database of uses of memory: paths and numbers, no text."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Self

from memoryd import private
from memoryd.domain.usage.records import OpenCall, RecordState, Use, UseKind
from memoryd.domain.usage.totals import UseCount
from memoryd.errors import MemorydError

_SCHEMA = 1
_TABLES = """
CREATE TABLE records (
    record BLOB PRIMARY KEY, offset INTEGER NOT NULL, agent TEXT NOT NULL, is_started INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE calls (
    record BLOB NOT NULL, call TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, agent TEXT NOT NULL,
    day TEXT NOT NULL, PRIMARY KEY (record, call)
) WITHOUT ROWID;
CREATE TABLE reads (
    path TEXT NOT NULL, session TEXT NOT NULL, agent TEXT NOT NULL, day TEXT NOT NULL,
    loads INTEGER NOT NULL DEFAULT 0, reads INTEGER NOT NULL DEFAULT 0, writes INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (path, session, agent, day)
) WITHOUT ROWID
"""
_COLUMNS = {
    UseKind.LOAD: "loads",
    UseKind.READ: "reads",
    UseKind.WRITE: "writes",
    UseKind.FAILED: "failed",
}
_PATIENCE = 5.0  # seconds to wait for other processes


def record_key(path: str) -> bytes:
    """Return what stands for the path of a record in the database, which does not tell the path."""
    return sha256(os.fsencode(path)).digest()[:16]


class UseCounts:
    """The database at a path, opened or created, readable only by its owner; a context manager.

    Raises:
        MemorydError: If it cannot be used; all methods.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            if not path.exists():
                private.make_directory(path.parent)
            with suppress(FileExistsError):
                os.close(private.open_file(path, os.O_RDWR | os.O_EXCL))
            self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def offsets(self) -> dict[bytes, int]:
        """Return the offset up to which each record was counted, by its `record_key`."""
        with self._told():
            return dict(self._db.execute("SELECT record, offset FROM records").fetchall())

    def state(self, record: str, session: str) -> RecordState:
        """Return the state of a record at that offset, or that of a new one.

        Args:
            record: Path of the record.
            session: Identifier of its session.
        """
        key = record_key(record)
        with self._told():
            known = self._db.execute(
                "SELECT agent, is_started FROM records WHERE record = ?", [key]
            ).fetchone()
            calls = self._db.execute(
                "SELECT call, path, kind, agent, day FROM calls WHERE record = ?", [key]
            ).fetchall()
        agent, started = known or ("", False)
        open_calls = {
            call: OpenCall(path, UseKind(kind), agent, day) for call, path, kind, agent, day in calls
        }
        return RecordState(session, agent, bool(started), open_calls)

    def add(self, record: str, uses: Iterable[Use], state: RecordState, *, start: int, end: int) -> None:
        """Count uses, unless another process counted them meanwhile: all of them or none.

        Args:
            record: Path of the record that tells of them.
            uses: The uses; all have paths.
            state: The state of the record after them.
            start: The offset where they begin.
            end: The offset after them.
        """
        key = record_key(record)
        with self._told(), self._writing():
            row = self._db.execute("SELECT offset FROM records WHERE record = ?", [key]).fetchone()
            if (row[0] if row else 0) != start:
                return
            self._db.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)",
                [key, end, state.agent, state.is_started],
            )
            self._db.execute("DELETE FROM calls WHERE record = ?", [key])
            self._db.executemany(
                "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (key, call, each.path, each.kind, each.agent, each.day)
                    for call, each in state.calls.items()
                ],
            )
            for use in uses:
                column = _COLUMNS[use.kind]
                self._db.execute(
                    f"INSERT INTO reads (path, session, agent, day, {column}, tokens) "  # noqa: S608  # a constant
                    f"VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE "
                    f"SET {column} = {column} + 1, tokens = tokens + excluded.tokens",
                    [use.path, state.session, use.agent, use.day, use.tokens],
                )

    def counts(self) -> tuple[UseCount, ...]:
        """Return all counts, by path and day."""
        with self._told():
            rows = self._db.execute(
                "SELECT path, session, agent, day, loads, reads, writes, failed, tokens FROM reads "
                "ORDER BY path, day, session, agent"
            ).fetchall()
        return tuple(UseCount(*row) for row in rows)

    def first_day(self) -> str:
        """Return the first day that has counts; "" without any."""
        with self._told():
            return str(self._db.execute("SELECT ifnull(min(day), '') FROM reads").fetchone()[0])

    def forget(self, is_concerned: Callable[[bytes], bool]) -> int:
        """Remove the counts of files whose paths contain a text, with no byte of them left.

        Args:
            is_concerned: Returns whether a path contains it.

        Returns:
            How many paths were removed.
        """
        with self._told():
            self._db.execute("PRAGMA secure_delete = ON")
            with self._writing():
                removed = set()
                for table in ("reads", "calls"):
                    found = self._db.execute(f"SELECT DISTINCT path FROM {table}").fetchall()  # noqa: S608  # a constant
                    gone = [row for row in found if is_concerned(row[0].encode())]
                    self._db.executemany(f"DELETE FROM {table} WHERE path = ?", gone)  # noqa: S608  # a constant
                    removed |= {path for (path,) in gone}
            if removed:
                self._db.execute("VACUUM")
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return len(removed)

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        with self._writing():
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version > _SCHEMA:
                raise MemorydError(
                    f"{self._path} was written by a newer memoryd", "upgrade memoryd to use it"
                )
            if not version:
                for statement in _TABLES.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {_SCHEMA}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what cannot be used and why."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise MemorydError(
                f"cannot use {self._path}: {error}",
                "make its directory writable; a damaged file may be moved away: counting begins again",
            ) from error
