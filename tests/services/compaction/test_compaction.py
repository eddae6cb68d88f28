import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support import long_index, needs_git, store_of, write_tree

from memoryd.adapters.git import worktree
from memoryd.adapters.history import History
from memoryd.adapters.stores import contents
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.selection import Choice
from memoryd.domain.edits.plan import Plan
from memoryd.domain.stores.profiles import OTHERS
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.fix import plan_fixes
from memoryd.services.checks.judge import Terms
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


def committed_in_two_steps(repository: Path, sections: list[str]) -> Path:
    """Commit an index file, and months later its first sections; return its store."""
    title, *parts = sections
    run("init", "-q", cwd=repository)
    root = write_tree(repository / "store", {"MEMORY.md": "\n".join([title, *parts[8:]])})
    commit(repository, "2026-01-01T00:00:00Z")
    write_tree(root, {"MEMORY.md": "\n".join([title, *parts])})
    commit(repository, "2026-06-01T00:00:00Z")
    return root


def moved(root: Path, history: History | None) -> str:
    plan = plan_compaction([store_of(root)], history).plan
    return "".join((change.after or b"").decode() for change in plan.changes if change.before is None)


@needs_git
def test_git_knows_which_section_is_oldest(tmp_path: Path, sections: list[str]) -> None:
    root = committed_in_two_steps(tmp_path, sections)
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


def fixed(root: Path, history: History | None) -> Plan:
    """What `check --fix --select S001` plans."""
    store = store_of(root)
    terms = Terms(
        ALL_RULES, Choice("", "/"), Choice("--", "/", ("S001",)), history=lambda: history, plans=True
    )
    examination = Examination(FoundStores((store,)), terms)
    return plan_fixes(examination.report, [store], cause="check", unsafe=False).plan


def contents_of(plan: Plan) -> dict[str, bytes | None]:
    return {change.path: change.after for change in plan.changes}


@pytest.mark.parametrize("newest_first", [True, False])
def test_check_fix_plans_what_compact_plans_with_a_history(
    tmp_path: Path, sections: list[str], *, newest_first: bool
) -> None:
    title, *parts = sections
    root = write_tree(tmp_path / "store", {"MEMORY.md": "\n".join([title, *parts])})
    index = str(root / "MEMORY.md")
    early = parts[8:] if newest_first else parts[:7]
    with History(tmp_path / "history.db") as history:
        history.observe(str(root), [(index, "\n".join([title, *early]).encode())])
        history.observe(str(root), [(index, (root / "MEMORY.md").read_bytes())])
        planned = plan_compaction([store_of(root)], history).plan
        assert contents_of(fixed(root, history)) == contents_of(planned)
    if newest_first:
        assert contents_of(fixed(root, None)) != contents_of(planned), "the history decides here"


@needs_git
def test_check_fix_plans_what_compact_plans_from_git(tmp_path: Path, sections: list[str]) -> None:
    root = committed_in_two_steps(tmp_path, sections)
    planned = contents_of(plan_compaction([store_of(root)], None).plan)
    assert (
        contents_of(fixed(root, None))
        == planned
        != contents_of(plan_compaction([store_of(root)], None, git=False).plan)
    )


def test_a_damaged_history_hides_no_finding_and_no_fix(tmp_path: Path, sections: list[str]) -> None:
    root = write_tree(tmp_path / "store", {"MEMORY.md": "\n".join(sections)})
    with History(tmp_path / "history.db") as history:
        history.observe(str(root), [(str(root / "MEMORY.md"), b"- an earlier one\n")])
        with closing(sqlite3.connect(history.path)) as database:
            database.execute("UPDATE stored SET data = x'00'")
            database.commit()
        assert contents_of(fixed(root, history)) == contents_of(fixed(root, None)) != {}


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
