"""Commits of a store become versions of its history."""

import os
import subprocess
from pathlib import Path

import pytest
from support import needs_git, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.domain.history.past import read_past
from memoryd.errors import MemorydError
from memoryd.services.history.import_git import import_commits

pytestmark = needs_git
STORE = ".claude/agent-memory/rev"


def git(top: Path, *arguments: str, day: int = 1, author: str = "Ann") -> None:
    stamp = f"2025-01-{day:02}T12:00:00Z"
    who = {"GIT_AUTHOR_NAME": author, "GIT_COMMITTER_NAME": "x"}
    who |= {"GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_EMAIL": "a@example.org"}
    dates = {"GIT_AUTHOR_DATE": "2024-01-01T12:00:00Z", "GIT_COMMITTER_DATE": stamp}
    subprocess.run(
        ["git", *arguments], cwd=top, env=os.environ | who | dates, check=True, capture_output=True
    )


def commit(top: Path, day: int, author: str = "Ann", **files: str | bytes | None) -> None:
    for name, content in files.items():
        path = top / STORE / f"{name}.md"
        if content is None:
            path.unlink()
        else:
            write_tree(top / STORE, {path.name: content})
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x", day=day, author=author)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = tmp_path / "repository"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    commit(top, 1, MEMORY="- a\n")
    commit(top, 2, "Bob\x1b[31m", MEMORY="- a\n- b\n", topic=b"\xff\r\n")
    commit(top, 3, MEMORY="- b\n", topic=None)
    return top


def found(history: History, root: str) -> list[tuple[str, bytes | None, str]]:
    return [
        (each.path.removeprefix(f"{root}/"), history.content(each.digest), each.author)
        for each in history.record(root)
    ]


EXPECTED = [
    ("MEMORY.md", b"- a\n", "Ann"),
    ("MEMORY.md", b"- a\n- b\n", "Bob\x1b[31m"),
    ("topic.md", b"\xff\r\n", "Bob\x1b[31m"),
    ("MEMORY.md", b"- b\n", "Ann"),
    ("topic.md", None, "Ann"),
]


def test_commits_come_before_what_was_recorded(top: Path, tmp_path: Path) -> None:
    store = store_of(top / STORE)
    with History(tmp_path / "history.db") as history:
        history.observe(store.root, [(f"{store.root}/MEMORY.md", b"- now\n")])
        assert import_commits(store, history) == 5
        assert found(history, store.root) == [*EXPECTED, ("MEMORY.md", b"- now\n", "")]
        assert import_commits(store, history) == 0
        times = [each.time for each in history.record(store.root)]
        assert times == sorted(times)
        born = read_past(history.versions(f"{store.root}/MEMORY.md")).born
        assert born[b"- a"] < born[b"- b"] < born[b"- now"]
        assert history.verify() == ()


def test_other_files_links_and_what_merges_brought_are_told_apart(top: Path, tmp_path: Path) -> None:
    git(top, "checkout", "-qb", "side", day=4)
    commit(top, 4, side="- side\n")
    git(top, "checkout", "-q", "main", day=4)
    (top / STORE / "link.md").symlink_to("MEMORY.md")
    write_tree(top, {f"{STORE}/notes.txt": "x", "elsewhere.md": "x"})
    commit(top, 5, MEMORY="- c\n")
    git(top, "merge", "-q", "--no-ff", "-m", "x", "side", day=6)
    store = store_of(top / STORE)
    with History(tmp_path / "history.db") as history:
        assert import_commits(store, history) == 7
        assert found(history, store.root)[5:] == [
            ("MEMORY.md", b"- c\n", "Ann"),
            ("side.md", b"- side\n", "Ann"),
        ]


def test_outside_of_a_repository_it_is_a_clear_error(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path / "store", {"MEMORY.md": "- a\n"}))
    with History(tmp_path / "history.db") as history, pytest.raises(MemorydError, match="no git repository"):
        import_commits(store, history)


def test_a_damaged_repository_is_a_clear_error(top: Path, tmp_path: Path) -> None:
    for path in (top / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"")
    store = store_of(top / STORE)
    with History(tmp_path / "history.db") as history:
        with pytest.raises(MemorydError, match="git"):
            import_commits(store, history)
        assert history.record(store.root) == ()
