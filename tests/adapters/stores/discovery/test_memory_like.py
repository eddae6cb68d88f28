from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.stores.discovery import Places, discover_at, memory_like


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (["MEMORY.md"], ["MEMORY.md"]),
        (["personas/forge/MEMORY.md", "personas/forge/x.md"], ["personas/forge/MEMORY.md"]),
        ([".claude/MEMORY.md"], [".claude/MEMORY.md"]),
        (["memory/people.md"], ["memory"]),
        (["docs/project-memory/x.md"], ["docs/project-memory"]),
        (["memory/sub/x.md"], []),
        (["memories/a.md", "x/MEMORY.md"], ["memories", "x/MEMORY.md"]),
        (["memory/code.py"], []),
        (["skills/memory/SKILL.md"], []),
        (["node_modules/x/MEMORY.md"], []),
        (["docs/a.md", "README.md"], []),
        (["записки/MEMORY.md"], ["записки/MEMORY.md"]),
    ],
)
def test_what_looks_like_memory_can_be_checked(
    home: Path, tmp_path: Path, files: list[str], paths: list[str]
) -> None:
    top = write_tree(tmp_path / "repository", dict.fromkeys(files, "- a fact\n"))
    found = memory_like(top)
    assert list(found) == [str(top / path) for path in paths]
    for path in found:
        assert len(discover_at(Places(home, home / ".claude"), [Path(path)]).stores) == 1


def test_links_are_not_followed(tmp_path: Path) -> None:
    write_tree(tmp_path / "outside/memory", {"MEMORY.md": "- a\n"})
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository/memory").symlink_to(tmp_path / "outside/memory")
    (tmp_path / "repository/MEMORY.md").symlink_to(tmp_path / "outside/memory/MEMORY.md")
    assert memory_like(tmp_path / "repository") == ()
