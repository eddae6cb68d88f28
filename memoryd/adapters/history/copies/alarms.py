"""Alarms of another history, added to this one."""

import sqlite3

from memoryd.adapters.history.alarms import OPEN
from memoryd.adapters.history.connection import Connection

Row = tuple[object, ...]


def absorb_alarms(connection: Connection, source: sqlite3.Connection) -> None:
    """Add the alarms that are missing here, within the current transaction that has added the versions.

    An alarm that was dismissed or restored in one of both is closed in both. What was examined there is not
    examined again.

    Args:
        connection: The history to add to.
        source: Another one with the same schema, perhaps with tables that could not be read.
    """
    raw = connection.raw
    for identity, *alarm, state in source.execute(
        "SELECT id, time, root, sign, state FROM alarms ORDER BY id"
    ):
        losses = _losses(raw, source, identity)
        if not losses:
            continue
        known = _known(raw, alarm, losses)
        if known is None:
            row = [*alarm, state]
            known = raw.execute(
                "INSERT INTO alarms (time, root, sign, state) VALUES (?, ?, ?, ?)", row
            ).lastrowid
        elif state != OPEN:
            raw.execute("UPDATE alarms SET state = ? WHERE id = ? AND state = ?", [state, known, OPEN])
        raw.executemany(
            "INSERT OR IGNORE INTO losses (alarm, had, dropped, base, cut) VALUES (?, ?, ?, ?, ?)",
            [[known, *loss] for loss in losses],
        )
    for root, version in source.execute("SELECT root, version FROM examined").fetchall():
        if (until := _here(raw, source, version)) is not None:
            raw.execute(
                "INSERT INTO examined (root, version) VALUES (?, ?) "
                "ON CONFLICT (root) DO UPDATE SET version = max(version, excluded.version)",
                [root, until],
            )


def _losses(raw: sqlite3.Connection, source: sqlite3.Connection, alarm: int) -> list[Row]:
    """Return had, dropped, base and cut of those losses of an alarm whose versions are here, too."""
    found: list[Row] = []
    query = "SELECT had, dropped, base, cut FROM losses WHERE alarm = ? ORDER BY dropped"
    for had, dropped, base, cut in source.execute(query, [alarm]):
        row = (_here(raw, source, had), _here(raw, source, dropped), _here(raw, source, base), cut)
        if row[0] is not None and row[1] is not None and (base is None or row[2] is not None):
            found.append(row)
    return found


def _known(raw: sqlite3.Connection, alarm: list[object], losses: list[Row]) -> int | None:
    """Return the id of the same alarm here: of this store and sign, about one of these losses."""
    _, root, sign = alarm
    query = "SELECT id FROM alarms JOIN losses ON alarm = id WHERE root = ? AND sign = ? AND dropped = ?"
    for _, dropped, *_ in losses:
        if found := raw.execute(query, [root, sign, dropped]).fetchone():
            return int(found[0])
    return None


def _here(raw: sqlite3.Connection, source: sqlite3.Connection, version: object) -> int | None:
    """Return the id that a version of the source has here; None if it is missing."""
    row = source.execute("SELECT path, time, hash FROM versions WHERE id = ?", [version]).fetchone()
    query = "SELECT id FROM versions WHERE path = ? AND time = ? AND hash IS ? ORDER BY id DESC LIMIT 1"
    found = raw.execute(query, row).fetchone() if row else None
    return int(found[0]) if found else None
