"""Several processes at once: they take turns, and no line is lost."""

import subprocess
from pathlib import Path

import pytest
from faults.tracing import report
from support import REPOSITORY, python, wait_for, write_tree

from memoryd.adapters.edits import leftovers
from memoryd.adapters.history import History

SOME_OR_ALL = [pytest.param(10, id="some"), pytest.param(100, id="all", marks=pytest.mark.slow)]
PROCESSES = 4
_MEMORYD = """
def write(before, after):
    change = FileChange(root, path, before, after)
    while True:
        try:
            apply(Plan("test", (Fix("add a line", Applicability.SAFE, (change,)),)), history)
            return True
        except BusyError:
            pass
        except ConflictError:
            return False
"""
_NAIVE = """
def write(before, after):
    temporary = path + "." + name
    with open(temporary, "wb") as file:
        file.write(after)
    same = read(path) == before
    if same:
        os.replace(temporary, path)
    return same
"""
_WRITER = """
import os, sys
from pathlib import Path
from memoryd.adapters.stores.files import read
from memoryd.adapters.history import BusyError, History
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.errors import ConflictError
from memoryd.services.edits import apply
root, state, name, count = sys.argv[1:]
path = root + "/MEMORY.md"
%s
with History(Path(state, "history.db")) as history:
    for number in range(int(count)):
        while True:
            before = read(path)
            if write(before, before + f"- {name} {number}\\n".encode()):
                break
"""


def missing(kind: str, count: int, place: Path) -> set[bytes]:
    """Let several processes add their lines to one file; those that are not there in the end."""
    root = write_tree(place / "store", {"MEMORY.md": "# Memory\n"})
    (place / "state").mkdir()
    command = python("-c", _WRITER % kind, str(root), str(place / "state"))
    writers = [
        subprocess.Popen([*command, str(name), str(count)], cwd=REPOSITORY) for name in range(PROCESSES)
    ]
    assert [writer.wait() for writer in writers] == [0] * PROCESSES
    found = set((root / "MEMORY.md").read_bytes().split(b"\n"))
    return {b"- %d %d" % (name, number) for name in range(PROCESSES) for number in range(count)} - found


@pytest.mark.parametrize("count", SOME_OR_ALL)
def test_processes_that_add_lines_lose_none(count: int, tmp_path: Path) -> None:
    lost = missing(_MEMORYD, count, tmp_path)
    report(f"{PROCESSES} processes added {PROCESSES * count} lines: {len(lost)} lost")
    assert lost == set()
    assert not list(leftovers(str(tmp_path / "store")))
    with History(tmp_path / "state" / "history.db") as history:
        assert history.unfinished() == ()
        assert history.verify() == ()


def test_naive_processes_lose_some(tmp_path: Path) -> None:
    lost = missing(_NAIVE, 500, tmp_path)
    report(f"{PROCESSES} naive processes added {PROCESSES * 500} lines: {len(lost)} lost")
    assert lost


def test_of_several_daemons_one_runs(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    daemons = [
        subprocess.Popen(python("-m", "memoryd", "run"), stderr=subprocess.PIPE) for _ in range(PROCESSES)
    ]
    try:
        wait_for(lambda: sum(daemon.poll() is None for daemon in daemons) <= 1)
    finally:
        for daemon in daemons:
            if daemon.poll() is None:
                assert daemon.stderr is not None
                assert any(b"ready" in line for line in daemon.stderr)  # before it, SIGTERM is not yet obeyed
            daemon.terminate()
            daemon.communicate()
    assert sorted(daemon.returncode for daemon in daemons) == [0] + [2] * (PROCESSES - 1)
