"""The database file of the index: created, opened, rebuilt."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from memoryd import private
from memoryd.adapters.search.schema import SCHEMA, STATEMENTS
from memoryd.errors import MemorydError

# Not the fault of the file: it is locked, or memory or disk is full.
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PASSING = {*_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_FULL, sqlite3.SQLITE_INTERRUPT}
_NOWHERE = (0, 0)

T = TypeVar("T")


class IndexFile:
    """The file, opened or created with mode 0600.

    Attributes:
        healed: What was last wrong with it and what was done, one sentence; None if nothing.

    Raises:
        MemorydError: If even a fresh file cannot be created, or this one stays locked; also in `use`.
    """

    def __init__(self, path: Path) -> None:
        self.healed: str | None = None
        self._path = path
        self._identity = self._log = _NOWHERE
        self._open()

    def close(self) -> None:
        """Close the database; closing twice is fine."""
        self._db.close()

    def use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work on the file at the path, which is rebuilt once if it turns out to be unusable."""
        found = _identity(self._path)
        if found != self._identity:
            self.healed = (
                f"{self._path} was {'replaced' if found else 'deleted'} while in use: it was opened again"
            )
            self._open()
        try:
            return work(self._db)
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            if not _at_fault(error):
                raise self._failed(error) from error
            self.healed = f"{self._path} was damaged ({error}): it was opened again"
            self._open(str(error))
        try:
            return work(self._db)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def renew(self) -> None:
        """Replace the file by a fresh one; other processes notice at their next access."""
        with self._alone():
            self._db.close()
            self._path.unlink(missing_ok=True)
            self._remove_companions()
            self._identity = self._log = _NOWHERE
            if problem := self._connect():
                raise self._failed(OSError(problem))

    def drop_aside(self) -> None:
        """Remove the files that were set aside."""
        for aside in self._path.parent.glob(f"{self._path.name}.broken-*"):
            aside.unlink(missing_ok=True)

    def _open(self, problem: str = "") -> None:
        """Open the file, or a fresh one if it is unusable; `problem` is what is known to be wrong."""
        try:
            private.make_directory(self._path.parent)
            with self._alone():
                # Did another process rebuild it, or was another file put there?
                replaced = _identity(self._path) != self._identity
                if replaced and _identity(self._beside("-wal")) == self._log:
                    # SQLite would use the log of the old file for the new one.
                    self._remove_companions()
                if self._identity != _NOWHERE:
                    # Not earlier: closed files free their inode numbers for new ones.
                    self._db.close()
                    self._identity = self._log = _NOWHERE
                if replaced or not problem:
                    problem = self._connect()
                if problem:
                    self._renew(problem)
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from error

    def _renew(self, problem: str) -> None:
        aside = self._set_aside()
        self.healed = f"{self._path} was unusable ({problem}): set aside as {aside} and rebuilt"
        if problem := self._connect():
            raise OSError(problem)

    def _failed(self, error: Exception) -> MemorydError:
        hint = (
            "another process is writing to it: try again"
            if _code(error) in _LOCKED
            else "make its directory writable and the disk not full, or set MEMORYD_CACHE_DIR elsewhere"
        )
        return MemorydError(f"cannot use the index {self._path}: {error}", hint)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from opening the file, and so from setting the new one aside."""
        lock = private.open_file(self._beside(".lock"), os.O_RDWR)
        try:
            with suppress(OSError):  # some file systems have no locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _connect(self) -> str:
        """Open the file, creating it if it is missing; return what is wrong with it, or ""."""
        if not self._path.exists():
            self._remove_companions()
            # Never open and close an existing file: closing drops this process's locks on it.
            os.close(private.open_file(self._path, os.O_EXCL))
        elif self._path.stat().st_mode & 0o077:
            self._path.chmod(0o600)
        try:
            with ExitStack() as undo:
                connection = sqlite3.connect(
                    self._path, timeout=5, isolation_level=None, check_same_thread=False
                )
                undo.callback(connection.close)
                self._db = connection
                connection.create_function("folded", 1, _folded, deterministic=True)
                self._db.execute("PRAGMA busy_timeout = 5000")
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                problem = _prepare(self._db)
                if not problem:
                    undo.pop_all()
        except sqlite3.Error as error:
            if not _at_fault(error):
                raise
            return str(error)
        self._identity = _identity(self._path) or _NOWHERE
        self._log = _identity(self._beside("-wal")) or _NOWHERE
        return problem

    def _set_aside(self) -> str:
        """Rename the file, keeping only the latest of these; return its new name."""
        for older in self._path.parent.glob(f"{self._path.name}.broken-*"):
            with suppress(OSError):
                older.unlink()
        aside = self._beside(time.strftime(".broken-%Y%m%dT%H%M%S"))
        with suppress(FileNotFoundError):
            self._path.rename(aside)
        self._remove_companions()
        return aside.name

    def _remove_companions(self) -> None:
        for suffix in ("-wal", "-shm", "-journal"):
            self._beside(suffix).unlink(missing_ok=True)

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)


@contextmanager
def transaction(db: sqlite3.Connection, begin: Literal["BEGIN", "BEGIN IMMEDIATE"]) -> Iterator[None]:
    """Run several reads on one state (`BEGIN`), or all writes or none (`BEGIN IMMEDIATE`).

    Within another transaction it is a part of that.
    """
    if db.in_transaction:
        yield
        return
    db.execute(begin)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.rollback()
        raise


def to_sql(text: str) -> str | bytes:
    """Return a text for SQLite: names of files need not be Unicode, and are then bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")
    return text


def from_sql(value: str | bytes) -> str:
    """Return the text of a `to_sql` value."""
    return value if isinstance(value, str) else value.decode(errors="surrogatepass")


def _folded(value: str | bytes | None) -> str | None:
    """Return a name as filters compare it; SQLite folds only the case of ASCII."""
    return None if value is None else from_sql(value).casefold()


def _prepare(db: sqlite3.Connection) -> str:
    """Create the tables of a new file; return what is wrong with another, or ""."""
    with transaction(db, "BEGIN IMMEDIATE"):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == SCHEMA:
            return ""
        if version or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return f"its schema is {version}, this memoryd needs {SCHEMA}"
        for statement in STATEMENTS.split(";\n"):  # `executescript` would end the transaction first
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA}")
        return ""


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _code(error: Exception) -> int:
    """Return SQLite's primary result code, or 0."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _at_fault(error: sqlite3.Error) -> bool:
    """Return whether the file is wrong; our SQL is fixed, so "no such table" counts."""
    return _code(error) not in {0, *_PASSING}
