"""Expiry, checks and backups by the daemon."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from memoryd.adapters.history import History
from memoryd.adapters.history.copies.backup import backup_of
from memoryd.errors import MemorydError
from memoryd.services.daemon import upkeep as module
from memoryd.services.daemon.journal import Journal
from memoryd.services.daemon.upkeep import Upkeep

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"
ROOM = 10**9
DAY = 86400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


def events(history: History) -> list[str]:
    """Do what is due at once, and return the events that are logged."""
    structlog.reset_defaults()
    with capture_logs() as logs:
        Upkeep(history, Journal(), lambda: None).work(ROOM)
    return [entry["event"] for entry in logs]


@pytest.fixture(autouse=True)
def due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST", 0.0)


def test_a_backup_is_made_once_a_week(path: Path) -> None:
    backup = backup_of(path)
    with History(path) as history:
        history.observe(ROOT, [(FILE, b"- a\n")])
        assert events(history) == ["backed_up", "expired"]
        history.observe(ROOT, [(FILE, b"- b\n")])
        for age, expected in ((6, ["expired"]), (8, ["backed_up", "expired"])):
            os.utime(backup, (0, time.time() - age * DAY))
            assert events(history) == expected
    with History(backup) as again:
        assert [content for _, content in again.versions(FILE)] == [b"- a\n", b"- b\n"]


def test_a_damaged_history_does_not_replace_the_backup(path: Path) -> None:
    with History(path) as history:
        history.observe(ROOT, [(FILE, b"- a\n")])
        events(history)
        os.utime(backup_of(path), (0, 0))
        kept = backup_of(path).read_bytes()
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE stored SET data = x'00'")
            database.commit()
        assert events(history)[:1] == ["backup_failed"]
        assert backup_of(path).read_bytes() == kept
    assert sorted(each.name for each in path.parent.iterdir()) == ["history.db", "history.db.backup"]


def test_what_happened_to_its_file_is_told_once(path: Path) -> None:
    with History(path) as history:
        history.observe(ROOT, [(FILE, b"- a\n")])
        path.unlink()
        history.observe(ROOT, [(FILE, b"- b\n")])
        assert events(history) == ["history_restored", "backed_up", "expired"]
        assert "history_restored" not in events(history)


def test_nothing_is_done_before_it_is_due(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST", 3600.0)
    with History(path) as history:
        assert events(history) == []
    assert not backup_of(path).exists()


def test_uses_are_counted_in_portions_and_then_once_an_hour(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_COUNT_FIRST", 0.0)
    monkeypatch.setattr(module, "_COUNT_MORE", 0.0)
    portions = [False, False, True]
    with History(path) as history:
        upkeep = Upkeep(history, Journal(), lambda: None)
        upkeep.work(ROOM)
        upkeep.count_uses = lambda: portions.pop(0)
        for _ in range(5):
            upkeep.work(ROOM)
        assert portions == []


def test_a_failure_to_count_is_told_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_COUNT_FIRST", 0.0)

    def count() -> bool:
        raise MemorydError("cannot use it")

    with History(path) as history:
        upkeep = Upkeep(history, Journal(), lambda: None)
        upkeep.count_uses = count
        with pytest.raises(MemorydError):
            upkeep.work(ROOM)
        upkeep.work(ROOM)
