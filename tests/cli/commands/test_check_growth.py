"""No command takes much more than twice the time for twice a hostile text.

Processor times of one process are compared with each other, each the least of several runs; a text
that costs the square of its length takes four times as long.
"""

import gc
import os
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from cli.hostile import SHAPES
from support import write_tree

from memoryd.cli import app

SIZE = 26_000  # characters of the smaller text, over the limits of an index file; the other has twice as many
GROWTH = 3.1  # n log n is 2.2; the square is 4
NOISE = 0.05  # seconds that a run may take more by chance
TRIES = 4
STORE = ".claude/agent-memory/x"

COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "--format", "json"),
    "sarif": ("check", "--format", "sarif", "--diff", "--unsafe-fixes"),
    "suppress": ("check", "--add-suppressions"),
    "show": ("show", "x"),
    "status": ("status",),
    "compact": ("compact", "--diff", STORE),
    "prune": ("prune", "--older-than", "90d", "--diff"),
    "dedupe": ("dedupe", "--unsafe-fixes", "--diff"),
    "link-check": ("link-check",),
    "forget": ("forget", "secret"),
    "search": ("search", "deploy"),
    "log": ("log", "-p"),
    "diff": ("diff", f"{STORE}/MEMORY.md"),
}
RECORDED = {"log", "diff"}  # commands that show changes, which have to be made first

# What once took the square of the length or more: the short form of the whole table.
QUICK = {
    ("check", "digits"), ("check", "deep text"), ("check", "links to headings of a topic"),
    ("search", "bars"), ("search", "stars"), ("log", "numbered links"), ("diff", "equal short lines"),
    ("forget", "backslashes"), ("compact", "deep front matter"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "shape"),
    [
        pytest.param(command, shape, marks=() if (command, shape) in QUICK else pytest.mark.slow)
        for command in COMMANDS
        for shape in SHAPES
    ],
)
def test_time_grows_with_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, shape: str
) -> None:
    monkeypatch.chdir(tmp_path)  # restores the directory at the end
    run(command, tmp_path / "warm", "- a\n")
    made = SHAPES[shape]
    once = twice = float("inf")
    for number in range(TRIES):
        once = min(once, run(command, tmp_path / f"{number}x1", made(SIZE)))
        twice = min(twice, run(command, tmp_path / f"{number}x2", made(2 * SIZE)))
        if twice <= GROWTH * once + NOISE:
            return
    pytest.fail(f"{once:.2f} s, and {twice:.2f} s for twice the text")


def run(command: str, repository: Path, text: str) -> float:
    """Return the seconds of processor time that a command takes for a text in an index and a topic file."""
    store = repository / STORE
    files = {
        "MEMORY.md": f"- [t](t.md)\n- the secret {repository.name}\n\n{text}".encode(),
        "t.md": text.encode(),
    }
    write_tree(repository / ".git", {})
    write_tree(store, files)
    os.chdir(repository)
    if command in RECORDED:
        _call("search", "deploy")
        lines = files["MEMORY.md"].split(b"\n")
        write_tree(store, {"MEMORY.md": b"\n".join([*lines[1::2], *(line + b"z" for line in lines[::3])])})
        _call("search", "deploy")
    return _timed(lambda: _call(*COMMANDS[command]))


def _timed(call: Callable[[], None]) -> float:
    gc.collect()
    started = time.process_time()
    call()
    return time.process_time() - started


def _call(*arguments: str) -> None:
    with (
        Path(os.devnull).open("w", encoding="utf-8") as null,
        redirect_stdout(null),
        redirect_stderr(null),
        pytest.raises(SystemExit) as done,
    ):
        app(list(arguments), prog_name="memoryd")
    assert done.value.code in {None, 0, 1, 2}
