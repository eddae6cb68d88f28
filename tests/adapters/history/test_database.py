"""The record: every version, every operation, and a way back."""

import hashlib
import multiprocessing
import os
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
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
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
        history.observe(ROOT, [(FILE, content)])
    assert contents(history) == [b"a", b"b", b"a", None, b"a"]


def test_a_file_that_never_was_is_not_recorded_as_gone(history: History) -> None:
    history.observe(ROOT, [(FILE, None)])
    assert contents(history) == []


def test_versions_carry_their_time(history: History) -> None:
    before = int(time.time())
    history.observe(ROOT, [(FILE, b"a")])
    history.observe(ROOT, [(FILE, b"b")])
    times = [moment for moment, _ in history.versions(FILE)]
    assert times == sorted(times)
    assert before <= times[0] < times[1] <= time.time() + 0.1


@pytest.mark.parametrize("content", CONTENTS)
def test_contents_come_back_byte_for_byte(path: Path, content: bytes) -> None:
    with History(path) as history:
        history.observe(ROOT, [(FILE, content)])
    with History(path) as history:
        assert contents(history) == [content]


def test_contents_are_kept_once_by_sha_256_compressed(path: Path, history: History) -> None:
    history.observe(ROOT, [(f"{ROOT}/{number}.md", content) for number, content in enumerate(CONTENTS * 2)])
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
        history.observe(ROOT, seen)
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
        history.observe(ROOT, versions())
    assert contents(history) == []
    history.observe(ROOT, [(FILE, b"b")])
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
    history.observe(ROOT, [(FILE, b"new")])
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


# Who wrote what


def test_a_version_knows_its_store_its_permissions_and_who_wrote_it(history: History) -> None:
    history.observe(ROOT, [(FILE, b"a"), (f"{ROOT}/x.md", b"x")], {FILE: 0o640})
    history.finish(history.begin(plan_of(change("MEMORY.md", b"a", b"b"))), "done")
    versions = history.record(ROOT)
    assert [(each.path, each.mode, each.operation) for each in versions] == [
        (FILE, 0o640, None),
        (f"{ROOT}/x.md", None, None),
        (FILE, None, 1),
    ]
    assert {each.root for each in versions} == {ROOT}
    assert history.roots() == (ROOT,)
    assert history.record("/elsewhere") == ()


def test_permissions_that_change_are_those_of_the_last_version(history: History) -> None:
    for mode in (0o600, 0o644):
        history.observe(ROOT, [(FILE, b"a")], {FILE: mode})
    assert [each.mode for each in history.record(ROOT)] == [0o644]


def test_only_files_with_a_version_since_a_moment_are_looked_at(history: History) -> None:
    history.observe(ROOT, [(FILE, b"a"), (f"{ROOT}/x.md", b"x")])
    time.sleep(0.002)
    since = time.time()
    history.observe(ROOT, [(FILE, b"b")])
    assert [each.path for each in history.record(ROOT, since)] == [FILE, FILE]
    assert history.record(ROOT, since + 100) == ()


def test_an_operation_that_another_process_saw_is_recorded_once_and_as_ours(
    path: Path, history: History
) -> None:
    operation = history.begin(plan_of(change("MEMORY.md", b"a", b"b"), change("old.md", b"x", None)))
    with History(path) as daemon:
        daemon.observe(ROOT, [(FILE, b"b"), (f"{ROOT}/old.md", None)])
    history.finish(operation, "done")
    assert contents(history) == [b"a", b"b"]
    assert [each.operation for each in history.record(ROOT) if each.path == FILE] == [None, operation]
    assert contents(history, f"{ROOT}/old.md") == [b"x", None]


def test_of_two_looks_in_one_millisecond_the_second_is_the_later(history: History) -> None:
    for number in range(50):
        history.observe(ROOT, [(FILE, b"%d" % number), (f"{ROOT}/x.md", b"%d" % number)])
    times = [each.time for each in history.record(ROOT)]
    assert times[::2] == times[1::2]
    assert len(set(times)) == 50
    assert times == sorted(times)


def test_a_clock_that_was_wrong_once_is_not_followed(history: History) -> None:
    history.observe(ROOT, [(FILE, b"a")])
    history._connection.raw.execute("UPDATE versions SET time = '2999-01-01T00:00:00.000+00:00'")
    history.observe(ROOT, [(FILE, b"b")])
    assert history.record(ROOT)[-1].time <= time.time() + 1


def test_operations_name_who_asked_for_them(path: Path) -> None:
    with History(path, "daemon") as history:
        finished(history)
        assert [(each.actor, each.cause) for each in history.operations(ROOT)] == [("daemon", "test")]
        assert history.operations("/elsewhere") == ()


def test_what_is_present_is_what_was_there_at_the_last_look(history: History) -> None:
    history.observe(ROOT, [(f"{ROOT}/{name}.md", b"x") for name in "cab"])
    history.observe(ROOT, [(f"{ROOT}/a.md", None)])
    assert history.present(ROOT) == (f"{ROOT}/b.md", f"{ROOT}/c.md")


