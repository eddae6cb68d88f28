import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.adapters.history import History
from memoryd.adapters.history.records import SeenFile
from memoryd.domain.history.versions import CLIENT
from memoryd.domain.hooks.event import HookEvent
from memoryd.services.hooks.clerk import Clerk

STOP, END = (HookEvent(name, session="s") for name in ("Stop", "SessionEnd"))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.db") as history:
        yield history


@pytest.fixture
def bugs() -> list[Exception]:
    return []


@pytest.fixture
def clerk(tmp_path: Path, history: History, bugs: list[Exception]) -> Iterator[Clerk]:
    clerk = Clerk(history.path, tmp_path / "waiting", bugs.append)
    yield clerk
    clerk.stop()
    assert bugs == []


def write(history: History, content: bytes) -> None:
    history.keep([SeenFile("/s", "/s/a.md", content, None, CLIENT, "", time.time(), "s")])


def causes(history: History) -> list[str]:
    return [each.cause for each in reversed(history.operations())]


def test_a_stop_is_answered_by_the_number_of_the_operation(clerk: Clerk, history: History) -> None:
    clerk.close(STOP)  # the first one opens the history
    write(history, b"- a\n")
    told = clerk.close(STOP)
    clerk.stop()
    assert told in {(1,), ()}  # a busy machine may tell too late
    assert causes(history) == ["write"]


def test_while_the_history_is_busy_the_answer_does_not_wait(clerk: Clerk, history: History) -> None:
    write(history, b"- a\n")
    with history.sessions.writing():
        assert clerk.close(STOP) == ()
    clerk.stop()
    assert causes(history) == ["write"]


def test_the_end_of_a_session_is_recorded_before_the_thread_ends(clerk: Clerk, history: History) -> None:
    for content in (b"- a\n", b"- a\n- b\n"):
        write(history, content)
        clerk.close(STOP)
    assert clerk.close(END) == ()
    clerk.stop()
    assert causes(history)[-1] in {"session", "write"}
    assert "write" in causes(history)


def test_a_history_that_cannot_be_written_stops_nothing(tmp_path: Path, bugs: list[Exception]) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"no database" * 100)
    clerk = Clerk(path, tmp_path / "waiting", bugs.append)
    assert clerk.close(STOP) == ()
    path.unlink()
    clerk.close(STOP)
    clerk.stop()
    assert path.exists()
    assert bugs == []
