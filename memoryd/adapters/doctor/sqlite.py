"""Looking at a database without changing, healing or creating anything."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

_TOKENIZER = "unicode61 remove_diacritics 2"


def unsound(path: Path) -> str | None:
    """What is wrong with a database, quickly looked at; None where nothing is.

    Every page is read, but not every hash of the contents computed.
    """
    # what is found at first may come of somebody who begins to write meanwhile
    return _checked(path) and _checked(path)


def schema_of(path: Path) -> int:
    """The number of a database's schema.

    Raises:
        sqlite3.Error: If it cannot be read.
    """
    return int(str(rows_of(path, "PRAGMA user_version")[0][0]))


def rows_of(path: Path, query: str) -> list[tuple[object, ...]]:
    """What a query gives, texts as bytes.

    Raises:
        sqlite3.Error: If it cannot be answered.
    """
    with closing(_opened(path)) as database:
        database.text_factory = bytes
        return database.execute(query).fetchall()


def has_full_text() -> bool:
    """Whether this SQLite has the full-text search that the index needs."""
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
    """One that nobody has open is read as it lies there: else SQLite would make files beside it."""
    how = "mode=ro" if os.path.exists(f"{path}-wal") else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=5)
