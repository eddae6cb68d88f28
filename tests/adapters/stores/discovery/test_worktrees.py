import json
from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.stores.discovery import FoundStores, Places, discover, discover_repository
from memoryd.domain.stores.claude_code import slug_of

STORE = ".claude/agent-memory/fixer"
FILES = {"MEMORY.md": "- a\n", "deep/x.md": "# X\n"}


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home, home / ".claude")


@pytest.fixture
def worktree(repository: Path) -> Path:
    write_tree(repository / STORE, FILES)
    tree = write_tree(repository / ".claude/worktrees/agent-1", {".git": "gitdir: x\n"})
    write_tree(tree / STORE, FILES)
    write_tree(tree, {".claude/agents/fixer.md": "---\nname: fixer\nmemory: project\n---\n"})
    return tree


def _roots(found: FoundStores, top: Path) -> list[str]:
    return [str(Path(store.root).relative_to(top)) for store in found.stores]


def test_an_untouched_copy_is_not_memory_of_its_own(places: Places, repository: Path, worktree: Path) -> None:
    assert worktree.is_dir()
    for found in (discover_repository(places, repository), discover(places, cwd=repository)):
        assert _roots(found, repository) == [STORE]
        assert found.definitions == ()


@pytest.mark.parametrize(
    "changed",
    [
        {f"{STORE}/MEMORY.md": "- b\n"},
        {f"{STORE}/new.md": "# N\n"},
        {f"{STORE}/deep/x.md": "# Y\n"},
        {f"{STORE}/заметка.md": "# N\n"},
    ],
)
def test_what_an_isolated_agent_noted_is_found(
    places: Places, repository: Path, worktree: Path, changed: dict[str, str]
) -> None:
    write_tree(worktree, changed)
    found = discover_repository(places, repository)
    assert _roots(found, repository) == [STORE, f".claude/worktrees/agent-1/{STORE}"]
    assert [store.within for store in found.stores] == [str(repository), str(worktree)]


def test_local_memory_that_only_a_worktree_has_is_found(
    places: Places, repository: Path, worktree: Path
) -> None:
    local = ".claude/agent-memory-local/fixer"
    write_tree(worktree / local, {"MEMORY.md": "- mine\n"})
    assert f".claude/worktrees/agent-1/{local}" in _roots(discover_repository(places, repository), repository)


def test_a_link_in_it_is_not_compared(places: Places, repository: Path, worktree: Path) -> None:
    (worktree / STORE / "MEMORY.md").unlink()
    (worktree / STORE / "MEMORY.md").symlink_to("/etc/hostname")
    assert len(discover_repository(places, repository).stores) == 2


def test_records_of_agents_lead_to_the_repository(places: Places, repository: Path, worktree: Path) -> None:
    write_tree(worktree, {f"{STORE}/new.md": "# N\n"})
    record = json.dumps({"cwd": str(worktree)}) + "\n"
    slug = f".claude/projects/{slug_of(str(repository))}"
    write_tree(places.home, {f"{slug}/5f1e/subagents/agent-a1.jsonl": record})
    assert _roots(discover(places), repository) == [STORE, f".claude/worktrees/agent-1/{STORE}"]
