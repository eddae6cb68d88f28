"""Permanent removal of a text from the history."""

import os
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import field
from pathlib import Path

from memoryd import beneath
from memoryd.adapters.history import chain
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.contents import REFERENCES, StoredContent
from memoryd.adapters.history.copies.backup import back_up, backup_of
from memoryd.domain.history.versions import PURGE
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.values import dataclass

Rewrite = Callable[[str, str, bytes], bytes | None]
"""Returns a content without the text, by root, relative path and content; None if nothing may stay."""

_WITHHELD = "(purged)"
_STEP = 256  # bytes


@dataclass(slots=True)
class PurgeResult:
    """The rows that a purge changed or removed, and the conflict files that it removed.

    Attributes:
        rewritten: Versions whose content lost the text.
        removed: Versions that were removed.
        operations: Operations that lost some of their record.
        asides: Conflict files that were removed.
    """

    rewritten: int = 0
    removed: int = 0
    operations: int = 0
    asides: int = 0


def purge(
    path: Path,
    contains: Callable[[bytes], bool],
    rewrite: Rewrite,
    *,
    concerned: Callable[[bytes], bool] | None = None,
    final: int | None = None,
) -> PurgeResult:
    """Remove every content, name and title that contains a text from a history; it cannot be undone.

    All rows change in one transaction; then the bytes that SQLite would leave in the file are overwritten.
    If the process is killed in between, the next call does the rest. Call this within the history's `turn`,
    with no operation unfinished.

    Args:
        path: The database.
        contains: Returns whether bytes contain the text.
        rewrite: Returns contents without it.
        concerned: Returns whether a content must be rewritten; by default, if it contains the text.
        final: An operation that can never be undone, whatever else it did.

    Raises:
        MemorydError: If it cannot be written, or another process keeps reading it.
    """
    connection = Connection(path)
    with closing(connection.raw):
        connection.raw.execute("PRAGMA secure_delete=ON")
        work = _Purge(connection, contains, concerned or contains, rewrite, final)
        with connection.writing():
            work.run()
        try:
            connection.raw.execute("VACUUM")
            (busy, _, _) = connection.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise MemorydError(
                f"cannot write the history at {path}: {error}",
                "the removed text may still be in its file: run the command again",
            ) from error
        if busy:
            raise MemorydError(
                f"another process reads the history at {path}",
                "the removed text is still in its log: run the command again",
            )
        if backup_of(path).exists():
            back_up(connection.raw, backup_of(path), replace=True)
    work.done.asides = _remove_asides(path.parent / "conflicts", contains)
    return work.done


def _remove_asides(directory: Path, contains: Callable[[bytes], bool]) -> int:
    """Remove conflict files with the text; return how many were removed."""
    count = 0
    for _, entries in beneath.walk(str(directory)):
        for aside in (Path(entry.path) for entry in entries if entry.is_file(follow_symlinks=False)):
            if contains(aside.name.encode(errors="replace")) or contains(aside.read_bytes()):
                aside.unlink(missing_ok=True)
                count += 1
    return count


