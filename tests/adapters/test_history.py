"""The record: every version, every operation, and a way back."""

import hashlib
import multiprocessing
import sqlite3
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import plan_of

from memoryd.adapters.history import BusyError, History
from memoryd.domain.edits import Applicability, FileChange, Fix, Plan
from memoryd.errors import MemorydError

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"
CONTENTS = [
    b"",
    b"no end",
    b"\xef\xbb\xbfBOM\r\n",
    b"\r\n\r\n",
    b"\0\xff\xfe",
    "記憶\n".encode(),
    b"x" * 100_000,
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memoryd" / "history.db"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History(path) as history:
        yield history


def change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange(ROOT, f"{ROOT}/{name}", before, after)


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


# Versions


def test_a_version_is_recorded_only_when_it_differs_from_the_last(history: History) -> None:
    for content in (b"a", b"a", b"b", b"a", None, None, b"a"):
        history.observe([(FILE, content)])
    assert contents(history) == [b"a", b"b", b"a", None, b"a"]


def test_a_file_that_never_was_is_not_recorded_as_gone(history: History) -> None:
    history.observe([(FILE, None)])
    assert contents(history) == []


def test_versions_carry_their_time(history: History) -> None:
    before = int(time.time())
    history.observe([(FILE, b"a")])
    history.observe([(FILE, b"b")])
    times = [moment for moment, _ in history.versions(FILE)]
    assert times == sorted(times)
    assert before <= times[0] <= times[1] <= time.time()


@pytest.mark.parametrize("content", CONTENTS)
def test_contents_come_back_byte_for_byte(path: Path, content: bytes) -> None:
    with History(path) as history:
        history.observe([(FILE, content)])
    with History(path) as history:
        assert contents(history) == [content]


def test_contents_are_kept_once_by_sha_256_compressed(path: Path, history: History) -> None:
    history.observe([(f"{ROOT}/{number}.md", content) for number, content in enumerate(CONTENTS * 2)])
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT hash, size, data FROM contents").fetchall()
    assert len(rows) == len(CONTENTS)
    for digest, size, data in rows:
        content = zlib.decompress(data)
        assert hashlib.sha256(content).hexdigest() == digest
        assert len(content) == size


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.binary(max_size=3)), max_size=20))
def test_the_record_of_a_file_is_what_was_seen_without_repetitions(
    tmp_path_factory: pytest.TempPathFactory, seen: list[tuple[str, bytes | None]]
) -> None:
    with History(tmp_path_factory.mktemp("history") / "history.db") as history:
        history.observe(seen)
        for path in "abc":
            expected: list[bytes | None] = [None]
            for name, content in seen:
                if name == path and content != expected[-1]:
                    expected.append(content)
            assert contents(history, path) == expected[1:]


def test_nothing_of_a_batch_that_fails_is_recorded(history: History) -> None:
    def versions() -> Iterator[tuple[str, bytes | None]]:
        yield FILE, b"a"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        history.observe(versions())
    assert contents(history) == []
    history.observe([(FILE, b"b")])
    assert contents(history) == [b"b"]


# Operations


def test_an_intent_is_durable_with_all_contents_before_it_ends(path: Path) -> None:
    plan = plan_of(change("MEMORY.md", b"old", b"new"), change("new.md", None, b"x"))
    with History(path) as history:
        identity = history.begin(plan)
    with History(path) as history:
        (operation,) = history.unfinished()
        assert (operation.id, operation.status, operation.cause) == (identity, "intent", "test")
        assert history.plan(operation).changes == plan.changes
        assert contents(history) == [b"old"]
        history.finish(identity, "aborted")
        assert history.unfinished() == ()
        assert contents(history) == [b"old"]


def test_what_is_done_is_a_version_of_its_files(history: History) -> None:
    operation = history.begin(plan_of(change("MEMORY.md", b"old", b"new"), change("a.md", b"a", None)))
    history.finish(operation, "done")
    assert contents(history) == [b"old", b"new"]
    assert contents(history, f"{ROOT}/a.md") == [b"a", None]
    history.observe([(FILE, b"new")])
    assert contents(history) == [b"old", b"new"]


sides = st.none() | st.binary(max_size=50) | st.sampled_from(CONTENTS)


