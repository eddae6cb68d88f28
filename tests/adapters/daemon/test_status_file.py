"""What the daemon writes of itself is whole, private, and understood by others or by nobody."""

import json
import os
import stat
from pathlib import Path

import pytest

from memoryd.adapters.daemon.status_file import METRICS, read_status, remove, write_metrics, write_status
from memoryd.domain.daemon.state import DaemonStatus, EnforcementState, PolledDirectory, Trouble

STATUS = DaemonStatus(
    version=1,
    pid=17,
    started="2026-11-20T10:00:00+00:00",
    heartbeat="2026-11-20T10:01:00+00:00",
    mode="polling",
    stores=3,
    files=20,
    pending=1,
    last_scan="2026-11-20T10:00:30+00:00",
    last_error=Trouble("failed", "2026-11-20T10:00:31+00:00", "cannot list /x: Permission denied"),
    polled=(PolledDirectory("/a/\u00e9\udcff", "no inotify watch is left"),),
    enforce=(
        EnforcementState("/a/b", "waiting", "2026-11-20T11:00:00+00:00"),
        EnforcementState("/a/c", "left_alone", None),
    ),
    last_operation=None,
    sandbox="on",
    outside=("/a/new",),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write_status(path, STATUS)
    assert read_status(path) == STATUS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["status.json"]
    values = json.loads(path.read_text("ascii"))
    assert values["last_error"] == {
        "event": "failed",
        "at": "2026-11-20T10:00:31+00:00",
        "reason": "cannot list /x: Permission denied",
    }
    path.write_text(json.dumps(values | {"of a later daemon": 1}))
    assert read_status(path) == STATUS
    remove(path)
    remove(path)
    assert read_status(path) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", "{}", '{"version": 1}', '{"version": 2}', "\xff", "[" * 100_000]
)
def test_what_cannot_be_understood_is_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "status.json"
    path.write_text(text, encoding="latin-1")
    assert read_status(path) is None


@pytest.mark.parametrize(
    "wrong", [{"version": 2}, {"polled": 3}, {"enforce": [{"store": "x"}]}, {"last_error": "no"}]
)
def test_a_status_of_another_shape_is_nothing(tmp_path: Path, wrong: dict[str, object]) -> None:
    path = tmp_path / "status.json"
    write_status(path, STATUS)
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    assert read_status(path) is None


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "status.json").mkdir()
    with pytest.raises(IsADirectoryError):
        write_status(tmp_path / "status.json", STATUS)
    assert os.listdir(tmp_path) == ["status.json"]


def test_numbers_are_readable_by_the_collector(tmp_path: Path) -> None:
    path = tmp_path / "memoryd.prom"
    write_metrics(path, {name: number for number, (name, _, _) in enumerate(METRICS)}, "1.2.3")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    lines = path.read_text().splitlines()
    assert 'memoryd_info{version="1.2.3"} 1' in lines
    assert "memoryd_heartbeat_time_seconds 1" in lines
