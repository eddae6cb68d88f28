"""Hashes that chain each operation to the one before."""

import json
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby

_QUERY = (
    "SELECT id, link, time, cause, title, undoes, actor, root, path, before, after FROM operations "
    "LEFT JOIN changes ON operation = id WHERE id > ? ORDER BY id, path"
)


def link(connection: sqlite3.Connection, after: int = 0) -> None:
    """Compute the hashes of all operations with a higher id, within the current transaction."""
    new = [(computed, identity) for identity, _, computed in _links(connection, after, trust=False)]
    connection.executemany("UPDATE operations SET link = ? WHERE id = ?", new)


def breaks(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield one sentence for each operation whose hash does not fit its record and the one before."""
    for identity, stored, computed in _links(connection, 0, trust=True):
        if stored != computed:
            yield f"operation {identity} is not as it was recorded, or operations before it are missing"


def last_link(connection: sqlite3.Connection, until: int | None = None) -> tuple[int, str]:
    """Return the id and hash of the newest operation, perhaps up to an id; 0 and "" if there is none."""
    query = "SELECT id, link FROM operations WHERE id <= ifnull(?, id) ORDER BY id DESC LIMIT 1"
    return connection.execute(query, [until]).fetchone() or (0, "")


def _links(connection: sqlite3.Connection, after: int, *, trust: bool) -> Iterator[tuple[int, str, str]]:
    """Yield id, stored hash and computed hash; `trust` computes each from the stored hash before it."""
    _, before = last_link(connection, after)
    rows = connection.execute(_QUERY, [after])
    for (identity, stored), group in groupby(rows, lambda row: row[:2]):
        record = [[_plain(value) for value in row[2:]] for row in group]
        computed = sha256(json.dumps([before, identity, record]).encode()).hexdigest()
        yield identity, stored, computed
        before = stored if trust else computed


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
