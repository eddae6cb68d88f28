"""What the doctor says of the repositories around stores."""

import os
import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.locations import locate
from memoryd.domain.doctor import State
from memoryd.domain.stores.store import agent_store
from memoryd.services.doctor.case import Case
from memoryd.services.doctor.repositories import of_repositories

pytestmark = needs_git


def made(tmp_path: Path, count: int) -> Case:
    for number in range(count):
        top = write_tree(tmp_path / f"r{number}", {".claude/agent-memory/a/MEMORY.md": "- x\n"})
        subprocess.run(["git", "init", "-q", top], check=True)
    roots = (str(tmp_path / f"r{number}/.claude/agent-memory/a") for number in range(count))
    found = FoundStores(tuple(agent_store(root, user=False) for root in roots))
    return Case(locate(os.environ), Config(), found)


def test_repositories_that_can_be_asked_are_counted(tmp_path: Path) -> None:
    (only,) = of_repositories(made(tmp_path, 2))
    assert (only.state, only.message) == (State.OK, "git can be asked about 2 repositories")


def test_those_that_cannot_be_asked_are_named(tmp_path: Path) -> None:
    case = made(tmp_path, 8)
    for number in range(1, 8):
        (tmp_path / f"r{number}/.git/HEAD").write_text("nonsense")
    found = list(of_repositories(case))
    assert [each.state for each in found] == [State.WARNING] * 6
    assert found[0].message == f"{tmp_path}/r1/.git is not a git repository"
    assert found[-1].message == "2 more like these"


def test_without_git_or_repository_there_is_nothing_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(of_repositories(made(tmp_path, 0))) == []
    case = made(tmp_path, 1)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(of_repositories(case)) == []  # that git is missing is another precondition
