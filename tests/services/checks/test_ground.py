from dataclasses import replace
from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.git import worktree
from memoryd.domain.checks.selection import Choice
from memoryd.domain.stores.store import Scope, agent_store
from memoryd.services.checks.ground import Ground
from memoryd.services.checks.judge import judgement_around

USER = Choice("", "/")
SETTINGS = 'ignore = ["L001"]\n'


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {".memoryd.toml": SETTINGS},
        {".claude/agent-memory/.memoryd.toml": SETTINGS},
        {".claude/agent-memory/a/pyproject.toml": f"[tool.memoryd]\n{SETTINGS}"},
        {".claude/agent-memory/b/.memoryd.toml": "ignore = 1\n"},
        {".claude/agent-memory/a/.git/HEAD": "", ".memoryd.toml": SETTINGS},
    ],
)
def test_it_answers_as_each_store_alone(tmp_path: Path, settings: dict[str, str]) -> None:
    notes = {f".claude/agent-memory/{name}/MEMORY.md": "a\n" for name in "abc"}
    write_tree(tmp_path, {".git/HEAD": "", **notes, **settings})
    stores = [agent_store(f"{tmp_path}/.claude/agent-memory/{name}", user=False) for name in "abc"]
    stores += [replace(stores[0], scope=Scope.AUTO), replace(stores[1], scope=Scope.AUTO, base="")]
    ground = Ground(USER)
    for store in stores:
        assert ground.judgement(store) == judgement_around(store, USER)
        assert ground.repository(store) == ground.top(store) == worktree.repository(store.root)


def test_neighbours_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    notes = {f".claude/agent-memory/{name}/MEMORY.md": "a\n" for name in "ab"}
    write_tree(tmp_path, {**notes, ".claude/agent-memory/README.md": ""})
    store = agent_store(f"{tmp_path}/.claude/agent-memory/a", user=False)
    before = Ground(USER).beside(store)
    again = Ground(USER).beside(store)
    (tmp_path / ".claude/agent-memory/b/MEMORY.md").write_text("other\n")
    after = Ground(USER).beside(store)
    assert before
    assert again
    assert after
    assert before[0] == again[0] != after[0]
    (tmp_path / ".claude/agent-memory/b/c.md").symlink_to("MEMORY.md")
    assert Ground(USER).beside(store) is None
    assert Ground(USER).beside(store_of(tmp_path)) == ("", 0)
