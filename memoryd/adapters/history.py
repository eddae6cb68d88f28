"""The record of every version and every operation; precious, unlike the index."""

import fcntl
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

import sqlite_utils

from memoryd.domain.edits import Applicability, FileChange, Fix, Plan
from memoryd.errors import MemorydError

_POLL = 0.05  # seconds between two tries to get one's turn


class BusyError(MemorydError):
    """Another process is carrying out an operation."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One recorded operation of memoryd.

    Attributes:
        id: Counts from 1.
        time: UTC, ISO 8601.
        cause: The command behind it.
        status: `intent`, `done`, `aborted` or `conflict`.
        title: What it did, in words.
        undoes: The operation that it took back, or None.
    """

    id: int
    time: str
    cause: str
    status: str
    title: str
    undoes: int | None


def _create_tables(database: sqlite_utils.Database) -> None:
    database.table("contents").create({"hash": str, "size": int, "data": bytes}, pk="hash")
    database.table("operations").create(
        {"id": int, "time": str, "cause": str, "status": str, "title": str, "undoes": int}, pk="id"
    )
    database.table("changes").create(
        {"operation": int, "root": str, "path": str, "before": str, "after": str}, pk=("operation", "path")
    )
    database.table("versions").create({"id": int, "time": str, "path": str, "hash": str}, pk="id")
    database.table("versions").create_index(["path"])


# Applied in order; the number of those applied is the database's user_version.
_MIGRATIONS: tuple[Callable[[sqlite_utils.Database], None], ...] = (_create_tables,)


