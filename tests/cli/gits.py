"""Git repositories whose memory memoryd merges."""

import os
import subprocess
import sys
from pathlib import Path

STORE = ".claude/agent-memory/reviewer"
INDEX = f"{STORE}/MEMORY.md"
BASE = "# Memory\n\n- one of the first notes\n- one of the last notes\n"


def git(top: Path, *arguments: str, fails: bool = False) -> str:
    """Run git as a person does, with this memoryd on PATH."""
    programs = top.parent / "programs"
    if not programs.exists():
        programs.mkdir()
        program = programs / "memoryd"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m memoryd "$@"\n')
        program.chmod(0o755)
    root = Path(__file__).parents[2]
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(root)}
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=top, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def write(top: Path, text: str | bytes, message: str = "") -> None:
    """Write the index file of the only store, and commit it if there is a message."""
    path = top / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if message:
        git(top, "add", "-A")
        git(top, "commit", "-q", "--allow-empty", "-m", message)


def diverged(top: Path, ours: str | bytes, *theirs: str | bytes) -> Path:
    """Make a repository on its branch `main`, and branches `b0`, `b1`, … beside it."""
    top.mkdir()
    git(top, "init", "-q")
    write(top, BASE, "base")
    for number, text in enumerate(theirs):
        git(top, "checkout", "-qb", f"b{number}", "main")
        write(top, text, f"theirs {number}")
    git(top, "checkout", "-q", "main")
    write(top, ours, "ours")
    return top
