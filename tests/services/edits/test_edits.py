"""Plans carried out, taken back, interrupted and fought over: no line is lost."""

import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import (
    change_of,
    long_index,
    plan_of,
    store_of,
    tree,
    write_tree,
)

from memoryd.adapters import edits
from memoryd.adapters.history import BusyError, History
from memoryd.adapters.stores import contents
from memoryd.domain.compaction.shorten import compact
from memoryd.domain.edits.plan import Applicability, Fix, Plan, Proof
from memoryd.errors import ConflictError, MemorydError, RefusedError
from memoryd.services.edits import apply, recover


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n- b\n", "old.md": "old\n"})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def statuses(history: History) -> list[str]:
    return [operation.status for operation in history.operations()]


def compaction_of(root: Path) -> Plan:
    fix = compact(contents.snapshot(store_of(root)))
    assert fix is not None
    return Plan("compact", (fix,))


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
    before = tree(root)
    plan = plan_of(
        change_of(root, "MEMORY.md", b"x"),
        change_of(root, "a.md", b"x"),
        change_of(root, "old.md", None),
        change_of(root, "z.md", b"x\n" * 2**20),
    )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
    try:
        with pytest.raises(MemorydError, match=r"cannot write .*File too large"):
            apply(plan, history)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tree(root) == before
    assert statuses(history) == ["aborted"]


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
        history._connection.raw.execute("DROP TABLE stored")
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
        with pytest.raises(RefusedError, match="has no proof"):
            apply(plan, history)
    assert tree(root)["MEMORY.md"] == b"- a\n- b\n"


def test_a_proof_holds_for_its_own_changes_only(root: Path, history: History) -> None:
    write_tree(root, {"MEMORY.md": long_index()})
    (fix,) = compaction_of(root).fixes
    cheat = Fix(fix.title, fix.applicability, fix.changes[:-1], fix.proof)
    before = tree(root)
    with pytest.raises(RefusedError, match="has no proof"):
        apply(Plan("compact", (cheat,)), history)
    assert tree(root) == before


# Interrupted


def begin(root: Path, history: History) -> tuple[Plan, int]:
    """A compaction that wrote its topic and its index file, and was killed before it could say so."""
    plan = plan_of(change_of(root, "MEMORY.md", b"- a\n- [b](b.md)\n"), change_of(root, "b.md", b"- b\n"))
    operation = history.begin(plan)
    for change in reversed(plan.changes):
        displaced = edits.write(change, operation)
        if displaced:
            displaced.settle(print)
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
    assert edits.write(change_of(root, "b.md", b"- b\n"), operation) is None
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
    edits.write(plan.changes[0], history.begin(plan))
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
    if edits.has_writer(str(root / "MEMORY.md")) is None:
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
