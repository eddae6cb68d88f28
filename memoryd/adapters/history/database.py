"""The history database: versions, operations and contents."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Self

from memoryd.adapters.history import records
from memoryd.adapters.history.alarms import AlarmBook
from memoryd.adapters.history.client_sessions import ClientSessions
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.copies.absorb import AbsorbResult, add_past
from memoryd.adapters.history.copies.backup import back_up
from memoryd.adapters.history.copies.events import Event, import_events
from memoryd.adapters.history.copies.repair import import_copy
from memoryd.adapters.history.expiry import ExpiryResult, expire, size_of, store_sizes
from memoryd.adapters.history.guard import follow
from memoryd.adapters.history.reading.damages import all_damages
from memoryd.adapters.history.reading.versions import VersionLookup, contents_of, versions_of
from memoryd.adapters.history.spool import Spool
from memoryd.adapters.history.turn import turn
from memoryd.domain.edits.plan import Plan
from memoryd.domain.history.size import HistorySize
from memoryd.domain.history.versions import GIT, PURGE, Operation, Version
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
        self._spool = Spool(path)
        self._notices: list[str] = []
        self._take_in()

    def close(self) -> None:
        """Close the database."""
        self._connection.raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Run one transaction on the database at the path, after recording what is in the spool."""
        self._follow()
        self._take_in()
        with self._connection.writing():
            yield
        self._follow()

    def _follow(self) -> None:
        self._connection, notice = follow(self._connection)
        self._notices += [notice] * bool(notice)

    def _take_in(self) -> None:
        if self._spool.exists():
            with suppress(MemorydError):  # the next transaction says what is wrong
                self._spool.take_in(self._connection)

    def notices(self) -> tuple[str, ...]:
        """Return what happened to the file of the database since the last call, as clauses."""
        told, self._notices = tuple(self._notices), []
        return told

    def turn(self, patience: float = 5.0) -> AbstractContextManager[None]:
        """Hold the right to write memory files, which one process at a time has; wait seconds for it.

        Raises:
            BusyError: If the other process takes longer.
        """
        return turn(Path(f"{self.path}.lock"), patience)

    def was_purged_since(self, seconds: float) -> bool:
        """Return whether a purge took place since a time, in seconds since the epoch."""
        return self._connection.was_purged_since(seconds)

    # Versions

    def observe(
        self,
        root: str,
        seen: Iterable[tuple[str, bytes | None]],
        modes: Mapping[str, int] | None = None,
        by_git: Mapping[str, str] | None = None,
    ) -> None:
        """Record the contents of files of a store now, by absolute path; None for a deleted one.

        A content that is already the last version of its path is not recorded again.

        Args:
            root: Absolute path of the store.
            seen: Path and content of each file.
            modes: Permission bits by path, if known.
            by_git: What git did, by the path of each file that it wrote or deleted.
        """
        modes, moves = modes or {}, by_git or {}
        self.observe_all(
            records.SeenFile(
                root, path, content, modes.get(path), GIT if path in moves else "", moves.get(path, "")
            )
            for path, content in seen
        )

    def observe_all(self, files: Iterable[records.SeenFile]) -> None:
        """Record files as they were seen, in one transaction; see `observe`."""
        files = iter(files)
        taken: list[records.SeenFile] = []
        try:
            self._follow()
            self._take_in()
            for file in files:
                taken = [file]
                if not records.is_last(self._connection, file):
                    break
            else:  # everything is as it was recorded, and nothing is written
                return
            with self._writing():
                now = self._connection.now()
                records.observe(self._connection, now, *taken)
                for file in files:
                    taken.append(file)
                    records.observe(self._connection, now, file)
        except MemorydError as error:
            with suppress(MemorydError):  # from reading what else there is
                taken += files
            try:
                self._spool.add(taken)
            except OSError:  # the error that is raised is the one to fix
                raise error from None
            hint = f"what was seen is kept in {self._spool.path} until it can be recorded"
            raise MemorydError(error.message, hint) from error

    def keep(self, files: Iterable[records.SeenFile]) -> None:
        """Keep versions durably, or raise `OSError`, for the next transaction to record."""
        self._spool.append(files)

    def roots(self) -> tuple[str, ...]:
        """Return the absolute paths of all recorded stores, including deleted ones."""
        rows = self._connection.rows(records.each_value("root"))
        return tuple(root for (root,) in rows if root is not None)

    def record(self, root: str, since: float = 0.0) -> tuple[Version, ...]:
        """Return the versions of a store, oldest first: of files with one since a time (epoch, seconds)."""
        return versions_of(self._connection, root, since)

    @property
    def lookup(self) -> VersionLookup:
        """The versions at or below a path, as many as are asked for."""
        return VersionLookup(self._connection)

    def all_versions(self) -> Iterator[Version]:
        """Yield the versions of all stores in the order of their ids, one by one."""
        return records.all_versions(self._connection)

    def present(self, root: str) -> tuple[str, ...]:
        """Return the absolute paths of the files of a store that existed when last seen."""
        return records.present(self._connection, root)

    def versions(self, path: str) -> Iterator[tuple[float, bytes | None]]:
        """Yield all versions of a file, oldest first, one by one: epoch seconds, and content or None.

        Raises:
            MemorydError: If one is damaged.
        """
        return contents_of(self._connection, path)

    def last(self, path: str) -> bytes | None:
        """Return the last content of a file, or None."""
        query = "SELECT hash FROM versions WHERE path = ? AND hash IS NOT NULL ORDER BY id DESC LIMIT 1"
        rows = self._connection.rows(query, path)
        return self.content(rows[0][0]) if rows else None

    def content(self, digest: str | None) -> bytes | None:
        """Return a recorded content by its SHA-256; None for None.

        Raises:
            MemorydError: If it is damaged.
        """
        return self._connection.contents.get(digest)

    def all_contents(self) -> Iterator[bytes]:
        """Yield every content that can be read, each once, one by one."""
        return (each.content for each in self._connection.contents.walk() if each.content is not None)

    # Operations

    def begin(self, plan: Plan, *, undoes: int | None = None) -> int:
        """Record an intent durably, with all contents before and after; return the operation's id."""
        with self._writing():
            return records.begin(self._connection, plan, undoes, self._actor)

    def finish(self, operation: int, status: str) -> None:
        """Record how an operation ended: `done`, `aborted` or `conflict`."""
        with self._writing():
            records.finish(self._connection, operation, status)

    def operation(self, identity: int) -> Operation | None:
        """Return an operation by its id."""
        return next(iter(records.operations(self._connection, "id = ?", identity)), None)

    def operations(self, root: str | None = None) -> tuple[Operation, ...]:
        """Return all operations, or those on one store or on the whole history, the newest first."""
        if root is None:
            return records.operations(self._connection, "true")
        where = "id IN (SELECT operation FROM changes WHERE root = ?) OR status = ?"
        return records.operations(self._connection, where, root, PURGE)

    def operations_by_root(self, since: float) -> dict[str, tuple[Operation, ...]]:
        """Return the operations since a time, in seconds since the epoch, by store, the newest first."""
        return records.operations_by_root(self._connection, since)

    def to_undo(self) -> Iterator[tuple[Operation, frozenset[str]]]:
        """Yield the finished operations that are no undos and not undone, with their stores, newest first."""
        return records.to_undo(self._connection)

    def unfinished(self) -> tuple[Operation, ...]:
        """Return the operations whose process ended before they did, the newest first."""
        return records.operations(self._connection, "status = 'intent'")

    def was_undone(self, path: str, content: bytes, cause: str) -> bool:
        """Return whether this content of a file came back because an operation with this cause was undone."""
        return records.was_undone(self._connection, path, content, cause)

    def plan(self, operation: Operation) -> Plan:
        """Return the plan of an operation, as it was applied."""
        return records.plan_of(self._connection, operation)

    @property
    def alarms(self) -> AlarmBook:
        """The alarms about losses."""
        return AlarmBook(self._connection, self._writing)

    @property
    def sessions(self) -> ClientSessions:
        """The writes of sessions of the client."""
        return ClientSessions(self._connection, self._writing)

    # Maintenance

    def tidy(self) -> None:
        """Free memory, in idle moments."""
        self._connection.contents.forget()
        self._connection.rows("PRAGMA shrink_memory")

    def verify(self) -> tuple[str, ...]:
        """Read everything and compute every hash again; return one sentence for each damage."""
        return all_damages(self._connection)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return the number of contents, versions and operations."""
        return records.counts(self._connection)

    def expire(self, now: float, most: int) -> ExpiryResult:
        """Delete versions whose lines exist elsewhere; `now` is in seconds, `most` in bytes."""
        self._follow()
        return expire(self._connection, now, most)

    def backup(
        self, target: Path, progress: Callable[[], None] = lambda: None, *, replace: bool = False
    ) -> None:
        """Write a copy of the database, completely checked; see `copies.backup.back_up`."""
        back_up(self._connection.raw, target, progress, replace=replace)

    def add_past(self, root: str, files: Iterable[tuple[float, str, bytes | None, str]]) -> int:
        """Add versions from elsewhere; see `copies.absorb.add_past`."""
        self._follow()
        return add_past(self._connection, root, files)

    def import_events(self, events: Iterable[Event]) -> AbsorbResult:
        """Add events from elsewhere; see `copies.events.import_events`."""
        self._follow()
        return import_events(self._connection, events)

    def import_copy(self, path: Path) -> AbsorbResult:
        """Add what a copy of another history has more; see `copies.repair.import_copy`."""
        self._follow()
        return import_copy(self._connection, path)

    def size(self, now: float) -> HistorySize:
        """Return the bytes of the history and its growth; `now` is in seconds since the epoch."""
        return size_of(self._connection.rows, now)

    def store_sizes(self) -> dict[str, int]:
        """Return the approximate bytes of each store by root, the largest first."""
        return store_sizes(self._connection.rows)
