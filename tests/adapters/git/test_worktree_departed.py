import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.git.worktree import committed, departed
from memoryd.domain.git.evidence import Commit, DepartedPath

pytestmark = needs_git


def git(top: Path, *arguments: str, day: str = "2026-02-03") -> str:
    dates = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    done = subprocess.run(command, cwd=top, env={**os.environ, **dates}, capture_output=True, check=True)
    return done.stdout.decode().strip()


def commit(top: Path, day: str) -> Commit:
    git(top, "add", "-A")
    git(top, "commit", "-q", "--allow-empty", "-m", "x", day=day)
    return Commit(git(top, "rev-parse", "--short", "HEAD"), date.fromisoformat(day))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def test_what_went_is_known_with_its_commit_and_where_it_went(top: Path) -> None:
    write_tree(
        top, {"src/ä “x”.py": "a\nb\n", "src/old name.py": "c\nd\n", "lib/x.py": "e\n", "kept.py": "f\n"}
    )
    commit(top, "2026-01-01")
    (top / "src/old name.py").rename(top / "src/new.py")
    renamed = commit(top, "2026-01-02")
    (top / "src/ä “x”.py").unlink()
    (top / "lib/x.py").unlink()
    deleted = commit(top, "2026-01-03")
    assert departed(str(top)) == {
        "src/old name.py": DepartedPath(renamed, "src/new.py"),
        "src/ä “x”.py": DepartedPath(deleted),
        "lib/x.py": DepartedPath(deleted),
        "lib/": DepartedPath(deleted),
    }


def test_renames_are_followed_to_the_end(top: Path) -> None:
    write_tree(top, {"a.py": "a\nb\n", "x.py": "c\nd\n"})
    commit(top, "2026-01-01")
    for number, (old, new) in enumerate((("a.py", "b.py"), ("b.py", "c.py"), ("x.py", "y.py"))):
        (top / old).rename(top / new)
        last = commit(top, f"2026-01-0{number + 2}")
    (top / "y.py").unlink()
    gone = commit(top, "2026-01-09")
    found = departed(str(top))
    assert found["a.py"].renamed == found["b.py"].renamed == "c.py"
    assert found["x.py"] == found["y.py"] == DepartedPath(gone)
    assert last != gone


def test_what_came_back_is_not_gone_nor_what_was_never_committed(top: Path) -> None:
    write_tree(top, {"a.py": "a\n", "b.py": "b\n"})
    commit(top, "2026-01-01")
    (top / "a.py").unlink()
    commit(top, "2026-01-02")
    write_tree(top, {"a.py": "new\n", "c.py": "c\n"})
    commit(top, "2026-01-03")
    (top / "b.py").unlink()  # not committed
    assert departed(str(top)) == {}


def test_nobody_is_asked_where_there_are_too_many_commits_or_none(top: Path, tmp_path: Path) -> None:
    assert departed(str(top)) == {}
    write_tree(top, {"a.py": "a\n"})
    commit(top, "2026-01-01")
    (top / "a.py").unlink()
    commit(top, "2026-01-02")
    assert departed(str(top), commits=2).keys() == {"a.py"}
    assert departed(str(top), commits=1) == {}
    assert departed(str(tmp_path / "nowhere")) == {}


def test_a_new_commit_is_seen(top: Path) -> None:
    write_tree(top, {"a.py": "a\n", "b.py": "b\n"})
    commit(top, "2026-01-01")
    assert departed(str(top)) == {}
    (top / "a.py").unlink()
    commit(top, "2026-01-02")
    assert departed(str(top)).keys() == {"a.py"}


def test_the_last_commit_of_each_file_is_known(top: Path) -> None:
    store = write_tree(top / "sub/store", {"a ä.md": "a\n", "b.md": "b\n", "new.md": "n\n"})
    (store / "new.md").rename(top / "new.md")
    write_tree(top, {"other.md": "o\n"})
    first = commit(top, "2026-01-01")
    (store / "b.md").write_text("changed\n")
    second = commit(top, "2026-01-05")
    (top / "new.md").rename(store / "new.md")
    os.utime(store / "a ä.md")
    assert committed(str(store)) == {str(store / "a ä.md"): first, str(store / "b.md"): second}


def test_outside_git_no_commit_is_known(tmp_path: Path) -> None:
    assert committed(str(tmp_path)) == {}
