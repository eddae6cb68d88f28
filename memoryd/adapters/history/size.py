"""Bytes of the history, its stores, and its growth."""

from collections.abc import Callable, Sequence
from typing import Any

from memoryd.adapters.history.schema import text_of
from memoryd.domain.history.size import HistorySize

_ROW = 400  # bytes of one version beside its content, with its share of the tables' indexes
_SAMPLE = 500  # versions
_WEEK = 7  # days
_DAY = 86400.0  # seconds


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
