import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import long_index, needs_git, store_of, write_tree

from memoryd.adapters.git import worktree
from memoryd.adapters.history import History
from memoryd.adapters.stores import contents
from memoryd.domain.stores.profiles import OTHERS
from memoryd.services.compaction import plan_compaction


def run(*arguments: str, cwd: Path) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True)


def commit(cwd: Path, date: str) -> None:
    run("add", "-A", cwd=cwd)
    environment = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(
        ["git", *environment, "commit", "-qm", "x", "--date", date], cwd=cwd, check=True, capture_output=True
    )


@pytest.fixture
def sections() -> list[str]:
    title, *parts = long_index().split("\n## ")
    return [title, *("## " + part.rstrip("\n") + "\n" for part in parts)]


def moved(root: Path, history: History | None) -> str:
    plan = plan_compaction([store_of(root)], history).plan
    return "".join((change.after or b"").decode() for change in plan.changes if change.before is None)


@needs_git
def test_git_knows_which_section_is_oldest(tmp_path: Path, sections: list[str]) -> None:
    title, *parts = sections
    run("init", "-q", cwd=tmp_path)
    root = write_tree(tmp_path / "store", {"MEMORY.md": "\n".join([title, *parts[8:]])})
    commit(tmp_path, "2026-01-01T00:00:00Z")
    write_tree(root, {"MEMORY.md": "\n".join([title, *parts])})
    commit(tmp_path, "2026-06-01T00:00:00Z")
    times = worktree.line_times(str(root / "MEMORY.md"))
    assert times[b"- fact 9.1 about the plumbing"] < times[b"- fact 1.1 about the plumbing"]
    assert "fact 0.1 " not in moved(root, None), "it came last, though it stands first"
    assert "fact 9.1 " in moved(root, None)


@needs_git
def test_lines_that_are_not_committed_are_new(tmp_path: Path) -> None:
    run("init", "-q", cwd=tmp_path)
    root = write_tree(tmp_path / "store", {"MEMORY.md": "- old\n"})
    commit(tmp_path, "2026-01-01T00:00:00Z")
    write_tree(root, {"MEMORY.md": "- old\n- new\n"})
    assert worktree.line_times(str(root / "MEMORY.md")).keys() == {b"- old"}


def test_outside_git_there_are_no_times(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "store", {"MEMORY.md": "- a\n"})
    assert worktree.line_times(str(root / "MEMORY.md")) == {}


def test_history_knows_which_section_is_oldest(tmp_path: Path, sections: list[str]) -> None:
    title, *parts = sections
    root = write_tree(tmp_path / "store", {"MEMORY.md": "\n".join([title, *parts])})
    index = str(root / "MEMORY.md")
    with History(tmp_path / "history.db") as history:
        history.observe(str(root), [(index, "\n".join([title, *parts[8:]]).encode())])
        history.observe(str(root), [(index, (root / "MEMORY.md").read_bytes())])
        found = moved(root, history)
    assert "fact 0.1 " not in found
    assert "fact 9.1 " in found


def test_memory_of_another_harness_is_rewritten_only_where_it_is_allowed(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "memories", {"memory_summary.md": long_index()})
    (codex,) = (profile for profile in OTHERS if profile.name == "codex")
    store = store_of(root, replace(codex, max_units=500))
    assert contents.snapshot(store).index is not None
    refused = plan_compaction([store], None)
    assert refused.plan.fixes == ()
    (problem,) = refused.problems
    assert 'rewrite = ["codex"]' in problem
    allowed = plan_compaction([store], None, frozenset({"codex"}))
    assert allowed.plan.fixes
    assert allowed.problems == ()


def test_text_moves_to_no_file_that_the_harness_does_not_read(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "memories", {"MEMORY.md": long_index()})
    (hermes,) = (profile for profile in OTHERS if profile.name == "hermes")
    planned = plan_compaction([store_of(root, hermes)], None, frozenset({"hermes"}))
    assert planned.plan.fixes == ()
    assert "no topic files" in planned.problems[0]


def test_an_index_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "store", {"topic.md": "x\n"})
    (root / "MEMORY.md").symlink_to(root / "nowhere.md")
    assert "cannot be read" in plan_compaction([store_of(root)], None).problems[0]
