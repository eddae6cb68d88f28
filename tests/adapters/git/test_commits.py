"""Which commits hold a text."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.git.commits import holding
from memoryd.domain.forgetting.needle import Needle

pytestmark = needs_git
NEEDLE = Needle("sk-live-4242SECRET")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def git(top: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, cwd=top, check=True, capture_output=True, text=True).stdout.strip()


def commit(top: Path, name: str, text: str) -> str:
    write_tree(top, {name: text})
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")
    return git(top, "rev-parse", "HEAD")


def test_commits_that_brought_it_are_named_whatever_came_after(top: Path) -> None:
    first = commit(top, "m/a b.md", "- a\n- SK-LIVE-4242SECRET\n")
    commit(top, "m/a b.md", "- a\n")
    commit(top, "other.md", "sk-live-4242SECRET")
    found = holding(str(top), [str(top / "m")], NEEDLE.is_in_bytes)
    assert found.complete
    assert found.places == ((first, "m/a b.md"),)


def test_other_branches_stashes_and_dropped_commits_count(top: Path) -> None:
    base = commit(top, "m/a.md", "- a\n")
    git(top, "checkout", "-qb", "other")
    branch = commit(top, "m/b.md", "sk-live-4242SECRET")
    git(top, "checkout", "-q", "-")
    dropped = commit(top, "m/c.md", "sk-live-4242SECRET")
    git(top, "reset", "-q", "--hard", base)
    write_tree(top, {"m/a.md": "- sk-live-4242SECRET\n"})
    git(top, "stash", "-q")
    found = holding(str(top), [str(top / "m")], NEEDLE.is_in_bytes).places
    assert {(branch, "m/b.md"), (dropped, "m/c.md")} < set(found)
    assert "m/a.md" in {name for _, name in found}


def test_names_count_too(top: Path) -> None:
    first = commit(top, "m/sk-live-4242SECRET.md", "- a\n")
    found = holding(str(top), [str(top)], NEEDLE.is_in_bytes)
    assert found.places == ((first, "m/sk-live-4242SECRET.md"),)


def test_a_directory_that_is_no_repository_cannot_be_asked(tmp_path: Path) -> None:
    assert not holding(str(tmp_path), [str(tmp_path)], NEEDLE.is_in_bytes).complete
