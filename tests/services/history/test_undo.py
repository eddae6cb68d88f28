"""Operations taken back: exactly, merged with what was written since, or not at all."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support import change_of, lines_of, long_index, plan_of, store_of, tree, undo, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.stores import contents
from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.shorten import compact
from memoryd.domain.edits.plan import Plan
from memoryd.errors import ConflictError, MemorydError
from memoryd.services.edits import apply


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n- b\n", "old.md": "old\n"})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def compaction_of(root: Path) -> Plan:
    fix = compact(contents.snapshot(store_of(root)))
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
    assume(plan.changes)
    with History(place / "history.db") as history:
        operation = apply(plan, history)
        assert tree(root) == after
        _, back, undoing = undo(history, operation)
        assert tree(root) == before
        inverse = {change.path: (change.after, change.before) for change in plan.changes}
        assert {change.path: (change.before, change.after) for change in back.changes} == inverse
        undo(history, undoing)
        assert tree(root) == after


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
    with pytest.raises(MemorydError, match="it changed nothing"):
        undo(history, failed)


# Written since


def test_what_was_written_since_stays(root: Path, history: History) -> None:
    operation = apply(
        plan_of(change_of(root, "MEMORY.md", b"- a\n"), change_of(root, "old.md", None)), history
    )
    write_tree(root, {"MEMORY.md": "- a\n- theirs\n", "new.md": "theirs\n"})
    undo(history, operation)
    assert tree(root) == {"MEMORY.md": b"- a\n- b\n- theirs\n", "old.md": b"old\n", "new.md": b"theirs\n"}


def test_a_compaction_comes_back_with_the_line_that_an_agent_appended(root: Path, history: History) -> None:
    write_tree(root, {"MEMORY.md": long_index()})
    before = tree(root)
    apply(compaction_of(root), history)
    with (root / "MEMORY.md").open("a") as file:
        file.write("- the agent's last word\n")
    undo(history, None)
    assert tree(root) == before | {"MEMORY.md": before["MEMORY.md"] + b"- the agent's last word\n"}


@given(
    appended=st.lists(
        st.sampled_from(["- x", "", "## y", "- fact 0.1 about the plumbing"]), min_size=1, max_size=4
    ),
    at=st.floats(0, 1),
)
@settings(max_examples=20)
def test_whatever_was_added_to_a_compacted_index_file_is_there_or_nothing_changes(
    tmp_path_factory: pytest.TempPathFactory, appended: list[str], at: float
) -> None:
    place = tmp_path_factory.mktemp("merge")
    root = write_tree(place / "store", {"MEMORY.md": long_index()})
    before = lines_of(root)
    with History(place / "history.db") as history:
        apply(compaction_of(root), history)
        lines = (root / "MEMORY.md").read_text().split("\n")
        cut = round(at * len(lines))
        (root / "MEMORY.md").write_text("\n".join([*lines[:cut], *appended, *lines[cut:]]))
        now = tree(root)
        try:
            undo(history, None)
        except ConflictError:
            assert tree(root) == now
        else:
            assert before | {line.lstrip("# ").encode() for line in appended} <= lines_of(root)


def test_what_is_taken_back_already_is_not_taken_back_again(root: Path, history: History) -> None:
    operation = apply(plan_of(change_of(root, "MEMORY.md", b"- done\n- b\n")), history)
    undo(history, operation)
    (root / "MEMORY.md").write_bytes(b"- a\n- b\n- theirs\n")
    with pytest.raises(MemorydError, match="nothing to undo"):
        undo(history, operation)


def test_each_contradiction_is_set_aside_under_its_own_name(tmp_path: Path, history: History) -> None:
    roots = [write_tree(tmp_path / name, {"MEMORY.md": f"- {name}\n"}) for name in "xy"]
    apply(plan_of(*(change_of(root, "MEMORY.md", b"- done\n") for root in roots)), history)
    for root in roots:
        (root / "MEMORY.md").write_bytes(b"- theirs\n")
    with pytest.raises(ConflictError, match=r"x/MEMORY\.md, .*y/MEMORY\.md were changed"):
        undo(history, None)
    aside = [path.read_text() for path in sorted((history.path.parent / "conflicts").iterdir())]
    assert ["- x\n" in aside[0], "- y\n" in aside[1]] == [True, True]


def test_a_contradiction_changes_nothing_and_sets_both_versions_aside(root: Path, history: History) -> None:
    operation = apply(
        plan_of(change_of(root, "MEMORY.md", b"- a\n- B\n"), change_of(root, "old.md", b"")), history
    )
    write_tree(root, {"MEMORY.md": "- a\n- theirs\n"})
    before = tree(root)
    with pytest.raises(ConflictError, match=f"operation {operation} cannot be undone") as raised:
        undo(history, operation)
    assert tree(root) == before
    (aside,) = (history.path.parent / "conflicts").iterdir()
    assert str(aside) in str(raised.value.hint)
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert aside.read_text() == (
        f"- a\n<<<<<<< before operation {operation}\n- b\n=======\n- theirs\n>>>>>>> now\n"
    )
    with pytest.raises(ConflictError):
        undo(history, operation)


def test_a_topic_that_was_written_to_is_not_removed_again(root: Path, history: History) -> None:
    operation = apply(
        plan_of(change_of(root, "MEMORY.md", b"- a\n"), change_of(root, "n.md", b"- b\n")), history
    )
    (root / "n.md").write_bytes(b"- b\n- theirs\n")
    before = tree(root)
    with pytest.raises(ConflictError, match=r"n\.md was created by it, and changed since"):
        undo(history, operation)
    assert tree(root) == before


def test_what_is_as_it_was_already_needs_nothing(root: Path, history: History) -> None:
    operation = apply(
        plan_of(change_of(root, "MEMORY.md", b"- a\n"), change_of(root, "n.md", b"- b\n")), history
    )
    (root / "n.md").unlink()
    _, plan, _ = undo(history, operation)
    assert [change.path for change in plan.changes] == [str(root / "MEMORY.md")]
    with pytest.raises(MemorydError, match="all files are as they were before"):
        undo(history, operation)


def test_a_deleted_file_comes_back_with_its_permissions_and_its_directory(
    root: Path, history: History
) -> None:
    write_tree(root, {"deep/er/x.md": "x\n"})
    (root / "deep" / "er" / "x.md").chmod(0o640)
    apply(plan_of(change_of(root, "deep/er/x.md", None)), history)
    (root / "deep" / "er").rmdir()
    (root / "deep").rmdir()
    undo(history, None)
    assert (root / "deep" / "er" / "x.md").read_bytes() == b"x\n"
    assert stat.S_IMODE((root / "deep" / "er" / "x.md").stat().st_mode) == 0o640


def test_a_file_in_any_state_can_be_taken_back(root: Path, history: History) -> None:
    operation = apply(plan_of(change_of(root, "old.md", b"caf\xe9\n")), history)
    undo(history, operation)
    assert (root / "old.md").read_bytes() == b"old\n"
