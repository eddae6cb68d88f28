"""Writes of sessions of the client, joined to operations."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

from memoryd.adapters.history import chain
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.schema import text_of
from memoryd.domain.history.versions import CLIENT


class ClientWrite(NamedTuple):
    """A version that a session wrote.

    It has its id, store and file, the SHA-256 before and after it, the agent, and the operation it is in.
    """

    id: int
    root: str
    path: str
    before: str | None
    after: str | None
    agent: str
    operation: int | None


class SessionChange(NamedTuple):
    """A file before and after the writes of a session, by SHA-256; None for a missing file.

    Attributes:
        root: Absolute path of the store.
        path: Absolute path of the file.
        before: SHA-256 of a recorded content.
        after: The same.
        merged: The content before, if it never existed as such: that of other writers alone.
    """

    root: str
    path: str
    before: str | None
    after: str | None
    merged: bytes | None = None


class ClientSessions:
    """The writes in a history that sessions of the client made.

    Args:
        connection: The history.
        writing: Begins a transaction, before which everything that was reported is recorded.
    """

    def __init__(self, connection: Connection, writing: Callable[[], AbstractContextManager[None]]) -> None:
        self._connection = connection
        self.writing = writing

    def idle(self, until: float) -> tuple[str, ...]:
        """Return the sessions with writes in no operation, all before a time in seconds since the epoch."""
        rows = self._connection.rows(
            "SELECT session FROM versions WHERE session <> '' AND operation IS NULL "
            "GROUP BY session HAVING max(time) < ?",
            text_of(until),
        )
        return tuple(session for (session,) in rows)

    def within(self, session: str) -> tuple[str, ...]:
        """Return those of a session and its subagents that wrote anything."""
        rows = self._connection.rows(
            "SELECT DISTINCT session FROM versions WHERE session <> '' "
            "AND (session = ? OR (session >= ? AND session < ?))",
            *(session, f"{session}/", f"{session}0"),  # `0` follows `/`
        )
        return tuple(found for (found,) in rows)

    def writes(self, session: str) -> tuple[ClientWrite, ...]:
        """Return the writes of a session, as `HookEvent.thread` names it, in their order."""
        rows = self._connection.rows(
            "SELECT id, root, path, (SELECT hash FROM versions AS earlier WHERE earlier.path = versions.path "
            "AND earlier.id < versions.id ORDER BY earlier.id DESC LIMIT 1), hash, author, operation "
            "FROM versions WHERE session = ? AND session <> '' AND root IS NOT NULL ORDER BY id",
            session,
        )
        return tuple(ClientWrite(*row) for row in rows)

    def last(self, cause: str, title: str) -> int:
        """Return the id of the last operation with a cause and title; 0 if there is none."""
        query = "SELECT ifnull(max(id), 0) FROM operations WHERE cause = ? AND title = ? AND actor = ?"
        return int(self._connection.rows(query, cause, title, CLIENT)[0][0])

    def record(
        self, cause: str, title: str, changes: Iterable[SessionChange], writes: Iterable[ClientWrite] = ()
    ) -> int:
        """Record an operation that took place, within the current transaction; return its id.

        Args:
            cause: Its cause.
            title: A description for people.
            changes: What it changed; the contents are recorded.
            writes: The writes that become part of it.
        """
        row = {"time": self._connection.now(), "cause": cause, "status": "done", "title": title}
        operation = self._connection.insert("operations", **row, actor=CLIENT)
        for root, path, before, after, merged in changes:
            held = before if merged is None else self._connection.contents.keep(merged, before)
            where = {"root": root, "path": path}
            self._connection.insert("changes", operation=operation, before=held, after=after, **where)
        joined = ([operation, write.id] for write in writes)
        self._connection.raw.executemany("UPDATE versions SET operation = ? WHERE id = ?", joined)
        chain.link(self._connection.raw, operation - 1)
        return operation

    def leave(self, writes: Iterable[ClientWrite]) -> None:
        """Take writes that changed nothing out of their session, within the current transaction."""
        left = ([write.id] for write in writes)
        self._connection.raw.executemany("UPDATE versions SET session = '' WHERE id = ?", left)
