"""A connection to the history: opening, migrations, rows."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Any

from memoryd import private
from memoryd.adapters.history.contents import Contents
from memoryd.adapters.history.migration import is_unfinished, move_contents
from memoryd.adapters.history.schema import MIGRATIONS, migrate, seconds_of, text_of
from memoryd.domain.history.versions import PURGE
from memoryd.errors import MemorydError

_PATIENCE = 5.0  # seconds to wait for other processes
_POLL = 0.01  # seconds between two tries
_TICK = 0.001  # seconds: the precision of recorded times
_DRIFT = 1.0  # seconds: a last time further in the future is from a wrong clock


class FilePlace(Enum):
    """Kinds of files at the path of an open database."""

    SAME = "same"
    MISSING = "missing"
    REPLACED = "replaced"


class Connection:
    """A connection; a path that is not UTF-8 is stored as bytes, and is returned unchanged.

    Args:
        path: The database; created, with its directory, readable only by its owner.

    Raises:
        MemorydError: If it cannot be opened, or was written by a newer memoryd.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: tuple[str, int] | None = None
        try:
            if not path.exists():
                private.make_directory(path.parent)
            with suppress(FileExistsError):  # to open and close the file again would drop SQLite's locks
                os.close(private.open_file(path, os.O_RDWR | os.O_EXCL))
            with ExitStack() as undo:
                self.raw = sqlite3.connect(
                    path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
                )
                undo.callback(self.raw.close)
                _keep_a_log(self.raw)
                self.raw.execute("PRAGMA synchronous=FULL")
                with self.writing():
                    if not migrate(self.raw):
                        raise MemorydError(
                            f"the history at {path} was written by a newer memoryd",
                            "upgrade memoryd to use it",
                        )
                self.contents = Contents(self.raw)
                if is_unfinished(self.raw):
                    move_contents(self.raw, self.contents, self.writing)
                with suppress(sqlite3.DatabaseError):  # a damaged one is still read as far as possible
                    self._mark = self.raw.execute("SELECT name, generation FROM marks").fetchone()
                self._identity = _identity(path)
                self._companions = {each: _identity(each) for each in self._beside() if each.exists()}
                undo.pop_all()
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
        """Run one transaction; lock at once, because a deferred lock fails under contention.

        Raises:
            MemorydError: If the database cannot be written, or is not the one that was opened.
        """
        try:
            self.raw.execute("BEGIN IMMEDIATE")
            try:
                self._demand_same()
                yield
                if self._mark:
                    self.raw.execute("UPDATE marks SET generation = generation + 1")
                self.raw.execute("COMMIT")
                self._mark = self._mark and (self._mark[0], self._mark[1] + 1)
            finally:
                if self.raw.in_transaction:
                    self.raw.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise MemorydError(
                f"cannot write the history at {self.path}: {error}", "nothing is edited without it"
            ) from error

    def _demand_same(self) -> None:
        """Check within a transaction that no other program migrated or replaced the database."""
        if not self._mark:  # it is being opened
            return
        (version,) = self.raw.execute("PRAGMA user_version").fetchone()
        if version != len(MIGRATIONS):
            raise MemorydError(
                f"the history at {self.path} was migrated by another version of memoryd meanwhile",
                "nothing is recorded or edited: restart this memoryd, or upgrade it",
            )
        name, generation = self.raw.execute("SELECT name, generation FROM marks").fetchone()
        if name != self._mark[0] or generation < self._mark[1]:
            raise MemorydError(
                f"the history at {self.path} was overwritten with another copy meanwhile",
                "nothing is recorded or edited: run `memoryd history verify`, then restart this memoryd",
            )
        self._mark = name, generation

    def _beside(self) -> list[Path]:
        return [Path(f"{self.path}{suffix}") for suffix in ("-wal", "-shm")]

    def drop_companions(self) -> None:
        """Unlink the log of the open database where it would be taken for that of another one.

        SQLite applies a log to whatever database has its name. This process keeps it open.

        Raises:
            OSError: If that is impossible.
        """
        for each, identity in self._companions.items():
            with suppress(FileNotFoundError, NotADirectoryError):
                if _identity(each) == identity:
                    each.unlink()

    def place(self) -> FilePlace:
        """Return whether the database that is open is still the one at its path."""
        try:
            return FilePlace.SAME if _identity(self.path) == self._identity else FilePlace.REPLACED
        except (FileNotFoundError, NotADirectoryError):
            return FilePlace.MISSING
        except OSError:  # perhaps not permitted now: writing itself decides
            return FilePlace.SAME

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            MemorydError: If the database cannot be read.
        """
        try:
            found = self.raw.execute(query, [_stored(each) for each in parameters]).fetchall()
        except sqlite3.Error as error:
            raise MemorydError(
                f"cannot read the history at {self.path}: {error}", "`memoryd history verify` shows more"
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


def _identity(path: Path) -> tuple[int, int]:
    """Return device and inode of a file."""
    status = os.stat(path)
    return status.st_dev, status.st_ino


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


def stored_path(path: str) -> str | bytes:
    """Return a path as it is in the tables: as bytes if it is not UTF-8."""
    found = _stored(path)
    return found if isinstance(found, bytes) else path


def _stored(value: object) -> object:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return os.fsencode(value)
    return value


def _restored(value: object) -> object:
    return os.fsdecode(value) if isinstance(value, bytes) else value
