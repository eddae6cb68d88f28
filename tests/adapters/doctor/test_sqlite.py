import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memoryd.adapters.doctor.sqlite import has_full_text, rows_of, schema_of, unsound


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a ?#%.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "PRAGMA user_version = 7; CREATE TABLE t (x); CREATE INDEX i ON t (x);"
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)"
            "INSERT INTO t SELECT hex(randomblob(40)) FROM n"
        )
    return path


def test_a_sound_database_is_read_and_nothing_is_made(path: Path) -> None:
    before = path.read_bytes()
    assert (unsound(path), schema_of(path)) == (None, 7)
    assert rows_of(path, "SELECT count(*), 'a' FROM t") == [(2000, b"a")]
    assert (path.read_bytes(), list(path.parent.iterdir())) == (before, [path])


def test_what_another_connection_has_written_is_seen(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("DELETE FROM t")
        assert rows_of(path, "SELECT count(*) FROM t") == [(0,)]
        assert unsound(path) is None


def test_damage_in_the_middle_is_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    problem = unsound(path)
    assert problem
    assert "\n" not in problem


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"not a database, but long enough to be read as one" * 20)
    assert unsound(path)
    with pytest.raises(sqlite3.Error):
        schema_of(path)


def test_this_sqlite_has_full_text_search() -> None:
    assert has_full_text()
