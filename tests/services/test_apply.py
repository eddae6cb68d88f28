"""Plans carried out, taken back, interrupted and fought over: no line is lost."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import (
    REPOSITORY,
    STRACE,
    change_of,
    lines_of,
    long_index,
    plan_of,
    python,
    store_of,
    strace_works,
    tree,
    unmeasured,
    write_tree,
)

from memoryd.adapters import files, writing
from memoryd.adapters.history import BusyError, History
from memoryd.domain.compaction import CannotCompactError, compact
from memoryd.domain.edits import Applicability, FileChange, Fix, Plan, Proof
from memoryd.errors import ConflictError, MemorydError, RefusedError
from memoryd.services.apply import apply, recover, undo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n- b\n", "old.md": "old\n"})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def statuses(history: History) -> list[str]:
    return [operation.status for operation in history._operations("1", [])]


def compaction_of(root: Path) -> Plan:
    fix = compact(files.snapshot(store_of(root)))
    assert fix is not None
    return Plan("compact", (fix,))


# There and back


def test_an_operation_creates_modifies_and_deletes_and_comes_back(root: Path, history: History) -> None:
    before = tree(root)
    plan = plan_of(
        change_of(root, "MEMORY.md", b"- a\n"),
        change_of(root, "new.md", b"- b\n"),
        change_of(root, "old.md", None),
    )
    operation = apply(plan, history)
    after = tree(root)
    assert after == {"MEMORY.md": b"- a\n", "new.md": b"- b\n"}
    undone, back, undoing = undo(history, None)
    assert (undone.id, back.cause) == (operation, "undo")
    assert tree(root) == before
    assert undo(history, undoing)[0].id == undoing
    assert tree(root) == after
    assert undo(history, None)[0].id == operation
    assert tree(root) == before
    with pytest.raises(MemorydError, match="nothing to undo"):
        undo(history, None)


names = st.sampled_from(["MEMORY.md", "a.md", "b.md", "sub/c.md"])
texts = st.text("ab \n\r-#\ufeffä", max_size=20).map(str.encode)
stores = st.dictionaries(names, texts, max_size=4)


@given(before=stores, after=stores)
@settings(max_examples=25)
def test_taking_back_is_the_inverse_of_carrying_out(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    place = tmp_path_factory.mktemp("undo")
    root = write_tree(place / "store", dict(before))
    (root / "sub").mkdir(exist_ok=True)
    changes = (change_of(root, name, after.get(name)) for name in sorted(before.keys() | after.keys()))
    plan = plan_of(*(change for change in changes if change.before != change.after))
    with History(place / "history.db") as history:
        operation = apply(plan, history)
        assert tree(root) == after
        undo(history, operation)
        assert tree(root) == before


@given(
    sections=st.integers(12, 20),
    lines=st.integers(14, 20),
    end=st.sampled_from(["", "\n", "\n\n\n", "no end"]),
    crlf=st.booleans(),
    bom=st.booleans(),
)
@settings(max_examples=15)
def test_a_real_compaction_loses_no_line_and_comes_back_byte_for_byte(  # noqa: PLR0913  # one for each choice
    tmp_path_factory: pytest.TempPathFactory, *, sections: int, lines: int, end: str, crlf: bool, bom: bool
) -> None:
    place = tmp_path_factory.mktemp("compact")
    text = "\ufeff" * bom + long_index(sections, lines) + end
    root = write_tree(
        place / "store", {"MEMORY.md": text.replace("\n", "\r\n") if crlf else text, "x.md": "x"}
    )
    before, lines_before = tree(root), lines_of(root)
    try:
        plan = compaction_of(root)
    except (AssertionError, CannotCompactError):
        return
    with History(place / "history.db") as history:
        apply(plan, history)
        assert lines_before <= lines_of(root) | {b"\xef\xbb\xbf# Memory of a reviewer"}
        undo(history, None)
    assert tree(root) == before


def test_an_unknown_or_failed_operation_cannot_be_taken_back(root: Path, history: History) -> None:
    with pytest.raises(MemorydError, match="there is no operation 7"):
        undo(history, 7)
    failed = history.begin(plan_of(change_of(root, "MEMORY.md", b"")))
    history.finish(failed, "aborted")
    with pytest.raises(MemorydError, match="changed nothing: it ended as “aborted”"):
        undo(history, failed)


def test_what_was_written_since_is_not_taken_back(root: Path, history: History) -> None:
    operation = apply(
        plan_of(change_of(root, "MEMORY.md", b"- a\n"), change_of(root, "n.md", b"- b\n")), history
    )
    write_tree(root, {"MEMORY.md": "- a\n- theirs\n"})
    after = tree(root)
    with pytest.raises(ConflictError, match=f"operation {operation} cannot be taken back"):
        undo(history, operation)
    assert tree(root) == after


# All or nothing


def test_a_plan_for_other_bytes_is_refused_before_anything_is_recorded(root: Path, history: History) -> None:
    plan = plan_of(change_of(root, "MEMORY.md", b"x"), change_of(root, "old.md", b"x"))
    write_tree(root, {"old.md": "theirs\n"})
    before = tree(root)
    with pytest.raises(ConflictError):
        apply(plan, history)
    assert tree(root) == before
    assert statuses(history) == []


def test_a_refused_file_stops_the_whole_plan(root: Path, history: History) -> None:
    plan = plan_of(change_of(root, "MEMORY.md", b"x"), change_of(root, "old.md", b"x"))
    (root / "old.md").chmod(0o444)
    with pytest.raises(RefusedError):
        apply(plan, history)
    assert tree(root)["MEMORY.md"] == b"- a\n- b\n"


def test_a_file_that_cannot_be_written_takes_the_others_back(root: Path, history: History) -> None:
    name = "x" * 250 + ".md"  # possible as a name, but not with anything before it
    before = tree(root)
    plan = plan_of(
        change_of(root, "MEMORY.md", b"x"),
        change_of(root, "a.md", b"x"),
        change_of(root, "old.md", None),
        change_of(root, name, b"x"),
    )
    with pytest.raises(MemorydError, match=r"cannot write .*File name too long"):
        apply(plan, history)
    plan = plan_of(*(change for change in plan.changes if change.path != f"{root}/{name}"))
    (root / name).write_bytes(b"y")
    plan = plan_of(*plan.changes, change_of(root, name, None))
    with pytest.raises(MemorydError, match="File name too long"):
        apply(plan, history)
    assert tree(root) == before | {name: b"y"}
    assert statuses(history) == ["aborted", "aborted"]


def test_a_conflict_in_a_later_file_takes_the_first_ones_back(root: Path, history: History) -> None:
    before = tree(root)
    added = [change_of(root, f"new{number:02}.md", b"x\n") for number in range(40)]
    plan = plan_of(change_of(root, "MEMORY.md", b"- a\n"), *added)

    def agent() -> None:
        while not (root / "new00.md").exists():
            pass
        write_tree(root, {"MEMORY.md": "- theirs\n"})

    thread = threading.Thread(target=agent)
    thread.start()
    with pytest.raises(ConflictError):
        apply(plan, history)
    thread.join()
    assert tree(root) == before | {"MEMORY.md": b"- theirs\n"}
    assert statuses(history) == ["conflict"]


def test_what_was_added_is_read_again_before_anything_shrinks(root: Path, history: History) -> None:
    added = [change_of(root, f"new{number:02}.md", b"- b\n") for number in range(40)]
    plan = plan_of(change_of(root, "MEMORY.md", b"- a\n"), *added)

    def agent() -> None:
        while not (root / "new01.md").exists():
            pass
        (root / "new00.md").unlink()

    thread = threading.Thread(target=agent)
    thread.start()
    with pytest.raises(ConflictError, match=r"new00\.md"):
        apply(plan, history)
    thread.join()
    assert tree(root)["MEMORY.md"] == b"- a\n- b\n"


def test_without_a_history_nothing_is_edited(root: Path, tmp_path: Path) -> None:
    before = tree(root)
    with History(tmp_path / "other.db") as history:
        history._connection.execute("DROP TABLE contents")
        with pytest.raises(MemorydError):
            apply(plan_of(change_of(root, "MEMORY.md", b"x")), history)
    assert tree(root) == before


def test_two_processes_do_not_write_at_once(root: Path, tmp_path: Path, history: History) -> None:
    before = tree(root)
    with History(tmp_path / "state" / "history.db") as other, other.turn():
        assert recover([str(root)], history) == 0
        with pytest.raises(BusyError):
            apply(plan_of(change_of(root, "MEMORY.md", b"x")), history)
    assert tree(root) == before


# Proofs


def test_a_compaction_without_a_proof_is_refused(root: Path, history: History) -> None:
    change = change_of(root, "MEMORY.md", b"- a\n")
    for proof in (None, Proof("0" * 64, 2)):
        plan = Plan("compact", (Fix("lose a line", Applicability.SAFE, (change,), proof),))
        with pytest.raises(RefusedError, match="without a proof"):
            apply(plan, history)
    assert tree(root)["MEMORY.md"] == b"- a\n- b\n"


def test_a_proof_holds_for_its_own_changes_only(root: Path, history: History) -> None:
    write_tree(root, {"MEMORY.md": long_index()})
    (fix,) = compaction_of(root).fixes
    cheat = Fix(fix.title, fix.applicability, fix.changes[:-1], fix.proof)
    before = tree(root)
    with pytest.raises(RefusedError, match="without a proof"):
        apply(Plan("compact", (cheat,)), history)
    assert tree(root) == before


# Interrupted


def begin(root: Path, history: History) -> tuple[Plan, int]:
    """A compaction that wrote its topic and its index file, and was killed before it could say so."""
    plan = plan_of(change_of(root, "MEMORY.md", b"- a\n- [b](b.md)\n"), change_of(root, "b.md", b"- b\n"))
    operation = history.begin(plan)
    for change in reversed(plan.changes):
        displaced = writing.write(change, operation)
        if displaced:
            displaced.settle()
    return plan, operation


def test_what_was_finished_but_for_the_record_is_done(root: Path, history: History) -> None:
    begin(root, history)
    after = tree(root)
    assert recover([str(root)], history) == 1
    assert tree(root) == after
    assert statuses(history) == ["done"]
    assert recover([str(root)], history) == 0


def test_what_was_half_done_is_taken_back(root: Path, history: History) -> None:
    before = tree(root)
    plan = plan_of(change_of(root, "MEMORY.md", b"- a\n"), change_of(root, "b.md", b"- b\n"))
    operation = history.begin(plan)
    assert writing.write(change_of(root, "b.md", b"- b\n"), operation) is None
    recover([str(root)], history)
    assert tree(root) == before
    assert statuses(history) == ["aborted"]


def test_a_new_topic_stays_if_an_agent_has_written_to_the_index_file_since(
    root: Path, history: History
) -> None:
    begin(root, history)
    with (root / "MEMORY.md").open("a") as file:
        file.write("- theirs\n")
    after = tree(root)
    recover([str(root)], history)
    assert tree(root) == after  # the line that moved to the topic is nowhere else
    assert statuses(history) == ["conflict"]


def test_the_next_operation_mends_what_a_killed_one_left(root: Path, history: History) -> None:
    plan = plan_of(change_of(root, "b.md", b"- b\n"), change_of(root, "c.md", b"- c\n"))
    writing.write(plan.changes[0], history.begin(plan))
    apply(plan_of(change_of(root, "old.md", b"new\n")), history)
    assert tree(root) == {"MEMORY.md": b"- a\n- b\n", "old.md": b"new\n"}
    assert statuses(history) == ["done", "aborted"]


@pytest.mark.parametrize("rest", [b"", b"- a", b"- a\n- b\n", b"- c\n"])
def test_a_new_file_that_was_never_finished_is_removed(root: Path, history: History, rest: bytes) -> None:
    history.begin(plan_of(change_of(root, "MEMORY.md", b"- c\n")))
    before = tree(root)
    (root / ".memoryd.1.1.MEMORY.md").write_bytes(rest)
    assert recover([str(root)], history) == 2
    assert tree(root) == before
    assert [content for _, content in history.versions(f"{root}/MEMORY.md")] == [b"- a\n- b\n"]


def test_lines_in_a_displaced_file_are_brought_back(root: Path, history: History) -> None:
    begin(root, history)
    (root / ".memoryd.1.1.MEMORY.md").write_bytes(b"- a\n- b\n- theirs\r\n\n- torn")
    recover([str(root)], history)
    assert tree(root) == {
        "MEMORY.md": b"- a\n- [b](b.md)\n- theirs\r\n- torn\n",
        "b.md": b"- b\n",
        "old.md": b"old\n",
    }
    versions = [content for _, content in history.versions(f"{root}/MEMORY.md")]
    assert b"- a\n- b\n- theirs\r\n\n- torn" in versions
    assert statuses(history) == ["done", "done"]


def test_a_left_over_of_a_lost_history_is_recorded_and_removed(root: Path, history: History) -> None:
    before = tree(root)
    (root / ".memoryd.9.1.MEMORY.md").write_bytes(b"- precious\n")
    (root / ".memoryd.9.1.gone.md").write_bytes(b"- precious too\n")
    assert recover([str(root)], history) == 2
    assert tree(root) == before
    assert b"- precious\n" in [content for _, content in history.versions(f"{root}/MEMORY.md")]
    assert b"- precious too\n" in [content for _, content in history.versions(f"{root}/gone.md")]


def test_late_lines_for_a_file_that_must_not_be_written_are_in_the_history(
    root: Path, history: History
) -> None:
    history.finish(history.begin(plan_of(change_of(root, "MEMORY.md", b"- c\n"))), "done")
    (root / ".memoryd.1.1.MEMORY.md").write_bytes(b"- theirs\n")
    (root / "MEMORY.md").chmod(0o444)
    recover([str(root)], history)
    assert tree(root)["MEMORY.md"] == b"- a\n- b\n"
    assert b"- theirs\n" in [content for _, content in history.versions(f"{root}/MEMORY.md")]


def test_an_unreadable_left_over_stays(root: Path, history: History) -> None:
    os.mkfifo(root / ".memoryd.9.1.MEMORY.md")
    assert recover([str(root)], history) == 0
    assert (root / ".memoryd.9.1.MEMORY.md").exists()


def test_a_left_over_that_is_written_to_stays_until_its_writer_is_done(root: Path, history: History) -> None:
    if writing.has_writer(str(root / "MEMORY.md")) is None:
        pytest.skip("no read leases here: writers cannot be asked about")
    begin(root, history)
    left = root / ".memoryd.1.1.MEMORY.md"
    with left.open("wb", buffering=0) as agent:
        agent.write(b"- a\n")
        assert recover([str(root)], history) == 1
        assert left.exists()
        agent.write(b"- theirs\n")
    assert recover([str(root)], history) == 1
    assert b"- theirs\n" in (root / "MEMORY.md").read_bytes()
    assert not left.exists()


_CHILD = """
import sys
from pathlib import Path
from memoryd.adapters.history import History
from memoryd.domain.edits import Applicability, FileChange, Fix, Plan
from memoryd.services.apply import apply
root, state = sys.argv[1:]
changes = (
    FileChange(root, root + "/MEMORY.md", b"- a\\n- b\\n", b"- a\\n- [b](b.md)\\n"),
    FileChange(root, root + "/b.md", None, b"- b\\n"),
    FileChange(root, root + "/old.md", b"old\\n", None),
)
with History(Path(state, "history.db")) as history:
    apply(Plan("test", (Fix("a title", Applicability.SAFE, changes),)), history)
