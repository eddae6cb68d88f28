from pathlib import Path

import pytest
from cli.program import make_store, memoryd, project_store

from memoryd.cli.arguments import store_named
from memoryd.errors import MemorydError
from memoryd.runtime import build


def test_the_directory_is_printed_for_programs(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    assert memoryd("path", "reviewer", cwd=tmp_path).out == f"{store}\n"


def test_the_store_of_this_repository_wins(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_store(home / ".claude/agent-memory/reviewer", {"MEMORY.md": "- a\n"})
    here = project_store(tmp_path / "code", "reviewer", {"MEMORY.md": "- a\n"})
    (tmp_path / "code" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "code")
    assert store_named(build(), "reviewer").root == str(here)
    assert store_named(build(), str(user)).root == str(user)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert store_named(build(), "reviewer").root == str(user)
    (tmp_path / "code/.claude/agent-memory-local/reviewer").mkdir(parents=True)
    make_store(tmp_path / "code/.claude/agent-memory-local/reviewer", {"MEMORY.md": "- a\n"})
    monkeypatch.chdir(tmp_path / "code")
    with pytest.raises(MemorydError, match='"reviewer" has 2 stores'):
        store_named(build(), "reviewer")
