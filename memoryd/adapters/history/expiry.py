"""Deletion of old versions and operations."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memoryd.adapters.history.contents import REFERENCES, content_of
from memoryd.adapters.history.schema import text_of
from memoryd.domain.history.retention import KEPT_OPERATIONS, KEPT_SECONDS, expendable
from memoryd.domain.history.versions import Version

_UNUSED = f"hash NOT IN (SELECT hash FROM ({REFERENCES}))"  # noqa: S608  # constants


@dataclass(frozen=True, slots=True)
class ExpiryResult:
    """The number of deleted rows, and the stored bytes of deleted contents."""

    versions: int
    operations: int
    contents: int
    size: int


def expire(
    connection: sqlite3.Connection,
    roots: Iterable[str],
    record: Callable[[str], tuple[Version, ...]],
    now: float,
) -> ExpiryResult:
    """Delete old versions within the current transaction.

    The lines of a damaged content cannot be compared, so it is an error and nothing is deleted.

    Args:
        connection: The history.
        roots: The stores.
        record: Returns the versions of a store, the oldest first.
        now: Seconds since the epoch.
    """
    before = now - KEPT_SECONDS

    def lines(version: Version) -> frozenset[bytes]:
        found = (line.strip() for line in (content_of(connection, version.digest) or b"").split(b"\n"))
        return frozenset(line for line in found if line)

    gone = [version.id for root in roots for version in expendable(record(root), lines, before)]
    connection.executemany("DELETE FROM versions WHERE id = ?", ([identity] for identity in gone))
    operations = connection.execute(
        "DELETE FROM operations WHERE time < ? AND status <> 'intent' AND id NOT IN "
        "(SELECT id FROM operations ORDER BY id DESC LIMIT ?)",
        [text_of(before), KEPT_OPERATIONS],
    ).rowcount
    connection.execute("DELETE FROM changes WHERE operation NOT IN (SELECT id FROM operations)")
    contents, size = connection.execute(
        f"SELECT count(*), ifnull(sum(length(data)), 0) FROM contents WHERE {_UNUSED}"  # noqa: S608  # constants
    ).fetchone()
    connection.execute(f"DELETE FROM contents WHERE {_UNUSED}")  # noqa: S608  # constants
    return ExpiryResult(len(gone), operations, contents, size)
