"""Histories of an older memoryd: migrated as a whole, from any point where a process was killed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from faults.old_history import DAMAGED, INDEX, ROOT, digest_of, versions, write

from memoryd.adapters.history import History, migration
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.schema import MIGRATIONS
from memoryd.errors import MemorydError

ALL = versions(60)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "_AT_ONCE", 10_000)


def expect_all(path: Path, *, damages: int = 0) -> None:
    with History(path) as history:
        found = [content for _, content in history.versions(INDEX)]
        assert found == ALL
        topics = [content for _, content in history.versions(f"{ROOT}/topic.md")]
        assert topics[:-1] == [b"# Topic %d\n" % (number // 3) for number in range(60)]
        assert topics[-1] is None
        (operation,) = history.operations()
        (change,) = history.plan(operation).changes
        assert (change.before, change.after, change.mode) == (b"- before\n", b"- after\n", 0o600)
        assert len(history.verify()) == damages


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_history_is_migrated_as_a_whole(path: Path) -> None:
    write(path, ALL)
    expect_all(path)
    own = {"alarms", "losses", "examined"}
    assert tables(path) == {"stored", "operations", "changes", "versions", "marks"} | own


def test_the_file_shrinks(path: Path) -> None:
    write(path, versions(60, lines=1000))
    before = path.stat().st_size
    History(path).close()
    assert path.stat().st_size < before / 2


def test_a_damaged_content_is_moved_as_it_is(path: Path) -> None:
    write(path, ALL, damaged=True)
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT data FROM contents WHERE hash = ?"
        data = database.execute(query, [digest_of(DAMAGED)]).fetchone()
    expect_all(path, damages=1)
    with closing(sqlite3.connect(path)) as database:
        assert (
            database.execute("SELECT data FROM stored WHERE hash = ?", [digest_of(DAMAGED)]).fetchone()
            == data
        )


@pytest.mark.parametrize("batches", range(8))
def test_what_was_begun_is_finished_by_the_next(
    path: Path, batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, ALL, damaged=True)
    begin, count = Connection.writing, iter(range(1000))

    @contextmanager
    def writing(self: Connection) -> Iterator[None]:
        with begin(self):
            yield
            if next(count) == batches:
                raise OSError(28, "No space left on device")

    monkeypatch.setattr(Connection, "writing", writing)
    with pytest.raises(MemorydError, match="No space left"):
        History(path)
    monkeypatch.undo()
    if batches:  # the schema is the first transaction
        assert "contents_in_full" in tables(path)
    expect_all(path, damages=1)


def test_two_processes_migrate_at_once(path: Path) -> None:
    write(path, ALL)
    with closing(sqlite3.connect(path)) as database:
        database.isolation_level = None
    first = Connection(path)  # the second one finds nothing left to do
    with closing(first.raw):
        expect_all(path)


def test_an_older_memoryd_that_has_it_open_can_write_no_more(path: Path) -> None:
    write(path, ALL)
    with closing(sqlite3.connect(path)) as older:
        expect_all(path)
        with pytest.raises(sqlite3.OperationalError, match="cannot modify contents because it is a view"):
            older.execute("INSERT INTO contents (hash, size, data) VALUES ('x', 1, 'x')")
        with pytest.raises(sqlite3.OperationalError, match="no such column: hash"):
            older.execute("SELECT data FROM contents WHERE hash = 'x'")
        assert older.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