"""
_AFTER = {"MEMORY.md": b"- a\n- [b](b.md)\n", "b.md": b"- b\n"}
_CALLS = ["renameat2", "fsync"]
_MORE_CALLS = ["unlink", "fchmod", "utimensat", "fdatasync", "pwrite64", "fcntl"]


@pytest.mark.skipif(not strace_works(), reason="no strace that may trace here")
@pytest.mark.parametrize(
    "call",
    [*_CALLS, *(pytest.param(name, marks=pytest.mark.slow) for name in _MORE_CALLS)],
)
def test_killed_at_any_call_it_is_done_or_taken_back(call: str, tmp_path: Path) -> None:
    before = {"MEMORY.md": b"- a\n- b\n", "old.md": b"old\n"}
    seen = set()
    for number in range(1, 1000):
        place = tmp_path / str(number)
        root = write_tree(place / "store", dict(before))
        command = [str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}"]
        command += ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
        child = subprocess.run(
            [*command, *python("-c", _CHILD, str(root), str(place))],
            check=False,
            cwd=REPOSITORY,
            env=unmeasured(),
        )
        with History(place / "history.db") as history:
            recover([str(root)], history)
            assert set(statuses(history)) <= {"done", "aborted"}
        assert tree(root) in (before, _AFTER)
        seen.add(len(tree(root)["MEMORY.md"]))
        if child.returncode == 0:
            break
        assert child.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}
    else:
        pytest.fail("it never came to an end")
    assert len(seen) == 2, "killed neither before nor after"


@pytest.mark.skipif(not strace_works(), reason="no strace that may trace here")
@pytest.mark.parametrize("error", ["EIO", pytest.param("ENOSPC", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "call",
    [*_CALLS, *(pytest.param(name, marks=pytest.mark.slow) for name in _MORE_CALLS[1:3])],
)
def test_failing_at_any_call_it_is_done_or_taken_back(call: str, error: str, tmp_path: Path) -> None:
    before = {"MEMORY.md": b"- a\n- b\n", "old.md": b"old\n"}
    for number in range(1, 1000):
        place = tmp_path / str(number)
        root = write_tree(place / "store", dict(before))
        command = [str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}"]
        command += ["-e", f"inject={call}:error={error}:when={number}"]
        child = subprocess.run(
            [*command, *python("-c", _CHILD, str(root), str(place))],
            check=False,
            cwd=REPOSITORY,
            capture_output=True,
            env=unmeasured(),
        )
        with History(place / "history.db") as history:
            recover([str(root)], history)
            assert set(statuses(history)) <= {"done", "aborted"}
        assert tree(root) in (before, _AFTER)
        if child.returncode == 0 and tree(root) == _AFTER:
            break
    else:
        pytest.fail("it never came to an end")


# Fought over

_AGENT = """
import os, sys, time
kind, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
number = 0
while number < count:
    time.sleep(0.0005 if number % 8 else 0.02)  # in bursts: both sides shall win now and then
    if kind == "append":
        with open(path, "ab", buffering=0) as file:
            for _ in range(8):
                file.write(b"- agent %d\\n" % number)
                number += 1
                time.sleep(0.0005)
        continue
    with open(path, "rb") as file:
        content = file.read()
    content += b"- agent %d\\n" % number
    number += 1
    if kind == "rename":
        with open(path + ".tmp", "wb") as file:
            file.write(content)
        os.replace(path + ".tmp", path)
    else:
        with open(path, "wb", buffering=0) as file:
            half = len(content) // 2
            file.write(content[:half])
            file.write(content[half:])
