"""Machines whose clock is wrong, and repositories that were written by half."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from services.sync.machines import STORE, Machine, demand_same, settle, started
from support import needs_git

pytestmark = needs_git

_CLOCK = """
import time

true = time.time
time.time = lambda: true() + {seconds}
time.time_ns = lambda: int((true() + {seconds}) * 1e9)
"""


def _with_clock(machine: Machine, seconds: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run memoryd with a clock that is ahead by some seconds; its files have such times, too."""
    directory = machine.home / "clock"
    directory.mkdir(exist_ok=True)
    (directory / "sitecustomize.py").write_text(_CLOCK.format(seconds=seconds))
    for path in (machine.home / STORE).rglob("*.md"):
        then = path.stat().st_mtime + seconds
        os.utime(path, (then, then))
    return machine.call(*arguments, before_path=directory)


@pytest.mark.parametrize("seconds", [-10 * 365 * 86_400, 15 * 365 * 86_400], ids=["behind", "ahead"])
def test_a_clock_that_is_wrong_decides_nothing(tmp_path: Path, seconds: int) -> None:
    remote = tmp_path / "remote.git"
    one, two = started(tmp_path, remote, 2)
    for number in range(1, 4):
        one.edit(number)
        two.edit(number)
        done = _with_clock(two, seconds, "sync")
        assert done.returncode == 0, done.stderr
        assert one.call("sync").returncode == 0
    assert _with_clock(two, seconds, "sync").returncode == 0
    demand_same([one, two])
    assert _with_clock(two, seconds, "sync").stdout == "sent 0 files, received 0 files\n"


def _lock(remote: Path) -> None:
    (remote / "refs/heads").mkdir(parents=True, exist_ok=True)
    (remote / "refs/heads/main.lock").touch()


def _cut(remote: Path) -> None:
    for path in remote.glob("objects/??/*"):
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _lose(remote: Path) -> None:
    shutil.rmtree(remote / "objects")


def _half_a_reference(remote: Path) -> None:
    path = remote / "refs/heads/main"
    path.write_text(path.read_text()[:17])


def _no_head(remote: Path) -> None:
    (remote / "HEAD").unlink()


@pytest.mark.parametrize("break_", [_lock, _cut, _lose, _half_a_reference, _no_head])
def test_a_half_written_repository_is_one_sentence_and_then_it_goes_on(
    break_: Callable[[Path], None], tmp_path: Path
) -> None:
    remote = tmp_path / "remote.git"
    one, two = started(tmp_path, remote, 2)
    one.edit(1)
    assert one.call("sync").returncode == 0
    shutil.copytree(remote, tmp_path / "whole")
    break_(remote)
    two.edit(1)
    done = two.call("sync")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "offline: cannot " in done.stderr
    shutil.rmtree(remote)
    (tmp_path / "whole").rename(remote)
    settle([two, one])
    demand_same([one, two])
