import itertools
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from services.daemons import Start, is_whole
from support import long_index, python, wait_for, write_tree

from memoryd.adapters.daemon.prompt import NAME
from memoryd.adapters.daemon.status_file import METRICS, read_status
from memoryd.config.locations import locate
from memoryd.services.daemon.heartbeat import Pulse, Vitals
from memoryd.services.daemon.journal import Journal


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What systemd is to the daemon; its socket is called `notify`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        monkeypatch.chdir(tmp_path)  # the name of a socket must be short
        listener.bind("notify")
        listener.settimeout(20)
        yield listener


def heard(manager: socket.socket, *beginning: str) -> str:
    """The next message that begins in one of these ways."""
    while True:
        message = manager.recv(1000).decode()
        if message.startswith(beginning):
            return message


def is_silent(manager: socket.socket) -> bool:
    """Whether nothing comes for a while, once what was sent before is heard."""
    manager.settimeout(1.5)
    try:
        for _ in range(100):
            manager.recv(1000)
    except TimeoutError:
        return True
    finally:
        manager.settimeout(20)
    return False


def configure(home: Path, text: str) -> Path:
    return write_tree(home / ".config" / "memoryd", {"config.toml": text}) / "config.toml"


def test_a_file_is_written_again_only_with_another_content_or_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 0.0}
    monkeypatch.setattr(time, "monotonic", lambda: clock["now"])
    pulse = Pulse(tmp_path / "status.json", None, Journal())
    vitals = Vitals("watching", 1, 2, 0, {}, (), None, "off", ())
    told = {
        1000.0: vitals,
        1002.0: vitals,
        1003.0: replace(vitals, pending=1),
        1004.0: replace(vitals, files=3, pending=1),
        1005.5: replace(vitals, files=3),
        1007.0: replace(vitals, alarms=1),
        1065.0: replace(vitals, alarms=1),
        1067.0: replace(vitals, alarms=1),
    }
    written = []
    for clock["now"], each in told.items():
        pulse.beat(partial(lambda found: found, each))
        written.append([os.stat(tmp_path / name).st_mtime_ns for name in ("status.json", NAME)])
        time.sleep(0.01)
    changes = [
        [before != after for before, after in zip(*pair, strict=True)] for pair in itertools.pairwise(written)
    ]
    assert changes == [
        *([False, False], [False, False], [True, False], [True, False]),
        *([True, True], [True, True], [False, False]),
    ]