@given(st.dictionaries(st.text("ab /ä", min_size=1, max_size=5), st.tuples(sides, sides), max_size=5))
def test_a_plan_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, tuple[bytes | None, bytes | None]]
) -> None:
    changes = tuple(change(name, before, after) for name, (before, after) in files.items())
    plan = Plan("compact", (Fix("first", Applicability.SAFE, changes), Fix("second", Applicability.SAFE, ())))
    with History(tmp_path_factory.mktemp("history") / "history.db") as history:
        operation = history.operation(history.begin(plan))
        assert operation is not None
        assert operation.title == "first; second"
        assert history.plan(operation).changes == plan.changes
        assert history.plan(operation).cause == "compact"


def test_an_unknown_operation_is_none(history: History) -> None:
    assert history.operation(1) is None
    assert history.last_to_undo() is None


def finished(history: History, *, undoes: int | None = None, status: str = "done") -> int:
    operation = history.begin(plan_of(change("MEMORY.md", b"a", b"b")), undoes=undoes)
    history.finish(operation, status)
    return operation


def last(history: History) -> int | None:
    operation = history.last_to_undo()
    return operation.id if operation else None


def test_the_last_to_undo_is_the_newest_that_stands(history: History) -> None:
    first, second = finished(history), finished(history)
    finished(history, status="aborted")
    finished(history, status="conflict")
    history.begin(plan_of(change("MEMORY.md", b"a", b"b")))
    assert last(history) == second
    finished(history, undoes=second, status="conflict")
    assert last(history) == second
    finished(history, undoes=second)
    assert last(history) == first
    finished(history, undoes=first)
    assert last(history) is None


def test_an_operation_whose_undo_was_taken_back_stands_again(history: History) -> None:
    first = finished(history)
    undo = finished(history, undoes=first)
    assert last(history) is None
    redo = finished(history, undoes=undo)
    assert last(history) == first
    finished(history, undoes=redo)
    assert last(history) is None


def test_what_was_restored_is_known_by_file_and_bytes(history: History) -> None:
    first = finished(history)
    assert not history.was_restored(FILE, b"a")
    back = plan_of(change("MEMORY.md", b"b", b"a"), cause="undo")
    failed = history.begin(back, undoes=first)
    history.finish(failed, "conflict")
    assert not history.was_restored(FILE, b"a")
    history.finish(history.begin(back, undoes=first), "done")
    assert history.was_restored(FILE, b"a")
    assert not history.was_restored(FILE, b"a ")
    assert not history.was_restored(f"{ROOT}/other.md", b"a")


# The database


def test_only_the_owner_can_read_it(path: Path, history: History) -> None:
    history.observe([(FILE, b"a")])
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes["history.db"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_written_is_on_the_disk(history: History) -> None:
    assert history._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert history._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_newer_schema_is_refused_and_left_as_it_is(path: Path) -> None:
    with History(path) as history:
        history.observe([(FILE, b"a")])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(MemorydError, match="written by a newer memoryd") as raised:
        History(path)
    assert raised.value.hint == "upgrade memoryd to use it"
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
        other.execute("DROP TABLE contents")
        other.commit()
    with pytest.raises(MemorydError, match="cannot write the history"):
        history.observe([(FILE, b"a")])
    with pytest.raises(MemorydError, match="cannot write the history"):
        history.begin(plan_of(change("MEMORY.md", b"a", b"b")))


def test_two_connections_take_turns(path: Path, history: History) -> None:
    with History(path) as other:
        for number in range(20):
            (history, other)[number % 2].observe([(FILE, b"%d" % number)])
        assert contents(history) == contents(other) == [b"%d" % number for number in range(20)]


def _write_versions(path: Path, name: str) -> None:
    for number in range(50):
        with History(path) as history:
            history.observe([(name, b"%d" % number)])


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


def test_only_one_has_its_turn_at_a_time(path: Path, history: History) -> None:
    with History(path) as other:
        with history.turn():
            start = time.monotonic()
            with pytest.raises(BusyError, match="another memoryd"), other.turn(patience=0.1):
                raise AssertionError
            assert time.monotonic() - start >= 0.1
        with other.turn(patience=0):
            pass
