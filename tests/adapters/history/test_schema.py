import hashlib
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from memoryd.adapters.history import History

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memoryd" / "history.db"


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


_FIRST_TABLES = """
CREATE TABLE contents (hash TEXT PRIMARY KEY, size INTEGER, data BLOB);
CREATE TABLE operations (
    id INTEGER PRIMARY KEY, time TEXT, cause TEXT, status TEXT, title TEXT, undoes INTEGER
);
CREATE TABLE changes (
    operation INTEGER, root TEXT, path TEXT, before TEXT, after TEXT, PRIMARY KEY (operation, path)
);
CREATE TABLE versions (id INTEGER PRIMARY KEY, time TEXT, path TEXT, hash TEXT);
PRAGMA user_version=1;
"""


def test_a_history_of_the_first_memoryd_is_migrated(path: Path) -> None:
    path.parent.mkdir(parents=True)
    now = "2026-01-02T03:04:05.678+00:00"
    digest = hashlib.sha256(b"a").hexdigest()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_FIRST_TABLES)
        connection.execute("INSERT INTO contents VALUES (?, 1, ?)", [digest, zlib.compress(b"a")])
        connection.execute("INSERT INTO operations VALUES (1, ?, 'compact', 'done', 'a title', NULL)", [now])
        connection.execute("INSERT INTO changes VALUES (1, '/known', '/known/deep/x.md', ?, NULL)", [digest])
        for name in ("/known/deep/x.md", "/s/MEMORY.md", "/s/deep/y.md", "/alone/z.md"):
            connection.execute(
                "INSERT INTO versions (time, path, hash) VALUES (?, ?, ?)", [now, name, digest]
            )
        connection.commit()
    with History(path) as history:
        assert history.roots() == ("/alone", "/known", "/s")
        assert [each.path for each in history.record("/s")] == ["/s/MEMORY.md", "/s/deep/y.md"]
        assert contents(history, "/s/deep/y.md") == [b"a"]
        (operation,) = history.operations("/known")
        assert (operation.actor, operation.title) == ("", "a title")
        assert history.plan(operation).changes[0].before == b"a"
        assert history.verify() == ()
    with History(path) as history:
        assert history.roots() == ("/alone", "/known", "/s")