@dataclass(slots=True)
class _Purge:
    connection: Connection
    contains: Callable[[bytes], bool]
    concerned: Callable[[bytes], bool]
    rewrite: Rewrite
    final: int | None
    done: PurgeResult = field(default_factory=PurgeResult)
    holders: set[str] = field(default_factory=set)
    finals: set[int] = field(default_factory=set)  # operations that only removed the text from files
    made: dict[tuple[str, str], str | None] = field(default_factory=dict)  # new hash by path and old one
    clean: dict[str, str] = field(default_factory=dict)  # last new hash by path

    def run(self) -> None:
        self.holders = {each.digest for each in self.connection.contents.walk() if self._is_holder(each)}
        self._versions()
        self._write("UPDATE losses SET until = 0, back = '[]'")  # contents have other lines now
        touched = self._changes()
        for identity, title in self.connection.rows("SELECT id, title FROM operations"):
            if self._holds(title or ""):
                touched.add(identity)
                self._write("UPDATE operations SET title = ? WHERE id = ?", _WITHHELD, identity)
        self.done.operations = len(touched)
        used = {digest for digest, _, _ in self.connection.rows(REFERENCES)}
        self.connection.contents.drop(self.holders - used)
        self._note()  # always: a process that read before must not write afterwards
        chain.link(self.connection.raw)

    def _note(self) -> None:
        """Record that a purge took place, without the removed text."""
        versions = counted(self.done.rewritten + self.done.removed, "version", "versions")
        operations = counted(self.done.operations, "operation", "operations")
        title = f"permanently remove a text from {versions} and {operations}"
        row = {"time": self.connection.now(), "cause": "purge", "status": PURGE, "title": title}
        self.connection.insert("operations", **row, actor="command")

    def _is_holder(self, stored: StoredContent) -> bool:
        if stored.content is not None:
            return self.concerned(stored.content)
        # damaged: use what can still be read of it
        data = stored.data
        return isinstance(data, bytes) and (self.contains(data) or self.contains(readable(data)))

    def _versions(self) -> None:
        last: dict[str, str | None] = {}
        touched = set()
        query = "SELECT id, root, path, hash FROM versions ORDER BY id"
        for identity, root, path, digest in self.connection.rows(query):
            new = self._new(root, path, digest)
            if new != digest or self._names(root, path):
                touched.add(path)
            if self._names(root, path) or (digest is not None and new is None):
                gone = True
            else:  # two versions that differed only in the text become one
                gone = path in touched and new == last.get(path)
                last[path] = new
            if gone:
                self._write("DELETE FROM versions WHERE id = ?", identity)
                self.done.removed += 1
            elif new != digest:
                self._write("UPDATE versions SET hash = ? WHERE id = ?", new, identity)
                self.done.rewritten += 1

    def _changes(self) -> set[int]:
        """Remove the text from recorded operations; return the ids of those operations."""
        touched = set()
        self.finals = self._takings()
        query = "SELECT operation, root, path, before, after FROM changes"
        for operation, root, path, before, after in self.connection.rows(query):
            new = self._new(root, path, before), self._new(root, path, after)
            named = self._names(root, path)
            if new == (before, after) and not named and operation not in self.finals:
                continue
            touched.add(operation)
            lost = any(
                old is not None and each is None for old, each in zip((before, after), new, strict=True)
            )
            if named or lost or new[0] == new[1] or operation in self.finals:
                self._write("DELETE FROM changes WHERE operation = ? AND path = ?", operation, path)
            else:
                query = "UPDATE changes SET before = ?, after = ? WHERE operation = ? AND path = ?"
                self._write(query, *new, operation, path)
        for operation in touched:
            self._write(
                "UPDATE operations SET status = 'purged' WHERE id = ? "
                "AND NOT EXISTS (SELECT 1 FROM changes WHERE operation = operations.id)",
                operation,
            )
        return touched

    def _takings(self) -> set[int]:
        """Return the operations that only forgot the text, including those of a killed process."""
        query = (
            "SELECT operation, path, before, after FROM changes JOIN operations ON operations.id = operation "
            "WHERE cause = 'forget'"
        )
        rows = self.connection.rows(query)
        taken = {row[0] for row in rows if row[2] in self.holders and row[3] not in self.holders}
        return taken if self.final is None else {*taken, self.final}

    def _new(self, root: str, path: str, digest: str | None) -> str | None:
        """Return the hash that replaces another; None if nothing of the content may stay."""
        if digest is None or digest not in self.holders:
            return digest
        if (path, digest) not in self.made:
            try:
                content = self.connection.contents.get(digest) or b""
                after = self.rewrite(root, _relative(root, path), content)
            except MemorydError:
                after = None
            self.made[path, digest] = kept = self.connection.contents.keep(after, self.clean.get(path))
            if kept:
                self.clean[path] = kept
        return self.made[path, digest]

    def _names(self, root: str, path: str) -> bool:
        about = self._holds(os.path.basename(root)) and not os.path.lexists(root)  # a deleted store
        return about or self._holds(_relative(root, path))

    def _holds(self, text: str) -> bool:
        return self.contains(text.encode(errors="replace"))

    def _write(self, query: str, *values: object) -> None:
        self.connection.rows(query, *values)


def _relative(root: str, path: str) -> str:
    return path.removeprefix(root).lstrip("/")


def readable(data: bytes) -> bytes:
    """Return the data that can be decompressed from damaged bytes."""
    reader = zlib.decompressobj()
    found = b""
    with suppress(zlib.error):
        for at in range(0, len(data), _STEP):
            found += reader.decompress(data[at : at + _STEP])
    return found
