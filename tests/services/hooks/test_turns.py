import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.adapters.history import History
from memoryd.adapters.history.records import SeenFile
from memoryd.domain.history.versions import CLIENT
from memoryd.errors import ConflictError, MemorydError
from memoryd.services.edits import apply
from memoryd.services.history.undo import find_operation, last_operation, plan_undo
from memoryd.services.hooks.turns import close_idle, close_session, close_turn

START = "".join(f"- fact {number}\n" for number in range(9))


class Desk:
    """A store in which two sessions and a person write, each write recorded as it is by the daemon."""

    def __init__(self, root: Path, history: History) -> None:
        self.root = root
        self.history = history
        self.begun = time.time() - 3000
        root.mkdir(parents=True, exist_ok=True)

    def write(self, text: str, session: str = "", name: str = "MEMORY.md") -> None:
        path = self.root / name
        path.write_text(text)
        self.begun += 1
        actor, agent = (CLIENT, "reviewer") if session else ("", "")
        seen = SeenFile(str(self.root), str(path), text.encode(), None, actor, agent, self.begun, session)
        self.history.keep([seen])

    def text(self, name: str = "MEMORY.md") -> str:
        return (self.root / name).read_text()

    def undo(self, *operations: int) -> None:
        for each in operations:
            operation = find_operation(self.history, each)
            apply(plan_undo(self.history, operation), self.history, undoes=operation)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


@pytest.fixture
def desk(tmp_path: Path, history: History) -> Desk:
    found = Desk(tmp_path / ".claude" / "agent-memory" / "reviewer", history)
    found.write(START)
    return found


def test_a_turn_is_one_operation_that_puts_every_file_back(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s/a")
    desk.write(START + "- one\n- two\n", "s/a")
    desk.write("new\n", "s/a", "new.md")
    (operation,) = close_turn(history, "s/a")
    found = find_operation(history, operation)
    assert (found.actor, found.cause, found.title) == ("client", "write", "reviewer in session s")
    assert {each.operation for each in history.record(str(desk.root)) if each.actor == CLIENT} == {operation}
    assert close_turn(history, "s/a") == ()
    assert history.verify() == ()
    desk.undo(operation)
    assert desk.text() == START
    assert not (desk.root / "new.md").exists()


def test_each_turn_is_an_operation_and_the_session_is_one_too(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s")
    assert len(close_turn(history, "s")) == 1
    desk.write(START + "- one\n- two\n", "s")
    desk.write(START + "- one\n- two\n- of a subagent\n", "s/a")
    close_session(history, "s")
    titles = sorted(each.title for each in history.operations())
    assert titles == ["all turns of reviewer in session s", *["reviewer in session s"] * 3]
    whole = next(each.id for each in history.operations() if each.cause == "session")
    close_session(history, "s")
    assert len(history.operations()) == len(titles)
    desk.undo(whole)
    assert desk.text() == START + "- of a subagent\n"


def test_a_turn_that_was_undone_does_not_hinder_the_undo_of_its_session(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s")
    (first,) = close_turn(history, "s")
    desk.undo(first)
    desk.write("- top\n" + START, "s")
    close_session(history, "s")
    whole = next(each.id for each in history.operations() if each.cause == "session")
    desk.undo(whole)
    assert desk.text() == START


def test_lines_of_others_stay(desk: Desk, history: History) -> None:
    desk.write("- mine\n" + START, "s")
    desk.write("- mine\n" + START + "- of another session\n", "t")
    desk.write("- mine\n- mine, too\n" + START + "- of another session\n", "s")
    (operation,) = close_turn(history, "s")
    desk.undo(operation)
    assert desk.text() == START + "- of another session\n"
    (other,) = close_turn(history, "t")
    desk.undo(other)
    assert desk.text() == START


def test_where_another_changed_the_same_lines_there_are_two_operations(desk: Desk, history: History) -> None:
    desk.write("- mine\n" + START, "s")
    desk.write("- mine, corrected\n" + START)
    desk.write("- mine, corrected\n- more\n" + START, "s")
    first, last = close_turn(history, "s")
    desk.undo(last)
    assert desk.text() == "- mine, corrected\n" + START
    with pytest.raises(ConflictError, match="changed since in the same lines"):
        desk.undo(first)
    assert desk.text() == "- mine, corrected\n" + START


def test_a_turn_without_a_change_is_no_operation(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s")
    desk.write(START, "s")
    assert close_turn(history, "s") == ()
    assert history.sessions.idle(time.time()) == ()
    assert history.operations() == ()


def test_a_session_that_was_killed_is_closed_when_it_was_idle(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s")
    history.observe(str(desk.root), [])  # takes it in
    close_idle(history, desk.begun + 500)
    assert history.operations() == ()
    close_idle(history, desk.begun + 700)
    assert [each.cause for each in history.operations()] == ["write"]


def test_it_is_not_what_undo_takes_by_itself(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s")
    assert close_turn(history, "s")
    for daemon in (False, True):
        with pytest.raises(MemorydError, match="nothing to undo"):
            last_operation(history, None, daemon=daemon)


def test_its_versions_are_judged_as_those_of_an_agent(desk: Desk, history: History) -> None:
    desk.write(START + "- one\n", "s")
    assert close_turn(history, "s")
    assert [each.is_by_known_writer for each in history.record(str(desk.root))] == [False, False]


WRITERS = st.lists(st.tuples(st.sampled_from(["s", "t", ""]), st.integers(0, 30)), min_size=1, max_size=8)


@given(writers=WRITERS)
@settings(max_examples=25)
def test_all_operations_of_a_session_leave_what_others_wrote(
    tmp_path_factory: pytest.TempPathFactory, writers: list[tuple[str, int]]
) -> None:
    base = tmp_path_factory.mktemp("store")
    with History(base / "state" / "history.db") as history:
        desk = Desk(base / ".claude" / "agent-memory" / "reviewer", history)
        desk.write(START)
        for number, (writer, at) in enumerate(writers):
            lines = desk.text().splitlines(keepends=True)
            lines.insert(at % (len(lines) + 1), f"- {writer or 'person'} {number}\n")
            desk.write("".join(lines), writer)
        before = desk.text().splitlines()
        try:
            desk.undo(*reversed(close_turn(history, "s")))
        except ConflictError:
            assert [line for line in before if line not in desk.text().splitlines()] == [
                line for line in before if line.startswith("- s ") and line not in desk.text().splitlines()
            ]
            return
        assert desk.text().splitlines() == [line for line in before if not line.startswith("- s ")]
        assert history.verify() == ()
