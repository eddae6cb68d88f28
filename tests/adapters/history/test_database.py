"""The record: every version, every operation, and a way back."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import plan_of

from memoryd.adapters.history import History
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan

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


def change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange(ROOT, f"{ROOT}/{name}", before, after)


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


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
    assert list(history.to_undo()) == []


def finished(history: History, *, undoes: int | None = None, status: str = "done") -> int:
    operation = history.begin(plan_of(change("MEMORY.md", b"a", b"b")), undoes=undoes)
    history.finish(operation, status)
    return operation


def last(history: History) -> int | None:
    return next((operation.id for operation, _ in history.to_undo()), None)


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


def test_what_was_undone_is_known_by_file_bytes_and_cause(history: History) -> None:
    first = finished(history)
    assert not history.was_undone(FILE, b"a", "test")
    back = plan_of(change("MEMORY.md", b"b", b"a"), cause="undo")
    failed = history.begin(back, undoes=first)
    history.finish(failed, "conflict")
    assert not history.was_undone(FILE, b"a", "test")
    history.finish(history.begin(replace(back, cause="restore")), "done")
    assert not history.was_undone(FILE, b"a", "test"), "a restored version is no undone operation"
    history.finish(history.begin(back, undoes=first), "done")
    assert history.was_undone(FILE, b"a", "test")
    assert not history.was_undone(FILE, b"a", "compact")
    assert not history.was_undone(FILE, b"a ", "test")
    assert not history.was_undone(f"{ROOT}/other.md", b"a", "test")


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
