import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from services.doctor.looking import Look

from memoryd.adapters.history import History


@pytest.fixture
def history(known: Look, home: Path) -> Iterator[sqlite3.Connection]:
    del known
    with closing(sqlite3.connect(home / ".local" / "state" / "memoryd" / "history.db")) as database:
        yield database


def test_a_history_that_others_can_read_is_an_error(known: Look, home: Path) -> None:
    path = home / ".local" / "state" / "memoryd" / "history.db"
    path.chmod(0o644)
    assert known().of("history")[0] == "ok"  # behind a closed door
    path.parent.chmod(0o755)
    seen = known()
    messages = [each["message"] for each in seen.checks if each["name"] == "history"]
    assert (seen.code, messages[0]) == (1, f"others may read {path} (mode 0644)")


def test_damaged_databases_are_found(known: Look, home: Path) -> None:
    for path in (home / ".local/state/memoryd/history.db", home / ".cache/memoryd/index.db"):
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * 4096 * 3)
    seen = known()
    assert (seen.code, seen.of("history")[0], seen.of("index")[0]) == (1, "error", "warning")
    assert "damaged" in seen.of("history")[1]


def test_a_history_of_a_newer_memoryd_is_an_error(known: Look, history: sqlite3.Connection) -> None:
    history.execute("PRAGMA user_version = 99")
    state, message = known().of("history")
    assert (state, message.endswith("was written by a newer memoryd")) == ("error", True)


def test_an_operation_that_was_interrupted_is_named(known: Look, history: sqlite3.Connection) -> None:
    history.execute(
        "INSERT INTO operations (id, time, cause, status) VALUES (7, '2026-01-01', 'x', 'intent')"
    )
    history.commit()
    assert known().of("unfinished") == ("warning", "interrupted: operation 7")


def test_a_clock_that_was_wrong_is_told(known: Look, history: sqlite3.Connection) -> None:
    assert "clock" not in known().names()
    ahead = (datetime.now(UTC) + timedelta(days=400)).isoformat(timespec="milliseconds")
    history.execute("UPDATE versions SET time = ?", [ahead])
    history.commit()
    state, message = known().of("clock")
    assert (state, ahead[:10] in message) == ("warning", True)


def test_the_size_of_the_history_is_compared_with_its_limit(known: Look, home: Path) -> None:
    state, message = known().of("history size")
    assert state == "ok"
    assert "more a day, of at most 1.0 GB" in message
    config = home / ".config" / "memoryd" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('[history]\nmax_size = "1 MB"\n')
    with History(home / ".local" / "state" / "memoryd" / "history.db") as history:
        history.observe("/s", [("/s/MEMORY.md", os.urandom(2_000_000))])
    state, message = known().of("history size")
    assert state == "warning"
    assert message.endswith("more than [history] max_size, 1.0 MB")
