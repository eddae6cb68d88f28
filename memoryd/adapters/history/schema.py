"""Tables of the history, and their migrations."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memoryd.adapters.history import chain

if TYPE_CHECKING:
    import sqlite_utils


OLD_CONTENTS = "contents_in_full"
"""The table of contents of an older memoryd, as long as some are to be moved."""

_STORED = """
CREATE TABLE stored (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    base INTEGER, depth INTEGER NOT NULL, data BLOB
)
"""

# However a version is added, it gets the next number of its file; numbers stay when versions leave.
_NUMBER_OLD = """
UPDATE versions SET number = counted.number FROM
    (SELECT id, row_number() OVER (PARTITION BY path ORDER BY id) AS number FROM versions) AS counted
WHERE counted.id = versions.id
"""
_NUMBER_NEW = """
CREATE TRIGGER number_versions AFTER INSERT ON versions WHEN new.number = 0 BEGIN
    UPDATE versions SET number = 1 + ifnull(
        (SELECT number FROM versions WHERE path = new.path AND id < new.id ORDER BY id DESC LIMIT 1), 0
    ) WHERE id = new.id;
END
"""


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
    """Add the store, operation and permissions of each version."""
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
    """Return the store of a file with only its path recorded, from an operation or an index file."""
    ends = "/MEMORY.md"
    roots = {*known, *(each.removesuffix(ends) for each in paths if each.endswith(ends))}
    around = [root for root in roots if path.startswith(f"{root}/")]
    return min(around, key=len, default=path.rpartition("/")[0])


def _store_differences(database: "sqlite_utils.Database") -> None:
    """Make room for contents as differences; `migration` moves them, and drops the old table.

    The old name becomes a view without hashes: an older memoryd that has the database open can neither
    write nor read, and whoever reads the database without memoryd finds every line.
    """
    for sentence in (
        f"ALTER TABLE contents RENAME TO {OLD_CONTENTS}",
        _STORED,
        "CREATE VIEW contents AS SELECT data FROM stored",
        "CREATE INDEX idx_stored_base ON stored (base)",
        "DROP INDEX IF EXISTS idx_versions_root",
        "CREATE INDEX idx_versions_root_path ON versions (root, path)",
        "CREATE INDEX idx_versions_time ON versions (time)",
    ):
        database.execute(sentence)
    database.table("operations").add_column("link", str, not_null_default="")
    chain.link(database.conn)


def _add_marks(database: "sqlite_utils.Database") -> None:
    """Give the database a name, and a number that every transaction raises."""
    database.execute("CREATE TABLE marks (name TEXT NOT NULL, generation INTEGER NOT NULL)")
    database.execute("INSERT INTO marks VALUES (lower(hex(randomblob(16))), 0)")


def _add_authors(database: "sqlite_utils.Database") -> None:
    """Add who committed a version that was imported from git."""
    database.execute("ALTER TABLE versions ADD COLUMN author TEXT NOT NULL DEFAULT ''")


def _number_versions_and_keep_alarms(database: "sqlite_utils.Database") -> None:
    """Number the versions of each file, and make room for their writers and for alarms about losses."""
    versions = database.table("versions")
    versions.add_column("number", int, not_null_default=0)
    versions.add_column("actor", str, not_null_default="")
    for sentence in (_NUMBER_OLD, _NUMBER_NEW):
        database.execute(sentence)
    database.table("examined").create({"root": str, "version": int}, pk="root", not_null=("version",))
    database.table("alarms").create({"id": int, "time": str, "root": str, "sign": str, "state": str}, pk="id")
    database.table("losses").create(
        {"alarm": int, "base": int, "had": int, "dropped": int, "cut": int}, pk=("alarm", "dropped")
    )


def _remember_returned_lines(database: "sqlite_utils.Database") -> None:
    """Make room for what is known of the lines of a loss: up to which version, and which came back."""
    database.execute("ALTER TABLE losses ADD COLUMN until INTEGER NOT NULL DEFAULT 0")
    database.execute("ALTER TABLE losses ADD COLUMN back TEXT NOT NULL DEFAULT '[]'")


def _remember_sessions(database: "sqlite_utils.Database") -> None:
    """Make room for the session of the client that wrote a version."""
    database.execute("ALTER TABLE versions ADD COLUMN session TEXT NOT NULL DEFAULT ''")
    database.execute("CREATE INDEX idx_versions_session ON versions (session) WHERE session <> ''")
    database.execute(
        "CREATE INDEX idx_versions_open ON versions (session, time) WHERE session <> '' AND operation IS NULL"
    )


def _find_versions_by_time(database: "sqlite_utils.Database") -> None:
    """Find the version of a file at a time without reading all of them."""
    database.execute("CREATE INDEX idx_versions_path_time ON versions (path, time)")


# Applied in order; their number is the database's user_version.
MIGRATIONS: tuple[Callable[["sqlite_utils.Database"], None], ...] = (
    _create_tables,
    _add_who_and_where,
    _store_differences,
    _add_marks,
    _add_authors,
    _number_versions_and_keep_alarms,
    _remember_returned_lines,
    _remember_sessions,
    _find_versions_by_time,
)


def migrate(connection: sqlite3.Connection) -> bool:
    """Migrate the tables within the current transaction; return False if a newer memoryd created them."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        return False
    if version == len(MIGRATIONS):
        return True
    import sqlite_utils  # noqa: PLC0415  # a tenth of a second, for a rare migration

    database = sqlite_utils.Database(connection, execute_plugins=False)
    for step in MIGRATIONS[version:]:
        step(database)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
    return True


def text_of(seconds: float) -> str:
    """Return a time as in the tables: UTC, as text that sorts by time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def seconds_of(text: str) -> float:
    """Return a time of the tables in seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()
