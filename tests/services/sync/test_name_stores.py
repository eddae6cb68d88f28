"""Stores by names that are the same on every machine."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git

from memoryd.config.locations import locate
from memoryd.services.sync.name_stores import place_of, project_identity

pytestmark = needs_git


def git(top: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(top), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "p").mkdir()
    git(tmp_path / "p", "init", "-q")
    return tmp_path / "p"


def test_a_project_is_its_remote_address_else_its_first_commit_else_a_name(top: Path, tmp_path: Path) -> None:
    assert project_identity(str(top), {}) == ""
    assert project_identity(str(top), {str(top): "shop"}) == "named/shop"
    git(top, "commit", "-q", "--allow-empty", "-m", "x")
    first = project_identity(str(top), {})
    assert first.startswith("commit/")
    git(top, "clone", "-q", ".", str(tmp_path / "elsewhere"))
    git(tmp_path / "elsewhere", "commit", "-q", "--allow-empty", "-m", "y")
    assert project_identity(str(tmp_path / "elsewhere"), {}) == first
    (top / "part").mkdir()
    assert project_identity(str(top / "part"), {}) == f"{first}/part"
    git(top, "remote", "add", "origin", "https://example.com/me/shop.git")
    assert project_identity(str(top), {}) == "example.com/me/shop"


@pytest.mark.parametrize("directory", ["", "relative", "/missing"])
def test_what_is_no_directory_has_no_identity(directory: str) -> None:
    assert project_identity(directory, {}) == ""


def test_a_name_from_the_repository_makes_directories_of_memory_only(home: Path) -> None:
    locations = locate({})
    assert place_of("user/claude/agent-memory/x", locations, {}) == f"{home}/.claude/agent-memory/x"
    assert place_of("projects/a", locations, {"projects/a": "/p"}) == "/p"
    for key in (
        "user/claude/commands",
        "user/claude/agents/x",
        "user/home/.ssh",
        "user/home/.config/x",
        "user",
    ):
        assert place_of(key, locations, {}) is None
    for key in ("user/claude/agent-memory", "user/claude/agent-memory/x/y", "user/x/y", "projects/b"):
        assert place_of(key, locations, {}) is None
