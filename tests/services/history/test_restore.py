"""What was deleted, overwritten or lost comes back; the history tells who did it."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import change_of, plan_of, store_of, tree, write_tree

from memoryd.adapters.history import History
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.history import look_up
from memoryd.services.history.events import newest_events
from memoryd.services.history.restore import (
    RestorePlan,
    plan_restore,
    plan_restore_store,
)
from memoryd.services.search.update_index import observe

NOW = datetime.now(UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n- b\n", "t/old.md": b"old\xff\r\n"}
    )


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def look(root: Path, history: History) -> float:
    """Record what a store holds; returns the time of its last version."""
    observe([store_of(root)], history)
    return history.record(str(root))[-1].time


def carry_out(restoration: RestorePlan, history: History) -> None:
    apply(restoration.plan, history)


def place(root: Path, name: str, history: History) -> look_up.HistoryPath:
    (found,) = look_up.places_of(str(root / name), history)
    return found


def test_a_deleted_file_comes_back_byte_for_byte(root: Path, history: History) -> None:
    (root / "t" / "old.md").chmod(0o640)
    before = tree(root)
    look(root, history)
    shutil.rmtree(root / "t")
    look(root, history)
    carry_out(
        plan_restore(history, look_up.earlier_version(history, place(root, "t/old.md", history), None)),
        history,
    )
    assert tree(root) == before
    assert stat.S_IMODE((root / "t" / "old.md").stat().st_mode) == 0o640


def test_a_file_goes_back_to_what_it_was_before_its_last_change(root: Path, history: History) -> None:
    look(root, history)
    (root / "MEMORY.md").write_text("<<<<<<< ours\nclobbered\n=======\n>>>>>>> theirs\n")
    look(root, history)
    wanted = look_up.earlier_version(
        history, place(root, "MEMORY.md", history), (root / "MEMORY.md").read_bytes()
    )
    carry_out(plan_restore(history, wanted), history)
    assert (root / "MEMORY.md").read_bytes() == b"- a\n- b\n"
    assert not history.was_undone(str(root / "MEMORY.md"), b"- a\n- b\n", "compact")


def test_versions_are_found_by_number_and_by_moment(root: Path, history: History) -> None:
    first = look(root, history)
    index = place(root, "MEMORY.md", history)
    version = look_up.find_version(history, index, "now", NOW.replace(year=NOW.year + 1))
    assert look_up.find_version(history, index, str(version.id), NOW) == version
    assert (
        look_up.find_version(history, index, datetime.fromtimestamp(first, UTC).isoformat(), NOW) == version
    )
    for wrong in ("999", "yesterday", "nonsense"):
        with pytest.raises(MemorydError):
            look_up.find_version(history, index, wrong, NOW)


def test_a_store_goes_back_to_a_moment(root: Path, history: History) -> None:
    before = tree(root)
    moment = look(root, history)
    shutil.rmtree(root / "t")
    write_tree(root, {"MEMORY.md": "- all in one\n", "summary.md": "s\n"})
    after = tree(root)
    look(root, history)
    gentle = plan_restore_store(history, str(root), moment)
    assert gentle.newer == 1
    carry_out(gentle, history)
    assert tree(root) == before | {"summary.md": b"s\n"}
    assert plan_restore_store(history, str(root), moment).plan.fixes == ()
    carry_out(plan_restore_store(history, str(root), moment, delete=True), history)
    assert tree(root) == before
    later = history.record(str(root))[-3].time
    assert {name for name in after if name not in before} == {"summary.md"}
    assert later >= moment


def test_part_of_a_store_goes_back_to_a_moment(root: Path, history: History) -> None:
    moment = look(root, history)
    write_tree(root, {"MEMORY.md": "- c\n", "t/old.md": "new\n"})
    look(root, history)
    carry_out(plan_restore_store(history, str(root), moment, path=str(root / "t")), history)
    assert tree(root) == {"MEMORY.md": b"- c\n", "t/old.md": b"old\xff\r\n"}


@pytest.mark.parametrize("seen", [True, False])
def test_a_deleted_store_comes_back_whole(root: Path, history: History, *, seen: bool) -> None:
    before = tree(root)
    look(root, history)
    shutil.rmtree(root.parent)
    if seen:
        history.observe(str(root), [(path, None) for path in history.present(str(root))])
    carry_out(plan_restore_store(history, str(root), None), history)
    assert tree(root) == before


def test_a_deleted_directory_of_a_store_comes_back(root: Path, history: History) -> None:
    write_tree(root, {"t/deep/other.md": "o\n"})
    before = tree(root)
    look(root, history)
    shutil.rmtree(root / "t")
    look(root, history)
    carry_out(plan_restore_store(history, str(root), None, path=str(root / "t")), history)
    assert tree(root) == before
    with pytest.raises(MemorydError, match="exists"):
        plan_restore_store(history, str(root), None, path=str(root / "t"))


def test_a_store_that_is_there_needs_a_moment(root: Path, history: History) -> None:
    look(root, history)
    with pytest.raises(MemorydError, match="which of its states"):
        plan_restore_store(history, str(root), None)
    with pytest.raises(MemorydError, match="was recorded by then"):
        plan_restore_store(history, str(root), 0.0)


def test_a_version_in_which_a_file_was_gone_cannot_be_restored(root: Path, history: History) -> None:
    look(root, history)
    (root / "MEMORY.md").unlink()
    look(root, history)
    with pytest.raises(MemorydError, match="was deleted"):
        plan_restore(history, history.record(str(root))[-1])


def test_nothing_is_restored_through_a_link_out_of_the_store(
    root: Path, history: History, tmp_path: Path
) -> None:
    look(root, history)
    shutil.rmtree(root / "t")
    (tmp_path / "outside").mkdir()
    (root / "t").symlink_to(tmp_path / "outside")
    index = place(root, "t/old.md", history)
    with pytest.raises(MemorydError, match="outside its store"):
        carry_out(plan_restore(history, look_up.earlier_version(history, index, None)), history)
    assert os.listdir(tmp_path / "outside") == []


names = st.sampled_from(["MEMORY.md", "a.md", "s/b.md"])
trees = st.dictionaries(names, st.text("ab \n\r", max_size=8).map(str.encode), max_size=3)


@given(states=st.lists(trees, min_size=2, max_size=5), data=st.data())
@settings(max_examples=25)
def test_any_state_that_was_seen_can_be_had_again(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, bytes]], data: st.DataObject
) -> None:
    top = tmp_path_factory.mktemp("states")
    root = top / "store"
    moments = []
    with History(top / "history.db") as history:
        for state in states:
            shutil.rmtree(root, ignore_errors=True)
            write_tree(root, dict(state))
            observe([store_of(root)], history)
            moments.append(max((version.time for version in history.record(str(root))), default=0.0))
        wanted = data.draw(st.integers(0, len(states) - 1))
        present = {name: (root / name).read_bytes() for name in tree(root)}
        assert present == states[-1]
        last = max(number for number, moment in enumerate(moments) if moment == moments[wanted])
        if states[last] or present:
            try:
                restoration = plan_restore_store(history, str(root), moments[wanted], delete=True)
            except MemorydError:
                assert not states[last]
                return
            if restoration.plan.fixes:
                carry_out(restoration, history)
            assert tree(root) == states[last]


# Who, when, what


def test_events_name_operations_and_what_was_changed_outside(root: Path, history: History) -> None:
    look(root, history)
    apply(plan_of(change_of(root, "MEMORY.md", b"- a\n")), history)
    (root / "MEMORY.md").write_bytes(b"- a\n- theirs\n")
    look(root, history)
    shown = [
        (event.operation.cause if event.operation else None, [step.action for step in event.steps])
        for event in newest_events(history, look_up.places_of(str(root), history), 0).shown
    ]
    assert shown == [(None, ["modify"]), ("test", ["modify"]), (None, ["create", "create"])]
    of_topic = newest_events(history, look_up.places_of(str(root / "t" / "old.md"), history), 0).shown
    assert [len(event.steps) for event in of_topic] == [1]


def test_an_operation_over_several_stores_is_one_event(tmp_path: Path, history: History) -> None:
    roots = [write_tree(tmp_path / "agent-memory" / name, {"MEMORY.md": "- a\n"}) for name in "xy"]
    apply(plan_of(*(change_of(root, "MEMORY.md", b"- b\n") for root in roots)), history)
    events = newest_events(history, look_up.places_of(str(tmp_path), history), 0).shown
    assert [len(event.steps) for event in events] == [2, 1, 1]


def test_a_path_is_a_store_something_in_one_or_all_below(
    tmp_path: Path, root: Path, history: History
) -> None:
    look(root, history)
    assert look_up.places_of(str(root), history) == (look_up.HistoryPath(str(root), str(root)),)
    assert look_up.places_of(str(tmp_path), history) == (look_up.HistoryPath(str(root), str(root)),)
    assert look_up.places_of(f"{root}/t/old.md", history)[0].path == f"{root}/t/old.md"
    (tmp_path / "way").symlink_to(root)
    assert look_up.places_of(str(tmp_path / "way"), history) == (look_up.HistoryPath(str(root), str(root)),)
    assert look_up.is_recorded(f"{root}/t/old.md", history)
    assert not look_up.is_recorded(f"{root}/t/old.md@1", history)
    with pytest.raises(MemorydError, match="nothing is recorded"):
        look_up.places_of(str(tmp_path / "elsewhere"), history)