def test_a_store_whose_path_is_not_utf_8_is_recorded_like_any_other(history: History) -> None:
    root = os.fsdecode(b"/home/caf\xe9/memory")
    file = f"{root}/MEMORY.md"
    history.observe(root, [(file, b"a")])
    history.observe(root, [(file, b"a")])
    plan = plan_of(FileChange(root, file, b"a", b"b"))
    operation = history.begin(plan)
    history.finish(operation, "done")
    assert contents(history, file) == [b"a", b"b"]
    assert history.roots() == (root,)
    assert history.present(root) == (file,)
    assert history.plan(history.operations(root)[0]).changes == plan.changes


# Old and damaged


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


def test_a_whole_history_is_verified(history: History) -> None:
    finished(history)
    history.observe(ROOT, [(f"{ROOT}/{number}.md", content) for number, content in enumerate(CONTENTS)])
    assert history.verify() == ()
    assert dict(history.counts())["operation"] == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE contents SET data = x'00'",
        "UPDATE contents SET data = NULL",
        "UPDATE contents SET size = size + 1",
        "DELETE FROM contents",
    ],
)
def test_damage_is_found_and_named(history: History, damage: str) -> None:
    finished(history)
    history._connection.raw.execute(f"{damage} WHERE hash = '{hashlib.sha256(b'b').hexdigest()}'")
    assert [problem.partition(" is lost")[0] for problem in history.verify()] == [
        f"operation 1 of {FILE}",
        f"version 2 of {FILE}",
    ]


def test_a_damaged_content_is_a_clear_error(history: History) -> None:
    history.observe(ROOT, [(FILE, b"a")])
    history._connection.raw.execute("UPDATE contents SET data = x'00'")
    with pytest.raises(MemorydError, match=r"the content ca978112ca1b .* is damaged"):
        history.versions(FILE)


def test_a_database_damaged_in_the_middle_is_a_clear_error(path: Path) -> None:
    with History(path) as history:
        history.observe(ROOT, [(f"{ROOT}/{number}.md", os.urandom(3000)) for number in range(50)])
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    with History(path) as history:
        assert history.verify()
        with pytest.raises(MemorydError, match="cannot read the history"):
            history.record(ROOT)


# What may leave


def age(history: History, days: int) -> None:
    """Make everything so old."""
    for table in ("versions", "operations"):
        history._connection.raw.execute(
            f"UPDATE {table} SET time = strftime('%Y-%m-%dT%H:%M:%f+00:00', time, ?)",  # noqa: S608
            [f"-{days} days"],
        )


def test_old_versions_leave_if_every_line_of_them_stands_elsewhere(history: History) -> None:
    for content in (b"a\n", b"a\nb\n", b"a\nc\n", b"a\nc\nd\n"):
        history.observe(ROOT, [(FILE, content)])
    age(history, 91)
    gone = history.expire(time.time())
    assert (gone.versions, gone.contents) == (2, 2)
    assert contents(history) == [b"a\nb\n", b"a\nc\nd\n"]
    assert history.verify() == ()
    assert history.expire(time.time()).versions == 0


def test_nothing_leaves_before_ninety_days(history: History) -> None:
    for content in (b"a\n", b"a\nb\n", b"a\nb\nc\n"):
        history.observe(ROOT, [(FILE, content)])
    age(history, 89)
    assert history.expire(time.time()).versions == 0


def test_another_stores_lines_keep_nothing_here(history: History) -> None:
    history.observe(ROOT, [(FILE, b"precious\n")])
    history.observe(ROOT, [(FILE, b"other\n")])
    history.observe("/elsewhere", [("/elsewhere/MEMORY.md", b"precious\n")])
    age(history, 91)
    assert history.expire(time.time()).versions == 0


def test_the_last_thousand_operations_can_be_taken_back_however_old(history: History) -> None:
    unfinished = history.begin(plan_of(change("MEMORY.md", b"a", b"b")))
    for _ in range(1002):
        finished(history)
    age(history, 91)
    gone = history.expire(time.time())
    assert gone.operations == 2
    kept = history.operations()
    assert (kept[-1].id, kept[-2].id, len(kept)) == (unfinished, 4, 1001)
    assert history.plan(kept[-2]).changes == (change("MEMORY.md", b"a", b"b"),)


# The database


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
        history.observe(ROOT, [(FILE, b"a")])
    with pytest.raises(MemorydError, match="cannot write the history"):
        history.begin(plan_of(change("MEMORY.md", b"a", b"b")))


def test_two_connections_take_turns(path: Path, history: History) -> None:
    with History(path) as other:
        for number in range(20):
            (history, other)[number % 2].observe(ROOT, [(FILE, b"%d" % number)])
        assert contents(history) == contents(other) == [b"%d" % number for number in range(20)]


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


def test_only_one_has_its_turn_at_a_time(path: Path, history: History) -> None:
    with History(path) as other:
        with history.turn():
            start = time.monotonic()
            with pytest.raises(BusyError, match="another memoryd"), other.turn(patience=0.1):
                raise AssertionError
            assert time.monotonic() - start >= 0.1
        with other.turn(patience=0):
            pass
