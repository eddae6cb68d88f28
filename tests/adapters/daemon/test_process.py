"""What others know of the daemon: systemd's socket, and the lock of the one instance."""

import os
import secrets
import socket
import stat
import subprocess
from pathlib import Path

import pytest
from support import REPOSITORY, python

from memoryd.adapters.daemon.process import notify, only_instance
from memoryd.adapters.daemon.prompt import running_pid
from memoryd.errors import MemorydError


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, abstract: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        if abstract:
            name = f"memoryd-{secrets.token_hex(8)}"
            listener.bind("\0" + name)
            monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        else:
            monkeypatch.chdir(tmp_path)  # the name of a socket must be short
            listener.bind("notify")
            monkeypatch.setenv("NOTIFY_SOCKET", "notify")
        notify("READY=1\nSTATUS=Watching 3 stores")
        listener.settimeout(10)
        assert listener.recv(1000) == b"READY=1\nSTATUS=Watching 3 stores"


def test_nobody_is_told_where_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_a_socket_that_is_gone_does_not_stop_the_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")


def test_the_lock_names_its_process_and_only_while_it_runs(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "lock"
    assert running_pid(lock) is None
    with only_instance(lock):
        assert running_pid(lock) == os.getpid()
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    assert running_pid(lock) is None


def test_a_second_instance_is_told_which_one_runs(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with only_instance(lock):
        with pytest.raises(MemorydError, match=f"already runs as process {os.getpid()}"), only_instance(lock):
            raise AssertionError
        assert running_pid(lock) == os.getpid()


def test_a_killed_daemon_holds_no_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    script = f"""
import os, signal
from pathlib import Path
from memoryd.adapters.daemon.process import only_instance
with only_instance(Path({str(lock)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run(python("-c", script), check=False, cwd=REPOSITORY).returncode == -9
    assert lock.read_text()
    assert running_pid(lock) is None
    with only_instance(lock):
        assert lock.read_text() == str(os.getpid())
