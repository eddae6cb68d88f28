"""Values in the configuration of a repository."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git.configuration import set_values, unset_section
from memoryd.adapters.git.repository import GitError

pytestmark = needs_git


@pytest.fixture
def top(tmp_path: Path) -> str:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return str(tmp_path)


def test_values_are_set_once_and_removed(top: str) -> None:
    before = Path(top, ".git/config").read_bytes()
    for _ in range(2):
        set_values(top, {"merge.x.name": "a b", "merge.x.driver": "d %O"})
    assert Path(top, ".git/config").read_text().count("d %O") == 1
    for _ in range(2):
        unset_section(top, "merge.x")
    assert Path(top, ".git/config").read_bytes() == before


def test_a_link_is_not_written(top: str, tmp_path: Path) -> None:
    (tmp_path / ".git/config").rename(tmp_path / "config")
    (tmp_path / ".git/config").symlink_to(tmp_path / "config")
    with pytest.raises(GitError, match="is a link"):
        set_values(top, {"merge.x.name": "a"})


def test_a_locked_file_is_told(top: str, tmp_path: Path) -> None:
    (tmp_path / ".git/config.lock").touch()
    with pytest.raises(GitError, match="cannot write"):
        set_values(top, {"merge.x.name": "a"})
