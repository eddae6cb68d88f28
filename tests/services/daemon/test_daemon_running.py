"""The daemon among others: systemd, its own status file, Prometheus, signals, a disk that is full."""

import os
import pty
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from services.daemons import Start, consent, is_whole, memoryd
from support import REPOSITORY, long_index, python, wait_for, write_tree


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


def configure(home: Path, text: str) -> Path:
    return write_tree(home / ".config" / "memoryd", {"config.toml": text}) / "config.toml"


def test_it_reads_its_configuration_anew_when_asked_to(
    start: Start, container: Path, home: Path, tmp_path: Path, manager: socket.socket
) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    configure(home, 'enforce = "report"\n')
    service = start(NOTIFY_SOCKET="notify")
    service.wait_for("over_limit")
    heard(manager, "READY=1")
    write_tree(tmp_path / "src" / "app" / ".claude" / "agent-memory" / "builder", {"MEMORY.md": "- b\n"})
    configure(home, f'projects = ["{tmp_path}/src/*"]\n[enforce]\nproject = "off"\n')
    service.process.send_signal(signal.SIGHUP)
    name, value = heard(manager, "RELOADING=1").split("\n")[1].split("=")
    assert name == "MONOTONIC_USEC"
    assert 0 < int(value) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert heard(manager, "READY=1").startswith("READY=1\nSTATUS=Watching 2 stores")
    assert service.wait_for("reloaded")["stores"] == 2
    service.wait_for("compacted")
    assert is_whole(root)


def test_a_bad_configuration_changes_nothing_and_is_said(
    start: Start, container: Path, home: Path, manager: socket.socket
) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    path = configure(home, "")
    service = start(NOTIFY_SOCKET="notify")
    heard(manager, "READY=1")
    configure(home, "settel = 1\n")
    service.process.send_signal(signal.SIGHUP)
    heard(manager, "RELOADING=1")
    heard(manager, "READY=1")  # else systemd waits for ever
    failed = service.wait_for("reload_failed")
    assert failed["reason"] == f'{path}:1: unknown key "settel"'
    trouble = service.wait_for_status(lambda status: status.last_error).last_error
    assert trouble is not None
    assert (trouble.event, trouble.reason) == ("reload_failed", failed["reason"])
    write_tree(root, {"MEMORY.md": long_index()})
    service.wait_for("compacted")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_log_that_cannot_be_written_stops_nothing(container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "MEMORYD_SETTLE": "0.1"} | consent()
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen(python("-m", "memoryd", "run"), env=environment, stderr=full)
    wait_for(lambda: is_whole(root))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_a_terminal_that_is_closed_ends_it(container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        python("-m", "memoryd", "run"),
        env=environment,
        stderr=theirs,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509  # `nohup` ignores it
    )
    os.close(theirs)
    try:
        said = b""
        while b"ready" not in said:
            said += os.read(ours, 1000)
    finally:
        os.close(ours)
    process.send_signal(signal.SIGHUP)
    assert process.wait(20) == 0


def test_signals_at_any_moment_end_it_properly(start: Start, container: Path) -> None:
    """Also in the middle of rewriting: what was begun is done or taken back, and nothing lies about."""
    for delay in (0.0, 0.05, 0.2):
        name = f"agent{delay}"
        root = write_tree(container / name.replace(".", ""), {"MEMORY.md": long_index()})
        service = start(MEMORYD_SETTLE="0")
        time.sleep(delay)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
            service.process.send_signal(number)
        assert service.process.wait(20) == 0, service.text()
        assert not service.events("bug")
        lines = set(long_index().encode().split(b"\n"))
        kept = {line for path in root.glob("*.md") for line in path.read_bytes().split(b"\n")}
        assert {line.lstrip(b"# ") for line in lines} <= {line.lstrip(b"# ") for line in kept}
    assert memoryd("history", "verify").returncode == 0


def test_it_can_be_ended_while_it_reads_everything_for_the_first_time(
    start: Start, container: Path, manager: socket.socket
) -> None:
    for number in range(500):
        write_tree(container / f"agent{number}", {"MEMORY.md": f"- the {number}\n"})
    service = start(until="indexed", NOTIFY_SOCKET="notify")
    status = service.status()
    assert status is None or status.mode == "starting"
    assert service.stop() == 0
    assert heard(manager, "READY=", "STOPPING=") == "STOPPING=1"
    assert not service.events("ready")
