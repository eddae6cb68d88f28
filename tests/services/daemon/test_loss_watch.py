"""Alarms in the log of the daemon."""

from pathlib import Path

import pytest
import structlog
from support import count_calls, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.services.daemon import loss_watch
from memoryd.services.daemon.journal import Journal
from memoryd.services.daemon.loss_watch import LossWatch
from memoryd.services.history.losses import dismiss
from memoryd.services.search.update_index import observe

TEXT = "secret wording"


def test_an_alarm_that_lasts_is_logged_once_without_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_watch, "_PATIENCE", 0.0)
    lines = "".join(f"- {TEXT} {number}\n" for number in range(20))
    root = write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": lines})
    with History(tmp_path / "history.db") as history, structlog.testing.capture_logs() as logs:
        watch = LossWatch(history, Journal())
        for text in (lines, ""):
            (root / "MEMORY.md").write_text(text)
            observe([store_of(root)], history)
            watch.look([store_of(root)])
        watch.look([store_of(root)])
        assert watch.alarms == 1
        dismiss(history, 1)
        watch.look([store_of(root)])
        assert watch.alarms == 0
    assert [each["event"] for each in logs] == ["loss", "loss_settled"]
    assert (logs[0]["sign"], logs[0]["lines"], logs[0]["files"]) == ("mass_loss", 20, 0)
    assert logs[0]["path"] == f"{root}/MEMORY.md"
    assert TEXT not in str(logs)


def test_a_new_alarm_waits_for_an_agent_that_moves_lines(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a b c\n" * 3})
    with History(tmp_path / "history.db") as history, structlog.testing.capture_logs() as logs:
        watch = LossWatch(history, Journal())
        for text in ("".join(f"- entry {n}\n" for n in range(20)), ""):
            (root / "MEMORY.md").write_text(text)
            observe([store_of(root)], history)
            watch.look([store_of(root)])
        assert watch.alarms == 1
    assert logs == []


def test_alarms_are_not_looked_at_again_while_nothing_is_recorded(tmp_path: Path) -> None:
    lines = "".join(f"- entry {number}\n" for number in range(200))
    root = write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": lines})
    with History(tmp_path / "history.db") as history:
        watch = LossWatch(history, Journal())
        for text in (lines, ""):
            (root / "MEMORY.md").write_text(text)
            observe([store_of(root)], history)
        first, again = (count_calls(lambda: watch.look([store_of(root)])) for _ in range(2))
        assert watch.alarms == 1
        assert again < first / 10
        with History(tmp_path / "history.db") as other:
            dismiss(other, 1)
        watch.look([store_of(root)])
        assert watch.alarms == 0
