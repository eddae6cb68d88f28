"""A connection to the history: opening, migrations, rows."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from memoryd import private
from memoryd.adapters.history.contents import Contents
from memoryd.adapters.history.migration import is_unfinished, move_contents
from memoryd.adapters.history.schema import migrate, seconds_of, text_of
from memoryd.domain.history.versions import PURGE
from memoryd.errors import MemorydError

_PATIENCE = 5.0  # seconds to wait for other processes
_POLL = 0.01  # seconds between two tries
_TICK = 0.001  # seconds: the precision of recorded times
_DRIFT = 1.0  # seconds: a last time further in the future is from a wrong clock


class Connection:
    """A connection; a path that is not UTF-8 is stored as bytes, and is returned unchanged.

    Args:
        path: The database; created, with its directory, readable only by its owner.

    Raises:
        MemorydError: If it cannot be opened, or was written by a newer memoryd.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            if not path.exists():
                private.make_directory(path.parent)
            with suppress(FileExistsError):  # to open and close the file again would drop SQLite's locks
                os.close(private.open_file(path, os.O_RDWR | os.O_EXCL))
            self.raw = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            _keep_a_log(self.raw)
            self.raw.execute("PRAGMA synchronous=FULL")
            with self.writing():
                if not migrate(self.raw):
                    raise MemorydError(
                        f"the history at {path} was written by a newer memoryd", "upgrade memoryd to use it"
                    )
            self.contents = Contents(self.raw)
            if is_unfinished(self.raw):
                move_contents(self.raw, self.contents, self.writing)
        except (OSError, sqlite3.Error) as error:
            damaged = type(error) is sqlite3.DatabaseError
            raise MemorydError(
                f"cannot open the history at {path}: {error}",
                "nothing is edited without it: "
                + (
                    "restore a backup, or move it away to begin a new one"
                    if damaged
                    else "make the directory writable or set MEMORYD_STATE_DIR"
                ),
            ) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run one transaction; lock at once, because a deferred lock fails under contention."""
        try:
            self.raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.raw.execute("COMMIT")
            finally:
                if self.raw.in_transaction:
                    self.raw.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise MemorydError(
                f"cannot write the history at {self._path}: {error}", "nothing is edited without it"
            ) from error

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            MemorydError: If the database cannot be read.
        """
        try:
            found = self.raw.execute(query, [_stored(each) for each in parameters]).fetchall()
        except sqlite3.Error as error:
            raise MemorydError(
                f"cannot read the history at {self._path}: {error}", "`memoryd history verify` shows more"
            ) from error
        return [tuple(map(_restored, row)) for row in found]

    def now(self) -> str:
        """Return the time to record now, which is always later than the last one."""
        now = time.time()
        rows = self.rows("SELECT time FROM versions ORDER BY id DESC LIMIT 1")
        last = seconds_of(rows[0][0]) if rows else 0.0
        behind = last + _TICK - now
        return text_of(last + _TICK if 0 < behind < _DRIFT else now)

    def was_purged_since(self, seconds: float) -> bool:
        """Return whether a purge was recorded since a time, in seconds since the epoch."""
        sql = "SELECT 1 FROM operations WHERE status = ? AND time >= ? LIMIT 1"
        return bool(self.rows(sql, PURGE, text_of(seconds)))

    def insert(self, table: str, **values: object) -> int:
        """Add a row within the current transaction; return its id."""
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        query = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  # names from the code
        return self.raw.execute(query, [_stored(each) for each in values.values()]).lastrowid or 0


def _keep_a_log(raw: sqlite3.Connection) -> None:
    """Use write-ahead logging; unlike everything later, this does not wait for others by itself."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_POLL)
        else:
            return


def _stored(value: object) -> object:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return os.fsencode(value)
    return value


def _restored(value: object) -> object:
    return os.fsdecode(value) if isinstance(value, bytes) else value
