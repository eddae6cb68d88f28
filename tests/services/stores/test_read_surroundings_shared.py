"""What lies around several stores is asked for once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.domain.stores.store import agent_store
from memoryd.services.checks.check import read
from memoryd.services.stores.read_surroundings import read_surroundings

_COMMANDS = frozenset({"check-ignore", "config", "log", "ls-files"})
pytestmark = needs_git


def test_git_is_asked_once_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roots = [tmp_path / "p/.claude/agent-memory" / name for name in ("a", "b", "c")]
    for root in roots:
        write_tree(root, {"MEMORY.md": "- [gone](gone.md)\n- [out](../../../build/x.md)\n- [[b]]\n"})
    write_tree(tmp_path / "p", {".gitignore": "build/\n"})
    subprocess.run(["git", "init", "-q", tmp_path / "p"], check=True)
    stores = [agent_store(str(root), user=False) for root in roots]
    snapshots = tuple(map(read, stores))
    alone = tuple(around for snapshot in snapshots for around in read_surroundings((snapshot,)))

    log = tmp_path / "log"
    script = f'#!/bin/sh\necho "$*" >> "{log}"\nexec "{shutil.which("git")}" "$@"\n'
    write_tree(tmp_path / "bin", {"git": script})
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    assert read_surroundings(snapshots) == alone
    of_ignored = ["check-ignore", "check-ignore"]  # by its patterns, then whether what they match is tracked
    of_user = ["config"]  # what the user ignores everywhere
    asked = [
        next(word for word in line.split() if word in _COMMANDS) for line in log.read_text().splitlines()
    ]
    assert sorted(asked) == [*of_ignored, *of_user, "log", "ls-files"]
