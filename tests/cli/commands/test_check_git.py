"""What is said where git cannot say everything."""

import os
import subprocess
from pathlib import Path

import pytest
from cli.program import memoryd
from support import is_root, needs_git, write_tree

pytestmark = needs_git


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose memory names a file that was deleted in its second commit."""
    top = write_tree(
        tmp_path / "r",
        {".claude/agent-memory/a/MEMORY.md": "- see `src/z.py` and `src/y.py`\n", "src/z.py": "x\n"},
    )
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "one")
    git(top, "rm", "-q", "src/z.py")
    git(top, "commit", "-qm", "two")
    return top


def git(top: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    subprocess.run(command, cwd=top, check=True, capture_output=True)


def test_where_git_says_everything_there_is_no_warning(project: Path) -> None:
    done = memoryd("check", "--select", "P005", "--format", "concise", cwd=project)
    assert "P005" in done.out
    assert "warning: " not in done.err


def test_a_shallow_clone_is_said(project: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{project}", "shallow")
    done = memoryd("check", "--format", "concise", cwd=tmp_path / "shallow")
    assert f"warning: {tmp_path}/shallow is a shallow clone" in done.err
    assert "git fetch --unshallow" in done.err
    assert "is a shallow clone" in memoryd("prune", cwd=tmp_path / "shallow").err
    assert "is a shallow clone" in memoryd("doctor", cwd=tmp_path / "shallow").out


def test_without_git_it_is_said(project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "warning: git is not installed" in memoryd("check", cwd=project, PATH=str(tmp_path / "empty")).err
    done = memoryd("check", "--tracked", cwd=project, PATH=str(tmp_path / "empty"))
    assert (done.code, done.err.partition("\n")[0]) == (2, "error: git is not installed")


@pytest.mark.skipif(not is_root(), reason="giving a file away needs root")
def test_another_owner_is_said(project: Path) -> None:
    for path in (project, project / ".git"):
        os.chown(path, 1234, 1234)
    done = memoryd("check", "--tracked", cwd=project)
    assert done.code == 2
    assert "belongs to another user" in done.err
    assert "safe.directory" in done.err
    assert "safe.directory" in memoryd("check", cwd=project).err
    assert "safe.directory" in memoryd("doctor", cwd=project).out
