"""Histories as the memoryd before this one wrote them: every content in full."""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

ROOT = "/s/rev"
INDEX = f"{ROOT}/MEMORY.md"
DAMAGED = b"- a content that nothing can read any more\n"
_TABLES = """
PRAGMA journal_mode=WAL;
CREATE TABLE contents (hash TEXT PRIMARY KEY, size INTEGER, data BLOB);
CREATE TABLE operations (id INTEGER PRIMARY KEY, time TEXT, cause TEXT, status TEXT, title TEXT,
    undoes INTEGER, actor TEXT NOT NULL DEFAULT '');
CREATE TABLE changes (operation INTEGER, root TEXT, path TEXT, before TEXT, after TEXT, mode INTEGER,
    PRIMARY KEY (operation, path));
CREATE TABLE versions (id INTEGER PRIMARY KEY, time TEXT, path TEXT, hash TEXT, root TEXT, mode INTEGER,
    operation INTEGER);
CREATE INDEX idx_versions_path ON versions (path);
CREATE INDEX idx_versions_root ON versions (root);
CREATE INDEX idx_changes_root ON changes (root);
PRAGMA user_version=2;
"""


def versions(count: int, lines: int = 40) -> list[bytes]:
    """Return versions of one file with one changed line each."""
    found, text = [], [f"- fact {number} with a word {number * 31 % 1009}\n" for number in range(lines)]
    for number in range(count):
        text[number * 7 % lines] = f"- changed as number {number}\n"
        found.append("".join(text).encode())
    return found


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write(path: Path, indexes: Iterable[bytes], *, damaged: bool = False) -> None:
    """Write a history of two files and an operation, and perhaps with a damaged content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(_TABLES)

        def keep(content: bytes) -> str:
            row = [digest_of(content), len(content), zlib.compress(content)]
            database.execute("INSERT OR IGNORE INTO contents VALUES (?, ?, ?)", row)
            return str(row[0])

        for number, content in enumerate(indexes):
            for name, text in ((INDEX, content), (f"{ROOT}/topic.md", b"# Topic %d\n" % (number // 3))):
                _add(database, number, name, keep(text))
        _add(database, 999, f"{ROOT}/topic.md", None)
        title = [1, "2026-01-02T03:04:05.678+00:00", "compact", "done", "a title", None, "daemon"]
        database.execute("INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?)", title)
        change = [1, ROOT, f"{ROOT}/other.md", keep(b"- before\n"), keep(b"- after\n"), 0o600]
        database.execute("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)", change)
        if damaged:
            _add(database, 1000, f"{ROOT}/damaged.md", keep(DAMAGED))
            damage = "UPDATE contents SET data = substr(data, 1, 20) WHERE hash = ?"
            database.execute(damage, [digest_of(DAMAGED)])
        database.commit()


def _add(database: sqlite3.Connection, number: int, path: str, digest: str | None) -> None:
    time = f"2026-01-02T03:{number // 60:02}:{number % 60:02}.000+00:00"
    row = [time, path, digest, ROOT, 0o600]
    database.execute("INSERT INTO versions (time, path, hash, root, mode) VALUES (?, ?, ?, ?, ?)", row)
