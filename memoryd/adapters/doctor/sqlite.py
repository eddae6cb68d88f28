"""A database read without changing, repairing or creating it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

_TOKENIZER = "unicode61 remove_diacritics 2"


def unsound(path: Path) -> str | None:
    """Return what a quick check finds wrong with a database; None if nothing.

    The check reads every page, but does not compute every hash of the contents.
    """
    # a first finding may come from a process that begins to write meanwhile
    return _checked(path) and _checked(path)


def schema_of(path: Path) -> int:
    """Return the schema number of a database.

    Raises:
        sqlite3.Error: If it cannot be read.
    """
    return int(str(rows_of(path, "PRAGMA user_version")[0][0]))


def rows_of(path: Path, query: str, *parameters: object) -> list[tuple[object, ...]]:
    """Return the rows of a query with its parameters, with texts as bytes.

    Raises:
        sqlite3.Error: If the query fails.
    """
    with closing(_opened(path)) as database:
        database.text_factory = bytes
        return database.execute(query, parameters).fetchall()


def has_full_text() -> bool:
    """Return whether this SQLite has the full-text search that the index needs."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute(f"CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = '{_TOKENIZER}')")
    except sqlite3.Error:
        return False
    return True


def _checked(path: Path) -> str | None:
    try:
        with closing(_opened(path)) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        return str(error)
    return None if found == ["ok"] else "; ".join(found).replace("\n", " ")


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database; one that no process has open is read as is, or SQLite would create files beside it."""
    how = "mode=ro" if os.path.exists(f"{path}-wal") else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=5)