class History:
    """The history database.

    Args:
        path: Of the database; made, with its directory, readable by its owner only.

    Raises:
        MemorydError: If it cannot be opened, or was written by a newer memoryd.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileExistsError):  # opening and closing it again would drop SQLite's own locks
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._database = sqlite_utils.Database(self._connection, execute_plugins=False)
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise MemorydError(
                f"cannot open the history at {path}: {error}",
                "nothing is edited without it: make the directory writable or set MEMORYD_STATE_DIR",
            ) from error

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _migrate(self) -> None:
        with self._writing():
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version > len(_MIGRATIONS):
                raise MemorydError(
                    f"the history at {self._path} was written by a newer memoryd", "upgrade memoryd to use it"
                )
            for migrate in _MIGRATIONS[version:]:
                migrate(self._database)
            self._connection.execute(f"PRAGMA user_version={len(_MIGRATIONS)}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; takes the lock at once, since a deferred one fails under contention."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise MemorydError(
                f"cannot write the history at {self._path}: {error}", "nothing is edited without it"
            ) from error

    @contextmanager
    def turn(self, patience: float = 5.0) -> Iterator[None]:
        """Hold the right to write memory files: one process at a time carries out or mends operations.

        Args:
            patience: Seconds to wait for another process.

        Raises:
            BusyError: If that one takes longer.
        """
        deadline = time.monotonic() + patience
        descriptor = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= deadline:
                        raise BusyError(
                            "another memoryd is writing just now", "run the command again"
                        ) from error
                    time.sleep(_POLL)
            yield
        finally:
            os.close(descriptor)

    def observe(self, versions: Iterable[tuple[str, bytes | None]]) -> None:
        """Record what files hold now, by absolute path; None for one that is gone.

        A content that is the path's last version already is not recorded again.
        """
        with self._writing():
            for path, content in versions:
                self._observe(path, content)

    def _observe(self, path: str, content: bytes | None) -> None:
        last = self._connection.execute(
            "SELECT hash FROM versions WHERE path = ? ORDER BY id DESC LIMIT 1", [path]
        ).fetchone()
        digest = self._keep(content)
        if (last is None and digest is not None) or (last is not None and last[0] != digest):
            self._database.table("versions").insert({"time": _now(), "path": path, "hash": digest})

    def _keep(self, content: bytes | None) -> str | None:
        if content is None:
            return None
        digest = sha256(content).hexdigest()
        self._connection.execute(
            "INSERT INTO contents (hash, size, data) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING",
            [digest, len(content), zlib.compress(content)],
        )
        return digest

    def begin(self, plan: Plan, *, undoes: int | None = None) -> int:
        """Record an intent, durably, with all contents before and after; returns the operation's id."""
        with self._writing():
            row = {
                "time": _now(),
                "cause": plan.cause,
                "status": "intent",
                "title": "; ".join(fix.title for fix in plan.fixes),
                "undoes": undoes,
            }
            operation = self._database.table("operations").insert(row).last_pk
            for change in plan.changes:
                self._observe(change.path, change.before)
                before, after = self._keep(change.before), self._keep(change.after)
                self._database.table("changes").insert(
                    {
                        "operation": operation,
                        "root": change.root,
                        "path": change.path,
                        "before": before,
                        "after": after,
                    }
                )
        return int(operation)  # type: ignore[arg-type]  # a single-column key

    def finish(self, operation: int, status: str) -> None:
        """Record how an operation ended: `done`, `aborted` or `conflict`."""
        with self._writing():
            self._connection.execute("UPDATE operations SET status = ? WHERE id = ?", [status, operation])
            if status == "done":
                for path, digest in self._connection.execute(
                    "SELECT path, after FROM changes WHERE operation = ?", [operation]
                ).fetchall():
                    self._database.table("versions").insert({"time": _now(), "path": path, "hash": digest})

    def operation(self, identity: int) -> Operation | None:
        """One operation by id."""
        return next(self._operations("id = ?", [identity]), None)

    def last_to_undo(self) -> Operation | None:
        """The newest finished operation that is neither an undo nor taken back at present."""
        taken_back: set[int] = set()
        for operation in self._operations("status = 'done'", []):
            if operation.id in taken_back:
                continue
            if operation.undoes is None:
                return operation
            taken_back.add(operation.undoes)
        return None

    def unfinished(self) -> tuple[Operation, ...]:
        """Operations whose process ended in between, the newest first."""
        return tuple(self._operations("status = 'intent'", []))

    def _operations(self, where: str, parameters: list[object]) -> Iterator[Operation]:
        for row in self._database.table("operations").rows_where(where, parameters, order_by="id desc"):
            yield Operation(**row)

    def was_restored(self, path: str, content: bytes) -> bool:
        """Whether somebody took an operation back to get just this content of a file."""
        found = self._connection.execute(
            "SELECT 1 FROM changes JOIN operations ON operations.id = operation "
            "WHERE path = ? AND after = ? AND undoes IS NOT NULL AND status = 'done'",
            [path, sha256(content).hexdigest()],
        )
        return found.fetchone() is not None

    def plan(self, operation: Operation) -> Plan:
        """The plan of an operation, as it was applied."""
        changes = tuple(
            FileChange(row["root"], row["path"], self._content(row["before"]), self._content(row["after"]))
            for row in self._database.table("changes").rows_where(
                "operation = ?", [operation.id], order_by="path"
            )
        )
        return Plan(operation.cause, (Fix(operation.title, Applicability.SAFE, changes),))

    def versions(self, path: str) -> tuple[tuple[float, bytes | None], ...]:
        """Every recorded version of a file, oldest first: seconds since the epoch and content.

        The content is None where the file was gone.
        """
        rows = self._database.table("versions").rows_where("path = ?", [path], order_by="id")
        return tuple(
            (datetime.fromisoformat(row["time"]).timestamp(), self._content(row["hash"])) for row in rows
        )

    def last(self, path: str) -> bytes | None:
        """What a file held when it was last there, or None."""
        return next((content for _, content in reversed(self.versions(path)) if content is not None), None)

    def _content(self, digest: str | None) -> bytes | None:
        if digest is None:
            return None
        (data,) = self._connection.execute("SELECT data FROM contents WHERE hash = ?", [digest]).fetchone()
        return zlib.decompress(data)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
