"""The history database: what was seen, what was done, and its contents."""

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
        path: Of the database; made, with its directory, readable by its owner only.
        actor: Who asks for what is done: `command` or `daemon`.

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
        """Hold the right to write memory files: one process at a time carries out or mends operations.

        Args:
            patience: Seconds to wait for another process.

        Raises:
            BusyError: If that one takes longer.
        """
        return turn(Path(f"{self.path}.lock"), patience)

    def was_purged_since(self, seconds: float) -> bool:
        """Whether a purge took place since a time, in seconds since the epoch."""
        return self._connection.was_purged_since(seconds)

    # What was seen

    def observe(
        self, root: str, seen: Iterable[tuple[str, bytes | None]], modes: Mapping[str, int] | None = None
    ) -> None:
        """Record what files of a store hold now, by absolute path; None for one that is gone.

        A content that is the path's last version already is not recorded again.

        Args:
            root: Absolute path of the store.
            seen: Path and content of each.
            modes: Permission bits by path, as far as they are known.
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
        """Id, hash and operation of a file's last version; None for all where there is none."""
        rows = self._connection.rows(
            "SELECT id, hash, operation FROM versions WHERE path = ? ORDER BY id DESC LIMIT 1", path
        )
        return rows[0] if rows else (None, None, None)

    def roots(self) -> tuple[str, ...]:
        """Absolute paths of all stores of which something is recorded, deleted ones too."""
        return tuple(
            root for (root,) in self._connection.rows("SELECT DISTINCT root FROM versions ORDER BY root")
        )

    def record(self, root: str, since: float = 0.0) -> tuple[Version, ...]:
        """The versions of all files of a store, the oldest first.

        Args:
            root: Absolute path of the store.
            since: Seconds since the epoch: only files that have a version since then.
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
        """Absolute paths of the files of a store that were there when they were last looked at."""
        rows = self._connection.rows(
            "SELECT path, hash, max(id) FROM versions WHERE root = ? GROUP BY path ORDER BY path", root
        )
        return tuple(path for path, digest, _ in rows if digest is not None)

    def versions(self, path: str) -> tuple[tuple[float, bytes | None], ...]:
        """Every recorded version of a file, oldest first: seconds since the epoch and content.

        The content is None where the file was gone.
        """
        rows = self._connection.rows("SELECT time, hash FROM versions WHERE path = ? ORDER BY id", path)
        return tuple((seconds_of(seen), self.content(digest)) for seen, digest in rows)

    def last(self, path: str) -> bytes | None:
        """What a file held when it was last there, or None."""
        rows = self._connection.rows(
            "SELECT hash FROM versions WHERE path = ? AND hash IS NOT NULL ORDER BY id DESC LIMIT 1", path
        )
        return self.content(rows[0][0]) if rows else None

    def content(self, digest: str | None) -> bytes | None:
        """A recorded content by its SHA-256; None for None.

        Raises:
            MemorydError: If it is damaged.
        """
        return content_of(self._connection.raw, digest)

    # What was done

    def begin(self, plan: Plan, *, undoes: int | None = None) -> int:
        """Record an intent, durably, with all contents before and after; returns the operation's id."""
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
                    # A sync of another process has seen it already and taken it for somebody else's.
                    self._connection.rows("UPDATE versions SET operation = ? WHERE id = ?", operation, last)
                    continue
                version = {"root": root, "path": path, "hash": after, "mode": mode}
                self._connection.insert("versions", time=now, operation=operation, **version)

    def operation(self, identity: int) -> Operation | None:
        """One operation by id."""
        return next(iter(self._operations("id = ?", identity)), None)

    def operations(self, root: str | None = None) -> tuple[Operation, ...]:
        """All operations, or those that were about one store or about all of history, the newest first."""
        if root is None:
            return self._operations("true")
        where = "id IN (SELECT operation FROM changes WHERE root = ?) OR status = ?"
        return self._operations(where, root, PURGE)

    def last_to_undo(self) -> Operation | None:
        """The newest finished operation that is neither an undo nor taken back at present."""
        taken_back: set[int] = set()
        for operation in self._operations("status = 'done'"):
            if operation.id in taken_back:
                continue
            if operation.undoes is None:
                return operation
            taken_back.add(operation.undoes)
        return None

    def unfinished(self) -> tuple[Operation, ...]:
        """Operations whose process ended in between, the newest first."""
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
        """The plan of an operation, as it was applied."""
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
        """Write a file for a person to look at, beside the database, readable by its owner only.

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

    # Upkeep

    def tidy(self) -> None:
        """Give memory back; for idle moments."""
        self._connection.rows("PRAGMA shrink_memory")

    def verify(self) -> tuple[str, ...]:
        """Read everything and compute every hash again; one sentence for each damage."""
        try:
            return tuple(damages(self._connection.raw))
        except sqlite3.Error as error:
            return (f"the database cannot be read: {error}",)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many contents, versions and operations there are."""
        rows = self._connection.rows(
            "SELECT (SELECT count(*) FROM contents), (SELECT count(*) FROM versions), "
            "(SELECT count(*) FROM operations)"
        )
        return tuple(zip(("content", "version", "operation"), rows[0], strict=True))

    def expire(self, now: float) -> ExpiryResult:
        """Let go of what is old and stands elsewhere too; see `domain.retention`.

        Args:
            now: Seconds since the epoch.
        """
        with self._connection.writing():
            return expire(self._connection.raw, self.roots(), self.record, now)
