import time
from pathlib import Path

import pytest

from memoryd.adapters.history import BusyError, History

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memoryd" / "history.db"


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


def test_two_connections_take_turns(path: Path, history: History) -> None:
    with History(path) as other:
        for number in range(20):
            (history, other)[number % 2].observe(ROOT, [(FILE, b"%d" % number)])
        assert contents(history) == contents(other) == [b"%d" % number for number in range(20)]


def test_only_one_has_its_turn_at_a_time(path: Path, history: History) -> None:
    with History(path) as other:
        with history.turn():
            start = time.monotonic()
            with pytest.raises(BusyError, match="another memoryd"), other.turn(patience=0.1):
                raise AssertionError
            assert time.monotonic() - start >= 0.1
        with other.turn(patience=0):
            pass
