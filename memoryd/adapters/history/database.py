"""The history database: versions, operations and contents."""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Self

from memoryd import private
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.contents import content_of, damages, keep
from memoryd.adapters.history.expiry import ExpiryResult, expire
from memoryd.adapters.history.schema import seconds_of, text_of
from memoryd.adapters.history.turn import turn
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.versions import PURGE, Operation, Version
from memoryd.errors import MemorydError


class History:
    """The history database.

    Args:
        path: The database; created, with its directory, readable only by its owner.
        actor: The origin of operations: `command` or `daemon`.

    Raises:
        MemorydError: If it cannot be opened, or was written by a newer memoryd.
    """

    def __init__(self, path: Path, actor: str = "command") -> None:
        self.path = path
        self._actor = actor
        self._connection = Connection(path)

    def close(self) -> None:
        """Close the database."""
        self._connection.raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def turn(self, patience: float = 5.0) -> AbstractContextManager[None]:
        """Hold the right to write memory files, which one process at a time has.

        Args:
            patience: Seconds to wait for another process.

        Raises:
            BusyError: If the other process takes longer.
        """
        return turn(Path(f"{self.path}.lock"), patience)

    def was_purged_since(self, seconds: float) -> bool:
        """Return whether a purge took place since a time, in seconds since the epoch."""
        return self._connection.was_purged_since(seconds)

    # Versions

    def observe(
        self, root: str, seen: Iterable[tuple[str, bytes | None]], modes: Mapping[str, int] | None = None
    ) -> None:
        """Record the contents of files of a store now, by absolute path; None for a deleted one.

        A content that is already the last version of its path is not recorded again.

        Args:
            root: Absolute path of the store.
            seen: Path and content of each file.
            modes: Permission bits by path, if known.
        """
        with self._connection.writing():
            now = self._connection.now()
            for path, content in seen:
                self._observe(now, root, path, content, (modes or {}).get(path))

    def _observe(self, now: str, root: str, path: str, content: bytes | None, mode: int | None) -> None:
        digest = None if content is None else sha256(content).hexdigest()
        last, held, _ = self._last(path)
        if held != digest:
            keep(self._connection.raw, content)
            self._connection.insert("versions", time=now, root=root, path=path, hash=digest, mode=mode)
        elif mode is not None:
            self._connection.rows("UPDATE versions SET mode = ? WHERE id = ?", mode, last)

    def _last(self, path: str) -> tuple[int | None, str | None, int | None]:
        """Return id, hash and operation of a file's last version; None for all if there is none."""
        rows = self._connection.rows(
            "SELECT id, hash, operation FROM versions WHERE path = ? ORDER BY id DESC LIMIT 1", path
        )
        return rows[0] if rows else (None, None, None)

    def roots(self) -> tuple[str, ...]:
        """Return the absolute paths of all recorded stores, including deleted ones."""
        return tuple(
            root for (root,) in self._connection.rows("SELECT DISTINCT root FROM versions ORDER BY root")
        )

    def record(self, root: str, since: float = 0.0) -> tuple[Version, ...]:
        """Return the versions of all files of a store, the oldest first.

        Args:
            root: Absolute path of the store.
            since: Seconds since the epoch: only files with a version since then.
        """
        rows = self._connection.rows(
            "SELECT id, time, root, path, hash, mode, operation FROM versions WHERE root = ? AND path IN "
            "(SELECT path FROM versions WHERE root = ? AND time >= ?) ORDER BY id",
            root,
            root,
            text_of(since),
        )
        return tuple(Version(identity, seconds_of(seen), *rest) for identity, seen, *rest in rows)

    def present(self, root: str) -> tuple[str, ...]:
        """Return the absolute paths of the files of a store that existed when last seen."""
        rows = self._connection.rows(
            "SELECT path, hash, max(id) FROM versions WHERE root = ? GROUP BY path ORDER BY path", root
        )
        return tuple(path for path, digest, _ in rows if digest is not None)

    def versions(self, path: str) -> tuple[tuple[float, bytes | None], ...]:
        """Return all recorded versions of a file, oldest first: seconds since the epoch and content.

        The content is None if the file was deleted.
        """
        rows = self._connection.rows("SELECT time, hash FROM versions WHERE path = ? ORDER BY id", path)
        return tuple((seconds_of(seen), self.content(digest)) for seen, digest in rows)

    def last(self, path: str) -> bytes | None:
        """Return the last content of a file, or None."""
        rows = self._connection.rows(
            "SELECT hash FROM versions WHERE path = ? AND hash IS NOT NULL ORDER BY id DESC LIMIT 1", path
        )
        return self.content(rows[0][0]) if rows else None

    def content(self, digest: str | None) -> bytes | None:
        """Return a recorded content by its SHA-256; None for None.

        Raises:
            MemorydError: If it is damaged.
        """
        return content_of(self._connection.raw, digest)

    # Operations

    def begin(self, plan: Plan, *, undoes: int | None = None) -> int:
        """Record an intent durably, with all contents before and after; return the operation's id."""
        title = "; ".join(fix.title for fix in plan.fixes)
        with self._connection.writing():
            now = self._connection.now()
            operation = self._connection.insert(
                "operations",
                time=now,
                cause=plan.cause,
                status="intent",
                title=title,
                undoes=undoes,
                actor=self._actor,
            )
            for change in plan.changes:
                self._observe(now, change.root, change.path, change.before, change.mode)
                self._connection.insert(
                    "changes",
                    operation=operation,
                    root=change.root,
                    path=change.path,
                    before=keep(self._connection.raw, change.before),
                    after=keep(self._connection.raw, change.after),
                    mode=change.mode,
                )
        return operation

    def finish(self, operation: int, status: str) -> None:
        """Record how an operation ended: `done`, `aborted` or `conflict`."""
        with self._connection.writing():
            now = self._connection.now()
            self._connection.rows("UPDATE operations SET status = ? WHERE id = ?", status, operation)
            changes = self._connection.rows(
                "SELECT root, path, before, after, mode FROM changes WHERE operation = ?", operation
            )
            for root, path, before, after, mode in changes if status == "done" else ():
                if before == after:
                    continue
                last, held, writer = self._last(path)
                if held == after and writer is None:
                    # Another process has recorded it as a change by another program.
                    self._connection.rows("UPDATE versions SET operation = ? WHERE id = ?", operation, last)
                    continue
                version = {"root": root, "path": path, "hash": after, "mode": mode}
                self._connection.insert("versions", time=now, operation=operation, **version)

    def operation(self, identity: int) -> Operation | None:
        """Return an operation by its id."""
        return next(iter(self._operations("id = ?", identity)), None)

    def operations(self, root: str | None = None) -> tuple[Operation, ...]:
        """Return all operations, or those on one store or on the whole history, the newest first."""
        if root is None:
            return self._operations("true")
        where = "id IN (SELECT operation FROM changes WHERE root = ?) OR status = ?"
        return self._operations(where, root, PURGE)

    def last_to_undo(self) -> Operation | None:
        """Return the newest finished operation that is neither an undo nor undone."""
        taken_back: set[int] = set()
        for operation in self._operations("status = 'done'"):
            if operation.id in taken_back:
                continue
            if operation.undoes is None:
                return operation
            taken_back.add(operation.undoes)
        return None

    def unfinished(self) -> tuple[Operation, ...]:
        """Return the operations whose process ended before they did, the newest first."""
        return self._operations("status = 'intent'")

    def _operations(self, where: str, *parameters: object) -> tuple[Operation, ...]:
        rows = self._connection.rows(
            "SELECT id, time, cause, status, title, undoes, actor FROM operations "  # noqa: S608  # constants
            f"WHERE {where} ORDER BY id DESC",
            *parameters,
        )
        return tuple(Operation(identity, seconds_of(begun), *rest) for identity, begun, *rest in rows)

    def was_undone(self, path: str, content: bytes, cause: str) -> bool:
        """Return whether this content of a file came back because an operation with this cause was undone."""
        found = self._connection.rows(
            "SELECT 1 FROM changes JOIN operations ON operations.id = operation "
            "JOIN operations AS undone ON undone.id = operations.undoes "
            "WHERE path = ? AND after = ? AND undone.cause = ? AND operations.status = 'done'",
            *(path, sha256(content).hexdigest(), cause),
        )
        return bool(found)

    def plan(self, operation: Operation) -> Plan:
        """Return the plan of an operation, as it was applied."""
        rows = self._connection.rows(
            "SELECT root, path, before, after, mode FROM changes WHERE operation = ? ORDER BY path",
            operation.id,
        )
        changes = tuple(
            FileChange(root, path, self.content(before), self.content(after), mode)
            for root, path, before, after, mode in rows
        )
        return Plan(operation.cause, (Fix(operation.title, Applicability.SAFE, changes),))

    def set_aside(self, name: str, content: bytes) -> Path:
        """Write a file for a person to read, beside the database, readable only by its owner.

        Raises:
            MemorydError: If it cannot be written.
        """
        path = self.path.parent / "conflicts" / name
        try:
            private.make_directory(path.parent)
            path.unlink(missing_ok=True)
            with open(private.open_file(path, os.O_WRONLY | os.O_EXCL), "wb") as file:
                file.write(content)
        except OSError as error:
            raise MemorydError(f"cannot write {path}: {error.strerror}") from error
        return path

    # Maintenance

    def tidy(self) -> None:
        """Free memory, in idle moments."""
        self._connection.rows("PRAGMA shrink_memory")

    def verify(self) -> tuple[str, ...]:
        """Read everything and compute every hash again; return one sentence for each damage."""
        try:
            return tuple(damages(self._connection.raw))
        except sqlite3.Error as error:
            return (f"the database cannot be read: {error}",)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return the number of contents, versions and operations."""
        rows = self._connection.rows(
            "SELECT (SELECT count(*) FROM contents), (SELECT count(*) FROM versions), "
            "(SELECT count(*) FROM operations)"
        )
        return tuple(zip(("content", "version", "operation"), rows[0], strict=True))

    def expire(self, now: float) -> ExpiryResult:
        """Delete old versions whose lines also exist elsewhere; see `domain.history.retention`.

        Args:
            now: Seconds since the epoch.
        """
        with self._connection.writing():
            return expire(self._connection.raw, self.roots(), self.record, now)
