"""Rows of one history, added to another one."""

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from support import plan_of

from memoryd.adapters.history import History
from memoryd.adapters.history.copies.absorb import AbsorbResult, absorb
from memoryd.domain.edits.plan import FileChange

ROOT = "/s/rev"
FILES = [f"{ROOT}/MEMORY.md", f"{ROOT}/\udcff.md"]
steps = st.lists(st.tuples(st.sampled_from(FILES), st.none() | st.integers(0, 5), st.booleans()), max_size=8)


def take(history: History, seen: Sequence[tuple[str, int | None, bool]]) -> None:
    for path, number, is_operation in seen:
        content = None if number is None else b"- %d\n" % number
        if is_operation:
            history.finish(
                history.begin(plan_of(FileChange(ROOT, path, history.last(path), content))), "done"
            )
        else:
            history.observe(ROOT, [(path, content)])


def contents(history: History) -> dict[str, set[bytes | None]]:
    return {path: {content for _, content in history.versions(path)} for path in FILES}


@settings(max_examples=30, deadline=None)
@given(steps, steps, steps, steps)
def test_law_nothing_of_either_is_lost(
    shared: Sequence[tuple[str, int | None, bool]],
    here: Sequence[tuple[str, int | None, bool]],
    there: Sequence[tuple[str, int | None, bool]],
    later: Sequence[tuple[str, int | None, bool]],
) -> None:
    with TemporaryDirectory() as directory:
        first, second = Path(directory, "a.db"), Path(directory, "b.db")
        with History(first) as one:
            take(one, shared)
            one.backup(second)
            with History(second) as other:
                take(one, here)
                take(other, there)
                take(one, later)
                before, theirs = contents(one), contents(other)
                operations = len(one.operations()) + len(other.operations())
                absorb(one._connection, other._connection.raw)
                after = contents(one)
                for path in FILES:
                    assert before[path] | theirs[path] == after[path] or after[path] >= before[path]
                    assert theirs[path] - {None} <= after[path]
                assert len(one.operations()) <= operations
                times = [each.time for each in one.record(ROOT)]
                assert times == sorted(times)
                assert one.verify() == ()
                assert absorb(one._connection, other._connection.raw) == AbsorbResult()


def test_numbers_before_the_first_new_version_stay(history: History, tmp_path: Path) -> None:
    first, second, third = b"- a\n", b"- b\n", b"- c\n"
    history.observe(ROOT, [(FILES[0], first)])
    history.backup(tmp_path / "copy.db")
    with History(tmp_path / "copy.db") as other:
        other.observe(ROOT, [(FILES[0], second)])
        history.observe(ROOT, [(FILES[0], third)])
        assert absorb(history._connection, other._connection.raw) == AbsorbResult(versions=1)
    assert [(each.id, history.content(each.digest)) for each in history.record(ROOT)] == [
        (1, first),
        (2, second),
        (3, third),
    ]
    assert history.present(ROOT) == (FILES[0],)
    assert history.last(FILES[0]) == third


def test_an_operation_keeps_its_changes_and_what_it_undid(history: History, tmp_path: Path) -> None:
    with History(tmp_path / "other.db") as other:
        change = FileChange(ROOT, FILES[0], b"- a\n", b"- b\n")
        operation = other.begin(plan_of(change))
        other.finish(operation, "done")
        undo = other.begin(plan_of(change.inverse), undoes=operation)
        other.finish(undo, "done")
        take(history, [(FILES[1], 1, True)])
        assert absorb(history._connection, other._connection.raw).operations == 2
    newest, older, _ = history.operations()
    assert newest.undoes == older.id
    assert history.plan(older).changes == (FileChange(ROOT, FILES[0], b"- a\n", b"- b\n"),)
    assert history.verify() == ()


def test_two_operations_of_one_moment_stay_two(history: History, tmp_path: Path) -> None:
    with History(tmp_path / "other.db") as other:
        for _ in range(2):
            other.finish(other.begin(plan_of(FileChange(ROOT, FILES[0], b"- a\n", b"- b\n"))), "done")
        other._connection.raw.execute("UPDATE operations SET time = (SELECT min(time) FROM operations)")
        counts = [absorb(history._connection, other._connection.raw).operations for _ in range(2)]
    assert counts == [2, 0]
    assert history.verify() == ()


def test_operations_of_one_moment_on_other_files_stay_two(history: History, tmp_path: Path) -> None:
    with History(tmp_path / "other.db") as other:
        for number, each in enumerate((history, other)):
            each.finish(each.begin(plan_of(FileChange(ROOT, FILES[number], b"- a\n", b"- b\n"))), "done")
            each._connection.raw.execute("UPDATE operations SET time = '2026-01-02T03:04:05.678Z'")
        assert absorb(history._connection, other._connection.raw).operations == 1


def test_a_content_that_cannot_be_read_is_counted(history: History, tmp_path: Path) -> None:
    with History(tmp_path / "other.db") as other:
        take(other, [(FILES[0], 1, False), (FILES[0], 2, False)])
        other._connection.raw.execute("UPDATE stored SET data = x'00' WHERE id = 1")
        assert absorb(history._connection, other._connection.raw) == AbsorbResult(versions=1, unreadable=1)
    assert [content for _, content in history.versions(FILES[0])] == [b"- 2\n"]


def test_what_a_version_costs_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    path, costs = FILES[0], []
    with History(tmp_path / "history.db") as history:
        history.observe(ROOT, [(path, b"- a\n")])
        raw = history._connection.raw
        for count in (30, 1000):
            now = [(time.time() + number, path, b"- %d\n" % number, "") for number in range(count)]
            history.add_past(ROOT, now)
            steps = Counter[str]()
            raw.set_progress_handler(partial(steps.update, ["tens"]), 10)
            history.add_past(ROOT, [(now[-1][0] + 1, path, b"- last of %d\n" % count, "")])
            raw.set_progress_handler(None, 0)
            costs.append(steps["tens"])
    assert costs[1] <= costs[0] + 10
