"""An open database whose file is deleted or replaced."""

import sqlite3
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from memoryd import private
from memoryd.adapters.history.connection import Connection, FilePlace
from memoryd.adapters.history.copies.absorb import absorb
from memoryd.adapters.history.copies.backup import write_copy
from memoryd.adapters.history.turn import turn
from memoryd.errors import MemorydError

_PATIENCE = 5.0  # seconds to wait for another process that writes the database back


def follow(connection: Connection) -> tuple[Connection, str]:
    """Return the connection to the database at the path, and what had to be done for it, "" for nothing.

    If the file was deleted or moved away, the open database is written to its place. If there is another
    database, each gets what only the other one has.

    Raises:
        MemorydError: If that is impossible; the old connection stays open.
    """
    if connection.place() is FilePlace.SAME:
        return connection, ""
    path = connection.path
    try:
        private.make_directory(path.parent)
        with turn(Path(f"{path}.guard"), _PATIENCE):
            connection.drop_companions()
            if connection.place() is FilePlace.MISSING:
                with suppress(FileExistsError):  # another process has made a new one just now
                    return _written_back(connection), "its file was deleted or moved; it was written back"
            return _joined(connection)
    except (OSError, sqlite3.Error) as error:
        raise MemorydError(
            f"the history at {path} was deleted or replaced, and cannot be written back: {error}",
            "nothing is edited; this process still has it: make the directory writable, or put the file back",
        ) from error


def _written_back(connection: Connection) -> Connection:
    """Write the open database to its place, and open it there.

    Raises:
        FileExistsError: If there is another one.
    """
    path = connection.path
    write_copy(connection.raw, path)
    reopened = Connection(path)
    connection.raw.close()
    return reopened


def _joined(connection: Connection) -> tuple[Connection, str]:
    """Join the open database with another one at its path."""
    path = connection.path
    try:
        other = Connection(path)
    except MemorydError as error:
        raise MemorydError(
            f"the history was replaced meanwhile: {error.message}", error.hint or "nothing is edited"
        ) from error
    with ExitStack() as undo:
        undo.callback(other.raw.close)
        if _first(connection) >= _first(other):
            done = absorb(other, connection.raw)
            undo.pop_all()
            connection.raw.close()
            return (
                other,
                f"its file was replaced by another copy; {done.versions} versions were added to that",
            )
        done = absorb(connection, other.raw)  # the other one is newer: made after this one was deleted
    aside = path.with_name(f"{path.name}.replaced-{time.time():.0f}")
    path.rename(aside)
    other.drop_companions()
    reopened = _written_back(connection)
    if not done.unreadable:
        aside.unlink()
    return reopened, "its file was replaced by a new one; both were joined"


def _first(connection: Connection) -> str:
    """Return the time of the oldest version; one that sorts last if there is none."""
    ((first,),) = connection.rows("SELECT min(time) FROM versions")
    return first or "~"
