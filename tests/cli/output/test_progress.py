import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import pytest
from cli.program import Terminal, project_store
from support import wait_for

from memoryd.cli.output.progress import Progress, follow, waiting


class Screen:
    """A terminal in place of stderr, and what was written to it."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        os.set_blocking(self.master, False)
        self.stream: TextIO = open(slave, "w", encoding="utf-8")  # noqa: SIM115  # closed by `screen`
        self.seen = ""

    def shows(self, text: str) -> bool:
        with suppress(BlockingIOError):
            self.seen += os.read(self.master, 65536).decode()
        return text in self.seen


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    made = Screen()
    monkeypatch.setenv("TERM", "xterm")
    yield made
    made.stream.close()
    os.close(made.master)


def test_what_takes_long_is_told_and_nothing_of_it_stays(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen.stream)
    with waiting("reading 3 stores"):
        wait_for(lambda: screen.shows("reading 3 stores … 1 s"))
    wait_for(lambda: screen.shows("s\x1b[G\x1b[K"))
    assert screen.seen.endswith("\x1b[G\x1b[K")


def test_what_is_quick_is_not_told(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen.stream)
    with waiting("reading"):
        pass
    assert not screen.shows("reading")
    assert screen.seen == ""


def test_an_error_ends_it(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen.stream)

    def fail() -> None:
        wait_for(lambda: screen.shows("reading"))
        raise KeyError

    with pytest.raises(KeyError), waiting("reading"):
        fail()
    wait_for(lambda: screen.shows("s\x1b[G\x1b[K"))


def test_nothing_is_told_where_the_cursor_cannot_be_moved(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen.stream)
    monkeypatch.setenv("TERM", "dumb")
    with waiting("reading"):
        pass
    assert not screen.shows("reading")


def test_a_check_that_takes_long_says_so(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- one\n"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f'#!/bin/sh\nsleep 2\nexec {shutil.which("git")} "$@"\n', encoding="utf-8")
    slow.chmod(0o755)
    path = f"{slow.parent}:{os.environ['PATH']}"
    done = Terminal("check", "--tracked", "--exit-zero", "--statistics", cwd=tmp_path, PATH=path).finish()
    assert done.code == 0
    assert "checking 1 store … " in done.out


def test_steps_are_counted_with_the_time_left(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen.stream)
    monkeypatch.setenv("COLUMNS", "80")
    with waiting("checking 4 stores"):
        for step in follow("reading stores", range(4)):
            if step == 1:
                wait_for(lambda: screen.shows("reading stores  █████"))
            if step == 3:
                wait_for(lambda: screen.shows("3 of 4, "))
    wait_for(lambda: screen.shows("s left\x1b[G\x1b[K"))
    assert screen.seen.endswith("\x1b[G\x1b[K")


def test_the_line_is_cut_to_the_terminal() -> None:
    progress = Progress("checking stores")
    assert progress.line(3.4, 80) == "checking stores … 3 s"
    progress.tick("checking stores", 0, 1200)
    assert progress.line(3.4, 80) == f"checking stores  {20 * '░'}  0 of 1,200"
    progress.tick("checking stores", 600, 1200)
    assert progress.line(3.4, 80) == f"checking stores  {10 * '█'}{10 * '░'}  600 of 1,200, 0 s left"
    assert len(progress.line(3.4, 20)) == 19
