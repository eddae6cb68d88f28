import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from memoryd.adapters.daemon import status_line
from memoryd.adapters.daemon.status_file import as_json, write_status_line
from memoryd.adapters.daemon.status_line import is_alarming, project_in, read_line

LINES = {
    "/p": "memory 87 % · 2 unseen",
    '/with "quotes" and \\': "memory 3 %",
    "/ü ber": "memory 80 %",
    "/a\nb": "x",
}


def shown(path: Path, event: bytes, **own: str) -> str:
    command = [sys.executable, "-I", "-S", status_line.__file__, str(path)]
    return subprocess.run(command, input=event, env=own, capture_output=True, check=True).stdout.decode()


def event(project: str) -> bytes:
    workspace = {"current_dir": "/elsewhere", "project_dir": project, "added_dirs": []}
    return json.dumps({"session_id": "s", "workspace": workspace}, ensure_ascii=False).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_status_line(tmp_path / "statusline", LINES)
    return tmp_path / "statusline"


def test_the_line_of_the_project_is_shown(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert shown(path, event("/p"), NO_COLOR="1") == "memory 87 % · 2 unseen\n"
    assert shown(path, event("/p/src/web"), NO_COLOR="1") == "memory 87 % · 2 unseen\n"
    assert shown(path, event('/with "quotes" and \\')) == "memory 3 %\n"
    assert shown(path, event("/ü ber")) == "\x1b[33mmemory 80 %\x1b[0m\n"
    assert shown(path, b"", CLAUDE_PROJECT_DIR="/p") == "\x1b[33mmemory 87 % · 2 unseen\x1b[0m\n"


def in_a_terminal(path: Path, directory: Path, given: bytes | None, **own: str) -> bytes:
    """Return what appears on a terminal; without an input, that is the terminal, too."""
    command = [sys.executable, "-I", "-S", status_line.__file__, str(path)]
    ours, theirs = pty.openpty()
    source = theirs if given is None else subprocess.PIPE
    process = subprocess.Popen(command, stdin=source, stdout=theirs, stderr=theirs, env=own, cwd=directory)
    process.communicate(given, timeout=60)
    os.write(theirs, b"end")
    os.close(theirs)
    found = os.read(ours, 1000)
    os.close(ours)
    return found.removesuffix(b"end").replace(b"\r\n", b"\n")


def test_on_a_terminal_it_has_colour_and_fits(path: Path, tmp_path: Path) -> None:
    whole = "memory 87 % · 2 unseen"
    for own, line in (
        ({}, f"\x1b[33m{whole}\x1b[0m"),
        ({"NO_COLOR": "1"}, whole),
        ({"COLUMNS": "22"}, f"\x1b[33m{whole}\x1b[0m"),
        ({"COLUMNS": "21"}, "\x1b[33mmemory 87 %\x1b[0m"),
        ({"COLUMNS": "wide", "NO_COLOR": "1"}, whole),
    ):
        assert in_a_terminal(path, tmp_path, event("/p"), **own).decode() == f"{line}\n"
    write_status_line(path, {str(tmp_path): "memory 3 %"})
    assert in_a_terminal(path, tmp_path, None) == b"memory 3 %\n"


def test_nothing_is_shown_where_there_is_nothing(path: Path, tmp_path: Path) -> None:
    for given in (
        event("/q"),
        event(""),
        b"",
        b"\xff\0",
        b'{"project_dir"',
        b'"project_dir": 7',
        b'"project_dir":"/p',
    ):
        assert shown(path, given) == ""
    assert shown(tmp_path / "missing", event("/p")) == ""


def test_a_daemon_that_is_silent_is_told(path: Path) -> None:
    os.utime(path, (0, time.time() - 200))
    assert shown(path, event("/p")) == "memory ?\n"
    assert read_line(str(path), b"/p", time.time() - 30) == "memory 87 % · 2 unseen"


def test_a_project_is_read_as_it_is_written() -> None:
    for project in LINES:
        if project.isprintable():
            assert project_in(event(project)) == as_json(project).encode()


@pytest.mark.parametrize(
    ("line", "alarming"),
    [("memory 79 %", False), ("memory 80 %", True), ("memory 3 % · 1 unseen", True), ("memory ?", False)],
)
def test_colour_from_eighty_per_cent_on(line: str, *, alarming: bool) -> None:
    assert is_alarming(line) is alarming
