"""The script, in every shell that is here; in place of Python stands a script that notes its input."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.adapters.hooks.gate import gate, write_gate
from memoryd.errors import MemorydError

SHELLS = [
    shell
    for shell in (
        ["sh"],
        ["dash"],
        ["bash"],
        ["bash", "--posix"],
        ["busybox", "sh"],
        ["zsh", "--emulate", "sh"],
    )
    if shutil.which(shell[0])
]
MEMORY = (
    '{"file_path":"/p/.claude/agent-memory/reviewer/a.md"}',
    '{"file_path":"/h/.claude/projects/-p/memory/x.md"}',
    '{"file_path":"/p/odd/MEMORY.md","content":"ü \\u00e9 ✓"}',
    '{"file_path":"/own place/\\"x\\"/notes.md"}',
)
OTHERS = ('{"file_path":"/p/src/main.py"}', "", "not json", '{"file_path":"/p/memory.py"}', "\x00\x01")


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / 'it\'s a "place" ü'
    root.mkdir()
    fake = root / "python"
    fake.write_text(
        '#!/bin/sh\ncat >"${0%/*}/input"\nprintf "%s\\n" "$@" >"${0%/*}/arguments"\necho answer\n'
    )
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    (root / "roots").write_text('/own place/\\"x\\"\n')
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("hook.sock")  # a longer path than an address takes
        yield root


def write(directory: Path) -> Path:
    path = directory / "state" / "hook.sh"
    write_gate(path, socket=directory / "hook.sock", roots=directory / "roots", waiting=directory / "waiting")
    return path


def run(shell: list[str], script: Path, kind: str, event: str) -> tuple[bool, str]:
    """Return whether Python was started, and what was printed."""
    noted = script.parents[1] / "input"
    noted.unlink(missing_ok=True)
    command = 'set -- "$1" "$2"; script=$2; set -- "$1"; . "$script"'
    done = subprocess.run(
        [*shell, "-c", command, "hook", kind, str(script)],
        input=event.encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if noted.exists():
        assert noted.read_text() == event.rstrip("\n")
    return noted.exists(), done.stdout.decode()


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_only_what_is_about_memory_passes(directory: Path, shell: list[str]) -> None:
    script = write(directory)
    for event in MEMORY:
        assert run(shell, script, "before", event) == (True, "answer\n"), event
    for event in OTHERS:
        assert run(shell, script, "before", event) == (False, ""), event
    assert run(shell, script, "always", '{"hook_event_name":"Stop"}') == (True, "answer\n")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_without_a_daemon_only_writes_pass(directory: Path, shell: list[str]) -> None:
    script = write(directory)
    (directory / "hook.sock").unlink()
    (directory / "roots").unlink()
    assert [run(shell, script, kind, MEMORY[0])[0] for kind in ("before", "read", "always", "after")] == [
        *(False, False, False),
        True,
    ]
    assert run(shell, script, "after", MEMORY[3])[0] is False  # not known by its path


def test_a_large_event_passes_whole(directory: Path) -> None:
    assert run(["sh"], write(directory), "after", f"{MEMORY[0]}{'ö %s ' * 300_000}")[0]


def test_without_python_or_forwarder_it_ends(directory: Path) -> None:
    script = write(directory)
    (directory / "python").unlink()
    assert run(["sh"], script, "after", MEMORY[0]) == (False, "")


def test_the_script_names_the_forwarder(directory: Path) -> None:
    script = write(directory)
    run(["sh"], script, "after", MEMORY[0])
    options = (directory / "arguments").read_text().split("\n")
    assert options[:2] == ["-I", "-S"]
    assert Path(options[2]).name == "forward.py"
    assert options[3:6] == [str(directory / "hook.sock"), str(directory / "waiting"), "after"]


def test_it_is_written_once(directory: Path) -> None:
    script = write(directory)
    before = script.stat()
    assert b"@" not in gate(directory, directory, directory).replace(b"$@", b"")
    write(directory)
    assert script.stat().st_ino == before.st_ino
    script.write_text("old")
    write(directory)
    assert script.stat().st_ino != before.st_ino


def test_a_directory_that_cannot_be_made_is_an_error(directory: Path) -> None:
    (directory / "state").write_text("a file")
    with pytest.raises(MemorydError, match="cannot write"):
        write(directory)
