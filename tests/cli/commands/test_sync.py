"""`sync`, as a person calls it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from cli.program import COMMAND, ROOT, memoryd
from support import needs_git, write_tree

pytestmark = needs_git
STORE = ".claude/agent-memory/reviewer"


@pytest.fixture
def index(home: Path) -> Path:
    return write_tree(home / STORE, {"MEMORY.md": "- a note of mine\n"}) / "MEMORY.md"


@pytest.mark.usefixtures("index")
def test_what_is_exchanged_is_shown(tmp_path: Path) -> None:
    done = memoryd("sync", "init", str(tmp_path / "r"), "--machine", "laptop", cwd=tmp_path)
    assert (done.code, done.out) == (0, "sent 1 file, received 0 files\n")
    shown = memoryd("sync", "status", cwd=tmp_path).out
    assert shown.startswith(f"laptop exchanges with {tmp_path}/r; last: ")
    assert "user/claude/agent-memory/reviewer" in shown
    log = subprocess.run(["git", "-C", tmp_path / "r", "log", "main"], capture_output=True, check=True).stdout
    assert b"Author: laptop <memoryd@localhost>" in log
    assert b"laptop: 1 file of user/claude/agent-memory/reviewer" in log


@pytest.mark.usefixtures("index")
def test_a_bad_address(tmp_path: Path) -> None:
    assert memoryd("sync", "init", "--", "--upload-pack=x", cwd=tmp_path).code == 2
    done = memoryd("sync", "init", str(tmp_path / "file"), cwd=tmp_path)
    assert done.code == 0
    (tmp_path / "plain").write_text("")
    done = memoryd("sync", "init", str(tmp_path / "plain"), cwd=tmp_path)
    assert (done.code, "offline: cannot fetch from" in done.err) == (1, True)


def test_a_project_gets_a_name(tmp_path: Path) -> None:
    memoryd("sync", "init", str(tmp_path / "r"), cwd=tmp_path)
    assert memoryd("sync", "name", ".", "shop", cwd=tmp_path).out == ". is shop on every machine\n"
    assert memoryd("sync", "name", ".", "..", cwd=tmp_path).code == 2


def test_watching_sends_what_changed_and_ends_when_told(tmp_path: Path, index: Path) -> None:
    memoryd("sync", "init", str(tmp_path / "r"), cwd=tmp_path)
    index.write_text("- a note of mine\n- another note of mine\n")
    with subprocess.Popen(
        [*COMMAND, "sync", "--watch"], cwd=tmp_path, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"sent 1 file, received 0 files\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
