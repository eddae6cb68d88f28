"""Damages of a whole history."""

import sqlite3

from memoryd.adapters.history import chain
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.contents import damages


def all_damages(connection: Connection) -> tuple[str, ...]:
    """Read everything and compute every hash again; return one sentence for each damage."""
    raw = connection.raw
    try:
        raw.execute("BEGIN")  # everything as it is at one moment, whatever others write
        return (*damages(connection.contents, raw), *chain.breaks(raw))
    except sqlite3.Error as error:
        return (f"the database cannot be read: {error}",)
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
