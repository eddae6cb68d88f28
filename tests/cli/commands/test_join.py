"""Several stores become one."""

import shutil
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import write_tree

STORE = ".claude/agent-memory/reviewer"
WORKTREE = f".claude/worktrees/agent-1/{STORE}"
OLD = "# Memory\n\n- the build needs cache 7\n- ask Ann about billing\n"


@pytest.fixture
def stores(tmp_path: Path) -> tuple[Path, Path]:
    """A store, and one that began as its copy in the worktree of an agent."""
    (tmp_path / ".git").mkdir()
    own = project_store(tmp_path, "reviewer", {"MEMORY.md": OLD})
    memoryd("log", cwd=tmp_path)
    worktree = write_tree(
        tmp_path / WORKTREE, {"MEMORY.md": f"{OLD}- new in the worktree\n", "late.md": "# Late\n"}
    )
    (own / "MEMORY.md").write_text(OLD.replace("- ask Ann about billing\n", "") + "- new here\n")
    return own, worktree


def test_a_worktree_is_taken_in_and_stays_as_it_is(stores: tuple[Path, Path], tmp_path: Path) -> None:
    own, worktree = stores
    before = (worktree / "MEMORY.md").read_bytes()
    shown = memoryd("join", WORKTREE, cwd=tmp_path)
    assert (shown.code, "+- new in the worktree" in shown.out) == (0, True)
    assert not (own / "late.md").exists()
    old = (own / "MEMORY.md").read_bytes()
    done = memoryd("join", WORKTREE, "--apply", cwd=tmp_path)
    assert done.code == 0, done.err
    lines = (own / "MEMORY.md").read_text().splitlines()
    assert {"- new here", "- new in the worktree"} <= set(lines)
    assert (own / "late.md").read_text() == "# Late\n"
    assert (worktree / "MEMORY.md").read_bytes() == before
    assert memoryd("join", WORKTREE, "--apply", cwd=tmp_path).code == 0
    assert (own / "MEMORY.md").read_text().splitlines() == lines
    assert memoryd("undo", cwd=tmp_path).code == 0
    assert ((own / "MEMORY.md").read_bytes(), (own / "late.md").exists()) == (old, False)


def test_what_was_removed_here_since_does_not_come_back(stores: tuple[Path, Path], tmp_path: Path) -> None:
    own, worktree = stores
    new = (worktree / "MEMORY.md").read_text()
    (worktree / "MEMORY.md").write_text(OLD)
    memoryd("log", str(worktree), cwd=tmp_path)
    (worktree / "MEMORY.md").write_text(new)
    memoryd("join", WORKTREE, "--apply", cwd=tmp_path)
    text = (own / "MEMORY.md").read_text()
    assert ("new in the worktree" in text, "ask Ann" in text) == (True, False)


def test_a_worktree_that_vanished_can_be_restored_and_taken_in(
    stores: tuple[Path, Path], tmp_path: Path
) -> None:
    own, worktree = stores
    memoryd("log", "--all", cwd=tmp_path)
    shutil.rmtree(tmp_path / ".claude/worktrees/agent-1")
    assert "new in the worktree" in memoryd("log", WORKTREE, "--patch", cwd=tmp_path).out
    done = memoryd("join", WORKTREE, "--apply", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "- new in the worktree" in (own / "MEMORY.md").read_text()
    assert not worktree.exists()
    done = memoryd("restore", str(worktree / "late.md"), cwd=tmp_path)
    assert (done.code, (worktree / "late.md").exists()) == (0, True)
    assert "lost" not in memoryd("status", "--all", cwd=tmp_path).out


def test_split_stores_become_one(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    own = project_store(tmp_path, "reviewer", {"MEMORY.md": "- one\n- both\n"})
    inner = project_store(tmp_path / "sub", "reviewer", {"MEMORY.md": "- both\n- two\n", "x.md": "# X\n"})
    done = memoryd("join", str(inner), "--into", str(own), "--apply", cwd=tmp_path)
    assert done.code == 0, done.err
    assert sorted((own / "MEMORY.md").read_text().split("\n")) == ["", "- both", "- one", "- two"]
    assert not inner.exists()
    assert memoryd("undo", "--all", cwd=tmp_path).code == 0
    assert (inner / "MEMORY.md").read_text() == "- both\n- two\n"
    assert (own / "MEMORY.md").read_text() == "- one\n- both\n"


def test_what_cannot_be_joined(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    own = project_store(tmp_path, "reviewer", {"MEMORY.md": "- one\n"})
    other = project_store(tmp_path / "sub", "reviewer", {"MEMORY.md": "- two\n"})
    (other / "MEMORY.md").write_bytes(b"- \xff\n")
    for words in (
        (str(other), "--into", str(own)),
        (str(own),),
        (str(own), "--into", str(own)),
        ("nowhere", "--into", "x"),
    ):
        done = memoryd("join", *words, "--apply", cwd=tmp_path)
        assert (done.code, done.err.count("error:")) == (2, 1), words
    assert (own / "MEMORY.md").read_text() == "- one\n"
