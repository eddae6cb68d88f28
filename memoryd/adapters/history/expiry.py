"""What may leave the history."""

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
    """The rows that were removed from the history, and the bytes of contents as they were stored."""

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
    """Let go of what is old, within the transaction at hand.

    A damaged content has no lines that could be compared: an error stops everything.

    Args:
        connection: Of the history.
        roots: The stores.
        record: The versions of one, the oldest first.
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
    connection.execute(f"DELETE FROM contents WHERE {_UNUSED}")  # noqa: S608  # the same
    return ExpiryResult(len(gone), operations, contents, size)
