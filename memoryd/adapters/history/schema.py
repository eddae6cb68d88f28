"""The tables of the history and how they came to be."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def _create_tables(database: "sqlite_utils.Database") -> None:
    database.table("contents").create({"hash": str, "size": int, "data": bytes}, pk="hash")
    database.table("operations").create(
        {"id": int, "time": str, "cause": str, "status": str, "title": str, "undoes": int}, pk="id"
    )
    database.table("changes").create(
        {"operation": int, "root": str, "path": str, "before": str, "after": str}, pk=("operation", "path")
    )
    database.table("versions").create({"id": int, "time": str, "path": str, "hash": str}, pk="id")
    database.table("versions").create_index(["path"])


def _add_who_and_where(database: "sqlite_utils.Database") -> None:
    """Which store a version belongs to, which operation wrote it, and with which permissions."""
    database.table("operations").add_column("actor", str, not_null_default="")
    database.table("changes").add_column("mode", int)
    versions = database.table("versions")
    for name, kind in (("root", str), ("mode", int), ("operation", int)):
        versions.add_column(name, kind)
    known = [row[0] for row in database.execute("SELECT DISTINCT root FROM changes").fetchall()]
    paths = [row[0] for row in database.execute("SELECT DISTINCT path FROM versions").fetchall()]
    for path in paths:
        database.execute("UPDATE versions SET root = ? WHERE path = ?", [_store_of(path, known, paths), path])
    versions.create_index(["root"])
    database.table("changes").create_index(["root"])


def _store_of(path: str, known: Iterable[str], paths: Iterable[str]) -> str:
    """The store of a file of which only the path was recorded: known by an operation, or by an index file."""
    ends = "/MEMORY.md"
    roots = {*known, *(each.removesuffix(ends) for each in paths if each.endswith(ends))}
    around = [root for root in roots if path.startswith(f"{root}/")]
    return min(around, key=len, default=path.rpartition("/")[0])


# Applied in order; the number of those applied is the database's user_version.
MIGRATIONS: tuple[Callable[["sqlite_utils.Database"], None], ...] = (_create_tables, _add_who_and_where)


def migrate(connection: sqlite3.Connection) -> bool:
    """Bring the tables up to date within the transaction at hand; False where a newer memoryd made them."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        return False
    if version == len(MIGRATIONS):
        return True
    import sqlite_utils  # noqa: PLC0415  # a tenth of a second, for what is done once in a lifetime

    database = sqlite_utils.Database(connection, execute_plugins=False)
    for step in MIGRATIONS[version:]:
        step(database)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
    return True


def text_of(seconds: float) -> str:
    """A time as the tables hold it: UTC, and as text in the order of time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def seconds_of(text: str) -> float:
    """A time of the tables in seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()
