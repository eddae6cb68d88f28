"""Size of the history, and deletion of old versions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import partial
from typing import Any

from memoryd.adapters.history import chain
from memoryd.adapters.history.alarms import versions_of_alarms
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.contents import REFERENCES
from memoryd.adapters.history.reading.versions import versions_of
from memoryd.adapters.history.schema import text_of
from memoryd.domain.history.retention import (
    KEPT_OPERATIONS,
    KEPT_SECONDS,
    THINNINGS,
    expendable,
    fair_share,
    intermediate_versions,
    old_versions,
)
from memoryd.domain.history.size import HistorySize
from memoryd.domain.history.versions import CLIENT, Version
from memoryd.values import dataclass

_ROW = 400  # bytes of one version beside its content, with its share of the tables' indexes
_SAMPLE = 500  # versions
_WEEK = 7  # days
_DAY = 86400.0  # seconds

_Choice = Callable[[Sequence[Version]], set[int]]


@dataclass(slots=True)
class ExpiryResult:
    """The deleted rows, and the stores that still have more than their share.

    Attributes:
        versions: How many versions were deleted.
        operations: How many operations were deleted.
        contents: How many contents were deleted.
        size: Stored bytes of those contents.
        over: Roots of stores that can be thinned no further without the loss of a line.
    """

    versions: int = 0
    operations: int = 0
    contents: int = 0
    size: int = 0
    over: list[str] = field(default_factory=list)


def expire(connection: Connection, now: float, most: int) -> ExpiryResult:
    """Delete old versions, then those that the budget has no room for, in one transaction for each store.

    The lines of a damaged content cannot be compared, so it is an error and nothing of its store is
    deleted.

    Args:
        connection: The history.
        now: Seconds since the epoch.
        most: Bytes that the history may have.

    Raises:
        MemorydError: If a content is damaged, or the database cannot be read or written.
    """
    done = ExpiryResult()
    before = now - KEPT_SECONDS
    with connection.writing():
        _delete_operations(connection, before, done)
    old = "SELECT DISTINCT root FROM versions WHERE time < ? ORDER BY root"
    for (root,) in connection.rows(old, text_of(before)):
        _thin(connection, root, partial(old_versions, before=before), done)
    for thinning in THINNINGS:
        done.over = _stores_over(connection, most)
        for root in done.over:
            _thin(connection, root, partial(intermediate_versions, now=now, thinning=thinning), done)
    done.over = _stores_over(connection, most)
    return done


def _stores_over(connection: Connection, most: int) -> list[str]:
    """Return the stores with more than their share, if the whole history has too much."""
    if bytes_used(connection.rows) <= most:
        return []
    sizes = store_sizes(connection.rows)
    share = fair_share(sizes, most)
    return sorted(root for root, size in sizes.items() if size > share)


def _delete_operations(connection: Connection, before: float, done: ExpiryResult) -> None:
    done.operations = connection.raw.execute(
        "DELETE FROM operations WHERE time < ? AND status <> 'intent' AND id NOT IN "
        "(SELECT id FROM operations WHERE actor <> ? ORDER BY id DESC LIMIT ?)",
        [text_of(before), CLIENT, KEPT_OPERATIONS],
    ).rowcount
    if done.operations:
        connection.raw.execute("DELETE FROM changes WHERE operation NOT IN (SELECT id FROM operations)")
        chain.link(connection.raw)
        _delete_contents(connection, done)


def _thin(connection: Connection, root: str, choose: _Choice, done: ExpiryResult) -> None:
    """Delete those of the chosen versions of a store whose lines are elsewhere."""
    with connection.writing():
        versions = versions_of(connection, root)
        candidates = choose(versions) - versions_of_alarms(connection, root)
        if not candidates:
            return
        by_path: dict[str, list[Version]] = {}
        for version in versions:
            by_path.setdefault(version.path, []).append(version)
        gone = expendable((_read(connection, each) for each in by_path.values()), candidates)
        delete = "DELETE FROM versions WHERE id = ?"
        connection.raw.executemany(delete, ([identity] for identity in gone))
        done.versions += len(gone)
        if gone:
            _delete_contents(connection, done)


def _read(connection: Connection, versions: Sequence[Version]) -> Iterator[tuple[Version, bytes | None]]:
    return ((version, connection.contents.get(version.digest)) for version in versions)


def _delete_contents(connection: Connection, done: ExpiryResult) -> None:
    """Delete the contents that nothing refers to."""
    unused = f"SELECT hash FROM stored WHERE hash NOT IN (SELECT hash FROM ({REFERENCES}))"  # noqa: S608
    contents, size = connection.contents.drop(
        digest for (digest,) in connection.raw.execute(unused).fetchall()
    )
    done.contents += contents
    done.size += size


Rows = Callable[..., Sequence[tuple[Any, ...]]]
"""Returns the rows of a query with its parameters."""


def size_of(rows: Rows, now: float) -> HistorySize:
    """Return the size of a history.

    Args:
        rows: Returns the rows of a query on the history.
        now: Seconds since the epoch.
    """
    return HistorySize(bytes_used(rows), _growth(rows, now))


def bytes_used(rows: Rows) -> int:
    """Return the bytes of all pages in use."""
    pages, free, size = (
        rows(f"PRAGMA {name}")[0][0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int(size * (pages - free))


def store_sizes(rows: Rows) -> dict[str, int]:
    """Return the approximate bytes of each store by root, the largest first.

    A content of several stores counts for each of them.
    """
    found = rows(
        "SELECT root, sum(rows) * ? + ifnull(sum(length(data)), 0) AS size FROM "
        "(SELECT root, hash, count(*) AS rows FROM versions GROUP BY root, hash) "
        "LEFT JOIN stored USING (hash) GROUP BY root ORDER BY size DESC, root",
        _ROW,
    )
    return dict(found)


def _growth(rows: Rows, now: float) -> float:
    """Return the bytes a day that versions took in the last week; of many, the newest tell the size of all.

    Args:
        rows: Returns the rows of a query on the history.
        now: Seconds since the epoch.
    """
    since = text_of(now - _WEEK * _DAY)
    ((count,),) = rows("SELECT count(*) FROM versions WHERE time >= ?", since)
    ((size,),) = rows(
        "SELECT ifnull(sum(length(data)), 0) FROM (SELECT DISTINCT hash FROM "
        "(SELECT hash FROM versions WHERE time >= ? ORDER BY time DESC LIMIT ?)) "
        "LEFT JOIN stored USING (hash)",
        *(since, _SAMPLE),
    )
    return float(count * _ROW + size * max(count / _SAMPLE, 1)) / _WEEK
