"""Some versions of stores and files."""

import json
import os
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from math import inf

from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.records import each_value, operations
from memoryd.adapters.history.schema import seconds_of, text_of
from memoryd.beneath import is_within
from memoryd.domain.history.versions import PURGE, Operation, Version
from memoryd.values import dataclass

_SELECT = "SELECT id, time, root, path, hash, mode, operation, number, actor, author FROM versions WHERE "
_LISTED = "(SELECT value FROM json_each(?))"


def versions_of(connection: Connection, root: str, since: float = 0.0) -> tuple[Version, ...]:
    """Return the versions of all files of a store that have one since a time, the oldest first."""
    where = "root = ? AND path IN (SELECT path FROM versions WHERE root = ? AND time >= ?) ORDER BY id"
    return _versions(connection, where, root, root, text_of(since))


def contents_of(connection: Connection, path: str) -> Iterator[tuple[float, bytes | None]]:
    """Yield the versions of a file, oldest first, one by one: epoch seconds, and content or None.

    Raises:
        MemorydError: If one is damaged.
    """
    rows = connection.rows("SELECT time, hash FROM versions WHERE path = ? ORDER BY id", path)
    return ((seconds_of(seen), connection.contents.get(digest)) for seen, digest in rows)


@dataclass(frozen=True, slots=True)
class VersionLookup:
    """The versions at or below a path of a store: all of them if the path is the store's root.

    Attributes:
        connection: The history.
    """

    connection: Connection

    def is_directory(self, root: str, path: str) -> bool:
        """Return whether files below a path of a store are recorded."""
        query = "SELECT 1 FROM versions WHERE root = ? AND path >= ? AND path < ? LIMIT 1"
        start, end = _below(path)
        ranges = ((start, end), (os.fsencode(start), os.fsencode(end)))
        return any(self.connection.rows(query, root, *each) for each in ranges)

    def newest(self, root: str, path: str, most: int, *, below: int | None = None) -> tuple[Version, ...]:
        """Return the newest versions, the oldest of them first.

        Args:
            root: The store.
            path: The path in it.
            most: How many at most; -1 for all.
            below: Only versions with a smaller id; None for no bound.
        """
        where, values = self._inside(root, path)
        if below is not None:
            where, values = f"{where} AND id < ?", (*values, below)
        if most < 0:
            return _versions(self.connection, f"{where} ORDER BY id", *values)
        newest = f"SELECT id FROM versions WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608  # constants
        return _versions(self.connection, f"id IN ({newest}) ORDER BY id", *values, most)

    def before(self, version: Version) -> Version | None:
        """Return the version of a file right before another; None if there is none."""
        where = "root = ? AND path = ? AND id < ? ORDER BY id DESC LIMIT 1"
        found = _versions(self.connection, where, version.root, version.path, version.id)
        return next(iter(found), None)

    def numbered(self, root: str, path: str, number: str) -> Version | None:
        """Return the version of a file with a number, else the one with that id; `#N` is an id.

        Returns:
            None if there is none.
        """
        for column in ("number", "id")["#" in number :]:
            where = f"root = ? AND path = ? AND CAST({column} AS TEXT) = ? ORDER BY id LIMIT 1"
            if found := _versions(self.connection, where, root, path, number.removeprefix("#")):
                return found[0]
        return None

    def at(self, root: str, path: str, time: float) -> Version | None:
        """Return the last version of a file that was seen by a moment, in seconds since the epoch."""
        where = "root = ? AND path = ? AND time <= ? ORDER BY id DESC LIMIT 1"
        return next(iter(_versions(self.connection, where, root, path, text_of(time))), None)

    def state(self, root: str, path: str, time: float) -> tuple[Version, ...]:
        """Return the last version of each file that was seen by a moment, in seconds since the epoch.

        A file that was deleted by then is left out; files are in the order in which they came. Time may be
        infinite.
        """
        moment = "" if time == inf else text_of(time)
        each = each_value("path", "root = ?")
        last = "SELECT id FROM versions WHERE root = ? AND path = value {} ORDER BY id DESC LIMIT 1"
        last = last.format("AND time <= ?" if moment else "")
        first = (
            "SELECT min(id) FROM versions AS one WHERE one.root = versions.root AND one.path = versions.path"
        )
        newest = f"id IN (SELECT ({last}) FROM ({each}))"  # noqa: S608  # constants
        where = f"{newest} AND hash IS NOT NULL ORDER BY ({first})"
        values = (root, *[moment] * bool(moment), *[root] * each.count("?"))
        found = _versions(self.connection, where, *values)
        return tuple(each for each in found if path == root or is_within(each.path, path))

    def last_between(self, root: str, path: str, moments: Iterable[float]) -> tuple[Version, ...]:
        """Return the last version of a file before, between and after moments (epoch, seconds), by id."""
        bounds = sorted(map(text_of, moments))
        query = "SELECT id, time FROM versions WHERE root = ? AND path = ? ORDER BY id"
        last = {
            bisect_right(bounds, time): identity for identity, time in self.connection.rows(query, root, path)
        }
        return _versions(self.connection, f"id IN {_LISTED} ORDER BY id", json.dumps(sorted(last.values())))

    def was_there_before(self, version: Version) -> bool:
        """Return whether an earlier version of the file has the same content."""
        query = "SELECT 1 FROM versions WHERE root = ? AND path = ? AND id < ? AND hash IS ? LIMIT 1"
        values = version.root, version.path, version.id, version.digest
        return bool(self.connection.rows(query, *values))

    def written_by(self, operations: Collection[int]) -> tuple[Version, ...]:
        """Return the versions that operations wrote, of all stores, the oldest first."""
        where = f"operation IN {_LISTED} ORDER BY id"
        return _versions(self.connection, where, json.dumps(sorted(operations)))

    def operations_on(self, root: str, path: str) -> frozenset[int]:
        """Return the ids of the operations on a store or on the whole history; of a path, of its versions."""
        query = (
            "SELECT id FROM operations "
            "WHERE id IN (SELECT operation FROM changes WHERE root = ?) OR status = ?"
        )
        known = frozenset(identity for (identity,) in self.connection.rows(query, root, PURGE))
        if path == root or not known:
            return known
        where, values = self._inside(root, path)
        query = f"SELECT DISTINCT operation FROM versions WHERE {where}"  # noqa: S608  # constants
        return known & {identity for (identity,) in self.connection.rows(query, *values)}

    def operations_among(self, ids: Collection[int], since: float = 0.0) -> tuple[Operation, ...]:
        """Return the operations of some ids that began since a time (epoch, seconds), the newest first."""
        where = f"id IN {_LISTED} AND time >= ?"
        return operations(self.connection, where, json.dumps(sorted(ids)), text_of(since))

    def count(self, root: str, path: str) -> tuple[int, float]:
        """Return the number of versions and the time of the first, in seconds since the epoch."""
        where, values = self._inside(root, path)
        query = f"SELECT count(*), min(id) FROM versions WHERE {where}"  # noqa: S608  # constants
        ((count, first),) = self.connection.rows(query, *values)
        if not count:
            return 0, 0.0
        ((time,),) = self.connection.rows("SELECT time FROM versions WHERE id = ?", first)
        return count, seconds_of(time)

    def _inside(self, root: str, path: str) -> tuple[str, tuple[object, ...]]:
        """Return a condition for the versions at or below a path, which an index answers, and its values."""
        if path == root:
            return "root = ?", (root,)
        if not self.is_directory(root, path):
            return "root = ? AND path = ?", (root, path)
        start, end = _below(path)
        inside = "(path >= ? AND path < ?)"
        values = (root, path, start, end, os.fsencode(start), os.fsencode(end))
        return f"root = ? AND (path = ? OR {inside} OR {inside})", values


def _below(path: str) -> tuple[str, str]:
    """Return the beginning of the paths in a directory, and what follows the last of them."""
    return f"{path}/", f"{path}0"  # `0` follows `/`


def _versions(connection: Connection, where: str, *values: object) -> tuple[Version, ...]:
    rows = connection.rows(_SELECT + where, *values)
    return tuple(Version(identity, seconds_of(seen), *rest) for identity, seen, *rest in rows)