"""
_LINES = 400


def fight(kind: str, root: Path, tidy_up: Iterator[None]) -> set[bytes]:
    """Let an agent write its lines while memoryd moves all it finds to another file; what was to be kept."""
    command = python("-c", _AGENT, kind, str(root / "MEMORY.md"), str(_LINES))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        agent.stdout.readline()
        while agent.poll() is None:
            next(tidy_up)
        assert agent.returncode == 0
    next(tidy_up)
    return {b"- agent %d" % number for number in range(_LINES)}


def tidying(root: Path, history: History) -> Iterator[None]:
    """Move all lines of agents from the index file to a topic file, over and over."""
    while True:
        index = files.read(str(root / "MEMORY.md"))
        ours = b"".join(line for line in index.splitlines(keepends=True) if not line.startswith(b"- agent"))
        moved = b"".join(line for line in index.splitlines(keepends=True) if line.startswith(b"- agent"))
        if moved:
            archive = change_of(root, "archive.md", None)
            after = (archive.before or b"") + moved
            plan = plan_of(
                FileChange(str(root), str(root / "MEMORY.md"), index, ours),
                FileChange(str(root), archive.path, archive.before, after),
            )
            with suppress(ConflictError):
                apply(plan, history)
        yield


@pytest.mark.parametrize("kind", ["rename", "rewrite", "append"])
def test_an_agent_that_writes_all_the_time_loses_no_line(kind: str, root: Path, history: History) -> None:
    if kind == "append" and writing.has_writer(str(root / "MEMORY.md")) is None:
        pytest.skip("no read leases here: each file would be kept for the whole grace time")
    written = fight(kind, root, tidying(root, history))
    visible = lines_of(root)
    recorded = {
        line
        for name in ("MEMORY.md", "archive.md")
        for _, content in history.versions(str(root / name))
        for line in (content or b"").split(b"\n")
    }
    assert written <= visible | recorded
    assert "done" in statuses(history)
    assert not list(writing.leftovers(str(root)))
    assert history.unfinished() == ()


def test_a_naive_writer_would_lose_lines_here(root: Path) -> None:
    def naive() -> Iterator[None]:
        while True:
            content = (root / "MEMORY.md").read_bytes()
            (root / "new").write_bytes(content)
            if (root / "MEMORY.md").read_bytes() == content:
                os.replace(root / "new", root / "MEMORY.md")
            yield

    assert not fight("append", root, naive()) <= lines_of(root)
