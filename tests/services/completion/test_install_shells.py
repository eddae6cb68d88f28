"""Completion, driven in real shells: what is typed, a tab, and what the program then gets."""

import os
import pty
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cli.program import ROOT, project_store

from memoryd.services.completion.install import Shell, install

COMPINIT = "autoload -Uz compinit; compinit -u\n"
SETTINGS = {
    "bash": (Shell.BASH, ""),
    "zsh": (Shell.ZSH, COMPINIT),
    "zsh without compinit": (Shell.ZSH, ""),
    "fish": (Shell.FISH, ""),
}
CONTROLLED = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""  # gives it the terminal
AGENT = "it's $(touch hacked) `touch hacked`;touch hacked"


class TypedShell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, shell: str, home: Path, cwd: Path) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLED, shell, "-i"],
            cwd=cwd,
            env={**os.environ, "TERM": "xterm", "PS1": "> "},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._home, self.seen = home, ""

    def run(self, typed: str, wanted: str) -> None:
        """Type a line, and read until the program shows the words that it got."""
        os.write(self._master, typed.encode() + b"\r")
        self.read_until(wanted)

    def read_until(self, wanted: str) -> None:
        deadline = time.monotonic() + 60
        while wanted not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self._master], [], [], 1)[0]:
                self.seen += os.read(self._master, 4096).decode(errors="replace")

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=60)
        os.close(self._master)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and a program that answers as ours does and otherwise prints the words that it got."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "memoryd"
    program.write_text(
        '#!/bin/sh\nif [ "$1" = __complete ]; then\n'
        f'  PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m memoryd "$@"\nfi\n'
        'printf "got"\nfor word; do printf " <%s>" "$word"; done\necho .\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    directory = tmp_path / "project"
    for agent in ("reviewer", AGENT):
        project_store(directory, agent, {"MEMORY.md": "# Memory\n"})
    (directory / "other.txt").touch()
    return directory


@pytest.fixture(params=SETTINGS)
def shell(request: pytest.FixtureRequest, home: Path, project: Path) -> Iterator[TypedShell]:
    kind, settings = SETTINGS[request.param]
    if not shutil.which(kind):
        pytest.skip(f"{kind} is not installed")
    if kind is Shell.ZSH:
        (home / ".zshrc").write_text(settings)
    install(kind, os.environ)
    typed = TypedShell(kind, home, project)
    yield typed
    typed.close()


def test_values_are_completed(shell: TypedShell, project: Path) -> None:
    shell.run("memoryd check --fail-o\tnev\t", "got <check> <--fail-on> <never>.")
    shell.run("memoryd check --select L001,S00\t1", "got <check> <--select> <L001,S001>.")
    shell.run("memoryd help lim\t", "got <help> <limits>.")
    shell.run("memoryd rule oth\t", "got <rule> <oth>.")  # a file is not a rule
    shell.run("memoryd check oth\t", "got <check> <other.txt>.")
    shell.run("memoryd show it\t", f"got <show> <{AGENT}>.")
    assert not (project / "hacked").exists()
