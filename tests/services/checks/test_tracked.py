"""Checks of tracked files only."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.selection import Choice
from memoryd.domain.stores.store import agent_store
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms
from memoryd.services.checks.tracked import tracked_in

pytestmark = needs_git

TEXT = "Ship on Mondays.\n"
COPIES = {"MEMORY.md": TEXT, "a.md": TEXT, "a (1).md": TEXT, "deep/b.md": TEXT, "deep/b (1).md": TEXT}


def test_only_tracked_copies_are_found(tmp_path: Path) -> None:
    store = agent_store(str(tmp_path / ".claude/agent-memory/reviewer"), user=False)
    root = write_tree(Path(store.root), COPIES)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in COPIES.keys() - {"a (1).md"}:
        subprocess.run(["git", "-C", tmp_path, "add", root / name], check=True)
    rules = tuple(rule for rule in ALL_RULES if rule.code == "F011")
    nothing = Choice("", "/")
    examination = Examination(FoundStores((store,)), Terms(rules, nothing, nothing, tracked=True))
    found = examination.report().diagnostics
    assert [each.path.rpartition("/")[2] for each in found] == ["b (1).md"]


def test_outside_of_git_nothing_is_tracked(tmp_path: Path) -> None:
    store = agent_store(str(tmp_path / ".claude/agent-memory/reviewer"), user=False)
    with pytest.raises(MemorydError, match="not in a git repository"):
        tracked_in(FoundStores((store,)))
