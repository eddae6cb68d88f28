"""Patterns of git's attributes."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git

from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import Scope, Store
from memoryd.errors import MemorydError
from memoryd.services.merging.install import install, uninstall


@needs_git
@pytest.mark.parametrize("name", ["plain", "with space", 'q"uote', "é", "[x]", "back\\slash"])
def test_git_finds_the_files_of_each_store(tmp_path: Path, name: str) -> None:
    root = tmp_path / "docs" / name
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    store = Store(str(root), Scope.PROJECT, "a", str(tmp_path), CLAUDE_AGENT)
    install(str(tmp_path), [store])
    for path in (root / "MEMORY.md", root / "deep" / "t.md"):
        found = subprocess.run(
            ["git", "check-attr", "merge", "--", str(path)], cwd=tmp_path, capture_output=True, check=True
        )
        assert found.stdout.endswith(b": merge: memoryd\n")
    assert len(uninstall(str(tmp_path)).patterns) == 2


@needs_git
def test_a_link_is_not_written(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "other").write_text("")
    (tmp_path / ".gitattributes").symlink_to("other")
    with pytest.raises(MemorydError, match="is a link"):
        install(str(tmp_path), [])
