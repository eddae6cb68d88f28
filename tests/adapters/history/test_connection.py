import multiprocessing
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from support import plan_of

from memoryd.adapters.history import History
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import MemorydError

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memoryd" / "history.db"


def change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange(ROOT, f"{ROOT}/{name}", before, after)


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


def test_a_database_damaged_in_the_middle_is_a_clear_error(path: Path) -> None:
    with History(path) as history:
        history.observe(ROOT, [(f"{ROOT}/{number}.md", os.urandom(3000)) for number in range(50)])
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    with History(path) as history:
        assert history.verify()
        with pytest.raises(MemorydError, match="cannot read the history"):
            history.record(ROOT)


def test_only_the_owner_can_read_it(path: Path, history: History) -> None:
    history.observe(ROOT, [(FILE, b"a")])
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes["history.db"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_written_is_on_the_disk(history: History) -> None:
    assert history._connection.raw.execute("PRAGMA synchronous").fetchone() == (2,)
    assert history._connection.raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_newer_schema_is_refused_and_left_as_it_is(path: Path) -> None:
    with History(path) as history:
        history.observe(ROOT, [(FILE, b"a")])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(MemorydError, match="written by a newer memoryd") as raised:
        History(path)
    assert raised.value.hint == "upgrade memoryd to use it"
    assert [each.name for each in path.parent.iterdir()] == [path.name]  # closed: SQLite removes its log
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)
        assert connection.execute("SELECT count(*) FROM versions").fetchone() == (1,)


def test_a_damaged_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"precious, perhaps" * 100)
    with pytest.raises(MemorydError, match="cannot open the history"):
        History(path)
    assert path.read_bytes() == b"precious, perhaps" * 100


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MemorydError, match="cannot open the history") as raised:
        History(tmp_path / "file" / "history.db")
    assert "MEMORYD_STATE_DIR" in str(raised.value.hint)


def test_a_history_that_cannot_be_written_says_so(path: Path, history: History) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE stored")
        other.commit()
    with pytest.raises(MemorydError, match="cannot write the history"):
        history.observe(ROOT, [(FILE, b"a")])
    with pytest.raises(MemorydError, match="cannot write the history"):
        history.begin(plan_of(change("MEMORY.md", b"a", b"b")))


def _write_versions(path: Path, name: str) -> None:
    for number in range(50):
        with History(path) as history:
            history.observe(ROOT, [(name, b"%d" % number)])


def test_several_processes_open_and_write_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_versions, args=(path, name)) for name in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    with History(path) as history:
        for name in "abc":
            assert contents(history, name) == [b"%d" % number for number in range(50)]
