import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from adapters.search.indexing import OTHER, STORE, check_integrity, paths, put

from memoryd.adapters.search.index import Index
from memoryd.errors import MemorydError


def test_private(path: Path) -> None:
    with Index(path) as index:
        put(index, {"a.md": "a"})
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    path.chmod(0o644)
    with Index(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_settings_hold(path: Path) -> None:
    for _ in range(2):
        with Index(path) as index:
            execute = index._file._db.execute
            assert execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert execute("PRAGMA busy_timeout").fetchone() == (5000,)
            assert execute("PRAGMA synchronous").fetchone() == (1,)
            kept = dict(execute("SELECT k, v FROM fulltext_config").fetchall())
            assert kept["rank"] == "bm25(6.0, 4.0, 2.0, 1.0)"
            assert kept["automerge"] == 0


def test_kept_from_one_run_to_the_next(path: Path) -> None:
    with Index(path) as index:
        put(index, {"a.md": "apple"})
    with Index(path) as index:
        assert paths(index.search("apple")) == ["a.md"]
        assert index.healed is None
    index.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"This is no database.\n" * 500)


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 0")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def without_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE documents")


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (garbage, truncated, overwritten, older, newer, without_table, directory)


@pytest.mark.parametrize("damage", DAMAGES)
def test_unusable_file_is_set_aside(path: Path, damage: Callable[[Path], None]) -> None:
    for _ in range(2):
        with Index(path) as index:
            put(index, {f"{n}.md": f"apple {n}" for n in range(50)})
        damage(path)
        with Index(path) as index:
            assert index.listing(STORE) == ({}, 0)
            assert index.search("apple") == ()
            assert index.healed is not None
            assert "broken" in index.healed
            put(index, {"a.md": "apple"})
            assert paths(index.search("apple")) == ["a.md"]
            check_integrity(index)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    if damage is not directory:
        assert len(list(path.parent.glob("*broken*"))) == 1


ACTIONS: tuple[Callable[[Index], object], ...] = (
    lambda index: index.listing(STORE),
    lambda index: index.search("apple"),
    lambda index: index.counts(),
    lambda index: put(index, {"a.md": "apple"}),
    lambda index: index.drop(STORE.root),
    lambda index: index.tidy(),
)


@pytest.mark.parametrize("act", ACTIONS)
def test_deleted_under_an_open_connection(path: Path, act: Callable[[Index], object]) -> None:
    with Index(path) as index:
        put(index, {"old.md": "apple"})
        path.unlink()
        act(index)
        assert index.healed is not None
        assert "deleted" in index.healed
        put(index, {"a.md": "apple"})
        assert paths(index.search("apple")) == ["a.md"]
        check_integrity(index)
    with Index(path) as index:
        assert paths(index.search("apple")) == ["a.md"]


def test_directory_deleted_under_an_open_connection(path: Path) -> None:
    with Index(path) as index:
        for file in path.parent.iterdir():
            file.unlink()
        path.parent.rmdir()
        assert index.listing(STORE) == ({}, 0)
        assert path.exists()


@pytest.mark.parametrize("act", ACTIONS)
def test_replaced_under_an_open_connection(
    path: Path, tmp_path: Path, act: Callable[[Index], object]
) -> None:
    with Index(tmp_path / "new.db") as new:
        put(new, {"new.md": "apple"}, OTHER)
    with Index(path) as index:
        put(index, {"old.md": "apple"})
        (tmp_path / "new.db").replace(path)
        act(index)
        assert index.healed is not None
        assert "replaced" in index.healed
        assert paths(index.search("apple agent:tester")) == ["new.md"]
        check_integrity(index)


def test_replaced_by_something_else_under_an_open_connection(path: Path, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no database at all" * 100)
    with Index(path) as index:
        (tmp_path / "no.db").replace(path)
        put(index, {"a.md": "apple"})
        assert index.healed is not None
        assert "broken" in index.healed
        assert paths(index.search("apple")) == ["a.md"]


@pytest.mark.parametrize("act", ACTIONS)
def test_tables_lost_under_an_open_connection(path: Path, act: Callable[[Index], object]) -> None:
    with Index(path) as index:
        put(index, {"old.md": "apple"})
        with closing(sqlite3.connect(path)) as db:
            db.executescript("DROP TABLE documents; DROP TABLE stores; DROP TABLE fulltext")
        act(index)
        assert index.healed is not None
        put(index, {"a.md": "apple"})
        assert paths(index.search("apple")) == ["a.md"]
        check_integrity(index)


def test_pages_damaged_under_an_open_connection(path: Path) -> None:
    with Index(path) as index:
        put(index, {f"{n}.md": f"apple {n} " * 50 for n in range(200)})
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA user_version")
        with path.open("r+b") as file:
            file.write(b"\xa5" * path.stat().st_size)
        index._file._db.execute("PRAGMA shrink_memory")
        assert index.listing(STORE) == ({}, 0)
        assert index.healed is not None


def test_another_healer_came_first(path: Path) -> None:
    with Index(path) as first, Index(path) as second:
        put(first, {"old.md": "apple"})
        with closing(sqlite3.connect(path)) as db:
            db.execute("DROP TABLE documents")
        first.search("apple")
        put(first, {"a.md": "apple"})
        put(second, {"b.md": "apple"})
        assert paths(first.search("apple")) == paths(second.search("apple")) == ["a.md", "b.md"]
        assert len(list(path.parent.glob("*broken*"))) == 1


def test_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MemorydError) as caught:
        Index(tmp_path / "file" / "index.db")
    assert str(tmp_path / "file" / "index.db") in caught.value.message
    assert caught.value.hint


def test_locked_for_good_is_said_and_not_healed(path: Path) -> None:
    with Index(path) as index, closing(sqlite3.connect(path, isolation_level=None)) as other:
        put(index, {"a.md": "apple"})
        other.execute("BEGIN IMMEDIATE")
        index._file._db.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(MemorydError, match="locked") as caught:
            put(index, {"b.md": "berry"})
        assert caught.value.hint == "another process is writing to it: try again"
        assert paths(index.search("apple")) == ["a.md"]
        other.execute("ROLLBACK")
        put(index, {"b.md": "berry"})
        assert index.healed is None
