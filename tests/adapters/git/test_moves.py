"""Which files git wrote, by real git."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git.moves import move_that_wrote, moves_of_head

pytestmark = needs_git
NAME = "memory/MEMORY.md"


def git(cwd: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, capture_output=True, check=True)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with two branches, whose files are an hour old."""
    (tmp_path / NAME).parent.mkdir()
    git(tmp_path, "init", "-q")
    (tmp_path / NAME).write_text("- one\n")
    (tmp_path / "memory/topic.md").write_text("# Topic\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "checkout", "-qb", "other")
    (tmp_path / NAME).write_text("- two\n")
    (tmp_path / "memory/topic.md").unlink()
    git(tmp_path, "commit", "-qam", "two")
    hour = time.time() - 3600
    log = tmp_path / ".git/logs/HEAD"
    log.write_text(log.read_text().replace(f"> {int(time.time()) // 100}", f"> {int(hour) // 100}"))
    os.utime(tmp_path / NAME, (hour, hour))
    return tmp_path


def is_by_git(top: Path, name: str = NAME) -> bool:
    return move_that_wrote(str(top / name), moves_of_head(str(top / "memory"))) is not None


def test_a_checkout_writes_files(top: Path) -> None:
    git(top, "checkout", "-q", "main")
    assert is_by_git(top)
    assert is_by_git(top, "memory/topic.md")
    git(top, "checkout", "-q", "other")
    assert is_by_git(top, "memory/topic.md")  # deleted


@pytest.mark.parametrize(
    "command", [("merge", "-q", "main"), ("reset", "-q", "--hard", "HEAD~1"), ("rebase", "-q", "main")]
)
def test_so_do_other_commands_that_move_head(top: Path, command: tuple[str, ...]) -> None:
    git(top, "checkout", "-q", "main")
    (top / "memory/new.md").write_text("# New\n")
    git(top, "add", ".")
    git(top, "commit", "-qm", "three")
    git(top, "checkout", "-q", "other")
    os.utime(top / NAME, (0, 0))
    git(top, *command)
    assert is_by_git(top, "memory/new.md" if command[0] != "reset" else NAME)


def test_the_reflog_says_what_git_did(top: Path) -> None:
    git(top, "checkout", "-q", "main")
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=top, capture_output=True, check=True
    ).stdout.decode()
    move = move_that_wrote(str(top / NAME), moves_of_head(str(top)))
    assert move is not None
    assert move.words == f"checkout: moving from other to main, at {head[:10]}"
    log = top / ".git/logs/HEAD"
    log.write_bytes(log.read_bytes().replace(b"moving from other", b"\xff\x1b[31m" + b"x" * 500))
    move = move_that_wrote(str(top / NAME), moves_of_head(str(top)))
    assert move is not None
    assert len(move.words) < 200


def test_a_commit_writes_none(top: Path) -> None:
    (top / NAME).write_text("- three\n")
    git(top, "commit", "-qam", "three")
    git(top, "branch", "third")
    git(top, "checkout", "-qb", "fourth")
    assert not is_by_git(top)


def test_a_program_that_writes_later_is_not_git(top: Path) -> None:
    git(top, "checkout", "-q", "main")
    later = time.time() + 60
    os.utime(top / NAME, (later, later))
    assert not is_by_git(top)


def test_without_a_reflog_the_time_of_head_counts(top: Path) -> None:
    git(top, "config", "core.logAllRefUpdates", "false")
    (top / ".git/logs/HEAD").unlink()
    git(top, "checkout", "-q", "main")
    assert is_by_git(top)


def test_a_reflog_that_is_no_file_is_not_read(top: Path) -> None:
    (top / ".git/logs/HEAD").unlink()
    os.mkfifo(top / ".git/logs/HEAD")
    hour = time.time() - 3600
    os.utime(top / ".git/HEAD", (hour, hour))
    (found,) = moves_of_head(str(top))
    assert found.time == pytest.approx(hour)


def test_outside_of_a_repository_git_writes_nothing(tmp_path: Path) -> None:
    assert moves_of_head(str(tmp_path / "none/memory")) == ()
    assert not move_that_wrote(str(tmp_path), ())