def test_systemd_is_told_when_it_is_ready_and_when_it_stops(
    start: Start, container: Path, manager: socket.socket
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(NOTIFY_SOCKET="notify")
    assert manager.recv(1000) == b"READY=1\nSTATUS=Watching 1 store, 1 file"
    status = service.status()
    assert status
    assert (status.mode, status.files) == ("watching", 1)
    write_tree(container / "reviewer", {"b.md": "b\n"})
    assert heard(manager, "STATUS=") == "STATUS=Watching 1 store, 2 files"
    begun = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - begun < 10  # far below what systemd grants
    assert heard(manager, "STOPPING=") == "STOPPING=1"
    service.wait_for("stopped")


def test_ready_comes_after_the_first_scan(start: Start, container: Path, manager: socket.socket) -> None:
    for number in range(30):
        write_tree(container / f"agent{number}", {"MEMORY.md": f"- the {number}\n"})
    service = start(NOTIFY_SOCKET="notify")
    heard(manager, "READY=1")
    names = [event["event"] for event in service.events()]
    assert names.index("ready") == 30
    assert set(names[:30]) == {"indexed"}
    status = service.status()
    assert status is not None
    assert (status.mode, status.stores, status.files, status.pending) == ("watching", 30, 30, 0)
    assert status.last_scan is not None


def test_the_watchdog_is_fed_only_while_the_worker_lives(
    start: Start, container: Path, manager: socket.socket
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(NOTIFY_SOCKET="notify", WATCHDOG_USEC="400000", MEMORYD_RESCAN="60")
    heard(manager, "READY=1")
    for _ in range(3):
        assert heard(manager, "WATCHDOG=1")
    service.process.send_signal(signal.SIGSTOP)
    assert is_silent(manager)
    service.process.send_signal(signal.SIGCONT)
    assert heard(manager, "WATCHDOG=1")


def test_a_worker_that_hangs_in_its_work_is_silent(
    start: Start, container: Path, manager: socket.socket, tmp_path: Path
) -> None:
    """The database is locked by somebody who never ends: the worker waits, and nobody speaks for it."""
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(NOTIFY_SOCKET="notify", WATCHDOG_USEC="400000", MEMORYD_RESCAN="60")
    heard(manager, "READY=1")
    script = f"""
import sqlite3, time
database = sqlite3.connect({str(locate(os.environ).index)!r}, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
open({str(tmp_path / "locked")!r}, "w").close()
time.sleep(3)
"""
    with subprocess.Popen(python("-c", script)):
        wait_for((tmp_path / "locked").exists)
        write_tree(container / "reviewer", {"b.md": "b\n"})
        assert is_silent(manager)
    assert heard(manager, "WATCHDOG=1")
    service.wait_for("indexed", times=2)


def test_a_watchdog_that_is_meant_for_another_process_is_left_alone(
    start: Start, container: Path, manager: socket.socket
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(NOTIFY_SOCKET="notify", WATCHDOG_USEC="200000", WATCHDOG_PID="1")
    heard(manager, "READY=1")
    time.sleep(0.5)
    service.stop()
    assert heard(manager, "WATCHDOG=", "STOPPING=") == "STOPPING=1"


def test_status_json_is_private_whole_and_gone_after_a_clean_end(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start()
    path = locate(os.environ).lock.with_name("status.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    values = json.loads(path.read_text())
    assert list(values) == [
        *("version", "pid", "started", "heartbeat", "mode", "stores", "files", "pending", "last_scan"),
        *("last_error", "polled", "enforce", "last_operation", "sandbox", "outside", "alarms"),
    ]
    assert (values["version"], values["pid"]) == (1, service.process.pid)
    assert abs((datetime.now(UTC) - datetime.fromisoformat(values["heartbeat"])).total_seconds()) < 60
    for number in range(200):  # every reader finds a whole one, whatever is being written
        if number % 20 == 0:
            write_tree(container / "reviewer", {f"{number}.md": "x\n"})
        assert read_status(path) is not None
    assert service.stop() == 0
    assert not path.exists()
    assert list(path.parent.iterdir()) == [path.with_name("lock")]


def test_a_killed_one_leaves_its_last_word(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start()
    service.process.kill()
    service.process.wait()
    status = service.status()
    assert status is not None
    assert status.pid == service.process.pid
    again = start()
    again.wait_for_status(lambda status: status.pid == again.process.pid)


def test_what_it_did_is_in_its_status(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    operation = service.wait_for("compacted")["operation"]
    status = service.wait_for_status(lambda status: status.last_operation)
    assert status.last_operation == operation
    assert status.enforce == ()


def test_numbers_for_prometheus_are_written_where_they_are_asked_for(
    start: Start, container: Path, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "memoryd.prom"
    configure(home, f'[daemon]\nmetrics = "{path}"\n')
    write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    wait_for(lambda: "\nmemoryd_operations_total 1\n" in path.read_text())
    lines = path.read_text().splitlines()
    assert len(lines) == 3 * (1 + len(METRICS))
    for help_, kind, sample in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name = help_.split()[2]
        assert re.fullmatch(rf"# HELP {name} [A-Z].+\.", help_)
        assert re.fullmatch(rf"# TYPE {name} (gauge|counter)", kind)
        assert name.endswith("_total") == kind.endswith("counter")
        assert re.fullmatch(rf"{name}(\{{.+\}})? [0-9.e+]+", sample)
    assert "memoryd_stores 1" in lines
    assert str(container) not in path.read_text()
    configure(home, "")
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: not path.exists())


def test_numbers_that_cannot_be_written_stop_nothing(start: Start, container: Path, home: Path) -> None:
    configure(home, '[daemon]\nmetrics = "~/nowhere/memoryd.prom"\n')
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    assert is_whole(root)
    (unwritten,) = service.events("status_unwritten")
    assert unwritten["reason"] == f"cannot write {home}/nowhere/memoryd.prom: No such file or directory"
