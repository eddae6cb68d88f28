import os
import subprocess
from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git.operation import is_staged, operation_around

pytestmark = needs_git
NAME = ".claude/agent-memory/a/MEMORY.md"


def git(cwd: Path, *arguments: str, fails: bool = False) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=cwd, capture_output=True, check=False)
    assert fails or not done.returncode, done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two branches that contradict each other."""
    top = tmp_path / "r"
    (top / NAME).parent.mkdir(parents=True)
    git(top, "init", "-q")
    write(top, "- one\n")
    (top / "code.py").write_text("x = 1\n")
    commit(top)
    git(top, "checkout", "-qb", "topic")
    write(top, "- topic\n")
    commit(top)
    write(top, "- topic\n- more\n")
    commit(top)
    git(top, "checkout", "-q", "main")
    write(top, "- main\n")
    commit(top)
    return top


def write(top: Path, text: str) -> None:
    (top / NAME).write_text(text)


def commit(top: Path) -> None:
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")


def test_in_a_clean_repository_nothing_is_under_way(repository: Path) -> None:
    assert operation_around(str(repository / NAME)) == ""
    assert not is_staged(str(repository / NAME))


def test_outside_of_git_nothing_is_under_way(tmp_path: Path) -> None:
    assert operation_around(str(tmp_path / "MEMORY.md")) == ""
    assert not is_staged(str(tmp_path / "MEMORY.md"))


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("merge", "topic"), "merge"),
        (("rebase", "topic"), "rebase"),
        (("rebase", "--apply", "topic"), "rebase"),
        (("cherry-pick", "topic~1", "topic"), "cherry-pick"),
        (("revert", "HEAD~1"), "revert"),
        (("bisect", "start"), "bisect"),
    ],
)
def test_each_operation_is_recognized_until_it_is_over(
    repository: Path, command: tuple[str, ...], word: str
) -> None:
    if word == "revert":
        write(repository, "- again\n")
        commit(repository)
    git(repository, *command, fails=True)
    assert word in operation_around(str(repository / NAME))
    git(repository, command[0], "reset" if word == "bisect" else "--abort")
    assert operation_around(str(repository / NAME)) == ""


def test_a_mailbox_that_does_not_apply_is_recognized(repository: Path, tmp_path: Path) -> None:
    git(repository, "format-patch", "-q", "-1", "topic", "-o", str(tmp_path))
    (patch,) = tmp_path.glob("*.patch")
    git(repository, "am", str(patch), fails=True)
    assert operation_around(str(repository / NAME)) == "git am is under way"


def test_unmerged_files_alone_are_recognized(repository: Path) -> None:
    git(repository, "merge", "topic", fails=True)
    (repository / ".git/MERGE_HEAD").unlink()
    assert operation_around(str(repository / NAME)) == "git has unmerged files"


def test_operations_of_a_linked_worktree_are_its_own(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(repository, "worktree", "add", "-q", str(other), "topic")
    git(other, "merge", "main", fails=True)
    assert "merge" in operation_around(str(other / NAME))
    assert operation_around(str(repository / NAME)) == ""


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_what_is_staged_is_known_until_it_is_committed(repository: Path, version: str) -> None:
    git(repository, "update-index", "--index-version", version)
    write(repository, "- new\n")
    assert not is_staged(str(repository / NAME)), "a change of the working tree alone is not staged"
    git(repository, "add", "-A")
    assert is_staged(str(repository / NAME))
    git(repository, "commit", "-qm", "x")
    assert not is_staged(str(repository / NAME))


def test_what_is_staged_elsewhere_does_not_count(repository: Path) -> None:
    (repository / "code.py").write_text("x = 2\n")
    git(repository, "add", "code.py")
    assert not is_staged(str(repository / NAME))


def test_a_new_file_is_staged_and_an_untracked_one_is_not(repository: Path) -> None:
    other = repository / ".claude/agent-memory/b/MEMORY.md"
    other.parent.mkdir()
    other.write_text("- b\n")
    assert not is_staged(str(other))
    git(repository, "add", "-A")
    assert is_staged(str(other))


def test_what_was_taken_out_of_the_index_counts_as_staged_until_the_next_commit_at_the_latest(
    repository: Path,
) -> None:
    write(repository, "- new\n")
    git(repository, "add", "-A")
    git(repository, "reset", "-q")
    commit(repository)
    assert not is_staged(str(repository / NAME))


def test_an_index_that_is_no_index_says_nothing(repository: Path) -> None:
    for content in (
        b"",
        b"DIRC",
        b"DIRC\0\0\0\2\0\0\xff\xff",
        os.urandom(200),
        b"DIRC\0\0\0\2\0\0\0\0TREE\0\0\xff\xffx",
    ):
        (repository / ".git/index").write_bytes(content)
        assert operation_around(str(repository / NAME)) == ""
        assert not is_staged(str(repository / NAME))
