"""What a hook costs, beside the shell and a bare interpreter: run with `pytest -m slow tests/benchmarks -s`.

Ratios of processor time, medians of whole processes in turn; milliseconds are only printed.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.grown import Median, measure

from memoryd.adapters.daemon import status_line
from memoryd.adapters.daemon.status_file import write_status_line
from memoryd.adapters.hooks.gate import write_gate
from memoryd.adapters.hooks.listener import Listener
from memoryd.config.locations import Locations, locate

pytestmark = pytest.mark.slow

ROUNDS = 40
OTHER = 0.75  # of `python -I -S -c pass`, beyond `sh -c :`: an event that is not about memory
WITH_DAEMON = 2.0  # of `python -I -S -c pass`, all in all
WITHOUT_DAEMON = 2.0
STATUS_LINE = 2.0
EVENT = {
    "session_id": "s",
    "hook_event_name": "PostToolUse",
    "tool_name": "Write",
    "tool_input": {"file_path": "/p/src/main.py", "content": "x = 1\n" * 500},
}
MEMORY = EVENT | {
    "tool_input": {"file_path": "/p/.claude/agent-memory/a/MEMORY.md", "content": "- a\n" * 500}
}


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    found = locate(os.environ)
    write_gate(found.gate, socket=found.socket, roots=found.roots, waiting=found.waiting)
    for name, event in (("other", EVENT), ("memory", MEMORY)):
        (tmp_path / f"{name}.json").write_text(json.dumps(event))
    return found


@pytest.fixture
def daemon(locations: Locations) -> Iterator[None]:
    def answer(_event: bytes, reply: Callable[[bytes], bool]) -> None:
        reply(b"{}")

    listener = Listener(locations.socket)
    listener.serve(answer)
    yield
    listener.close()


def hook(locations: Locations, name: str, kind: str = "before") -> list[str]:
    return ["sh", "-c", f"exec <{name}.json; set -- {kind}; . '{locations.gate}'"]


def floors() -> list[list[str]]:
    return [["sh", "-c", ":"], [sys.executable, "-I", "-S", "-c", "pass"]]


def show(names: list[str], rows: list[Median]) -> None:
    lines = [
        f"  {name:<40} CPU {row.cpu * 1000:6.2f} ms {row.cpu / rows[1].cpu:5.2f} ×, {row.wall * 1000:6.2f} ms"
        for name, row in zip(names, rows, strict=True)
    ]
    sys.stdout.write("\n".join(["", "hooks", *lines, ""]))


def measured_hooks(locations: Locations, place: Path) -> list[Median]:
    """Time the floors, then the hook on another file, and before and after a write of memory."""
    commands = [
        *floors(),
        hook(locations, "other"),
        hook(locations, "memory"),
        hook(locations, "memory", "after"),
    ]
    rows = measure(commands, place, ROUNDS)
    show(["sh -c :", "python -I -S -c pass", "no memory", "before a write", "after a write"], rows)
    return rows


def test_the_status_line(tmp_path: Path) -> None:
    path = tmp_path / "statusline"
    write_status_line(path, {str(tmp_path / f"{number}"): "memory 3 %" for number in range(200)})
    command = [sys.executable, "-I", "-S", status_line.__file__, str(path)]
    rows = measure([*floors(), command], tmp_path, ROUNDS)
    show(["sh -c :", "python -I -S -c pass", "status line"], rows)
    assert rows[2].cpu / rows[1].cpu <= STATUS_LINE


@pytest.mark.usefixtures("daemon")
def test_with_a_daemon(locations: Locations, tmp_path: Path) -> None:
    shell, python, other, before, after = measured_hooks(locations, tmp_path)
    assert (other.cpu - shell.cpu) / python.cpu <= OTHER
    assert before.cpu / python.cpu <= WITH_DAEMON
    assert after.cpu / python.cpu <= WITH_DAEMON
    assert before.out == b"{}"


def test_without_a_daemon(locations: Locations, tmp_path: Path) -> None:
    shell, python, other, before, after = measured_hooks(locations, tmp_path)
    assert (other.cpu - shell.cpu) / python.cpu <= OTHER
    assert (before.cpu - shell.cpu) / python.cpu <= OTHER
    assert after.cpu / python.cpu <= WITHOUT_DAEMON
    assert len(list(locations.waiting.iterdir())) == ROUNDS + 1
