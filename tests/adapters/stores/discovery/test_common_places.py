"""Memory that repositories keep in their own places."""

import os
from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.stores import contents
from memoryd.adapters.stores.discovery import FoundStores, Places, discover, discover_at, discover_repository
from memoryd.domain.stores.store import Scope

ENTRY = "- a fact\n"


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home, home / ".claude")


def _found(found: FoundStores, top: Path) -> dict[str, str]:
    """Return the name of the profile of each store, by its path in the repository."""
    return {os.path.relpath(store.root, top): store.profile.name for store in found.stores}


@pytest.mark.parametrize(
    ("files", "stores"),
    [
        ([".claude/memory/MEMORY.md", ".claude/memory/a.md"], {".claude/memory": "claude-style"}),
        (["memory/MEMORY.md", "memory/a.md"], {"memory": "claude-style"}),
        (["docs/memory/MEMORY.md"], {"docs/memory": "claude-style"}),
        (["claude-memory/MEMORY.md"], {"claude-memory": "claude-style"}),
        ([".agents/memory/MEMORY.md"], {".agents/memory": "claude-style"}),
        (["проект/memory/MEMORY.md"], {"проект/memory": "claude-style"}),
        (["Memory/MEMORY.md"], {"Memory": "claude-style"}),
        (["memory/deep/notes.md", "memory/MEMORY.md"], {"memory": "claude-style"}),
        (["memory/MEMORY.md", "b/memory/MEMORY.md"], {"memory": "claude-style", "b/memory": "claude-style"}),
        (["memory/memory.md"], {}),
        (["memory/a.md"], {}),
        (["src/memoryleak/MEMORY.md"], {}),
        (["MEMORY.md"], {}),
        ([".claude/MEMORY.md", ".claude/agents/a.md"], {}),
        (["skills/x/assets/memory/MEMORY.md"], {}),
        (["tests/fixtures/memory/MEMORY.md"], {}),
        (["templates/agent/SOUL.md", "templates/agent/MEMORY.md"], {}),
        (["node_modules/x/memory/MEMORY.md", ".venv/memory/MEMORY.md"], {}),
        (["SOUL.md", "MEMORY.md", "memory/2026-02-03.md"], {".": "openclaw"}),
        (["HEARTBEAT.md", "AGENTS.md", "memory/2026-02-03.md"], {".": "openclaw"}),
        ([".openclaw/workspace/MEMORY.md"], {".openclaw/workspace": "openclaw"}),
        ([".openclaw/workspace-bot/MEMORY.md"], {".openclaw/workspace-bot": "openclaw"}),
        (["bots/晨露/IDENTITY.md", "bots/晨露/MEMORY.md"], {"bots/晨露": "openclaw"}),
        (["SOUL.md", "MEMORY.md", "x/memory/MEMORY.md"], {".": "openclaw", "x/memory": "claude-style"}),
        (["SOUL.md", "README.md"], {}),
        (["SOUL.md", "memory/ideas.md"], {}),
        ([".hermes/memories/MEMORY.md", ".hermes/memories/USER.md"], {".hermes/memories": "hermes"}),
        ([".hermes/profiles/work/memories/USER.md"], {".hermes/profiles/work/memories": "hermes"}),
        (["memories/MEMORY.md", "memories/USER.md", "SOUL.md"], {"memories": "hermes"}),
        (["memories/MEMORY.md", "SOUL.md", "config.yaml"], {"memories": "hermes"}),
        (["memories/MEMORY.md", "memories/a.md"], {"memories": "claude-style"}),
        ([".codex/memories/memory_summary.md"], {".codex/memories": "codex"}),
        ([".qwen/projects/-x/memory/MEMORY.md"], {".qwen/projects/-x/memory": "qwen"}),
        ([".claude/projects/-home-a-x/memory/a.md"], {".claude/projects/-home-a-x/memory": "claude-auto"}),
        (["home/.claude/projects/-x/memory/MEMORY.md"], {"home/.claude/projects/-x/memory": "claude-auto"}),
        (["memory-bank/activeContext.md"], {"memory-bank": "cline"}),
    ],
)  # fmt: skip
def test_a_repository_s_memory_is_found_in_its_places(
    places: Places, repository: Path, files: list[str], stores: dict[str, str]
) -> None:
    write_tree(repository, dict.fromkeys(files, ENTRY))
    assert _found(discover_repository(places, repository), repository) == stores
    assert _found(discover(places, cwd=repository), repository) == stores


def test_boot_files_are_not_memory(places: Places, repository: Path) -> None:
    boot = ["SOUL.md", "AGENTS.md", "USER.md", "TOOLS.md", "IDENTITY.md", "HEARTBEAT.md", "BOOTSTRAP.md"]
    kept = ["MEMORY.md", "memory/2026-02-03.md", "memory/people.md"]
    write_tree(repository, dict.fromkeys([*boot, *kept, "docs/plan.md", "skills/x/SKILL.md"], ENTRY))
    (store,) = discover_repository(places, repository).stores
    assert sorted(contents.snapshot(store).documents) == sorted(kept)


def test_the_same_is_found_by_name(places: Places, repository: Path) -> None:
    files = ["SOUL.md", "MEMORY.md", "memory/2026-02-03.md", "x/memories/MEMORY.md", "x/memories/USER.md"]
    write_tree(repository, dict.fromkeys(files, ENTRY))
    both = {".": "openclaw", "x/memories": "hermes"}
    assert _found(discover_at(places, [repository]), repository) == both
    for path in ("MEMORY.md", "SOUL.md", "memory", "memory/2026-02-03.md"):
        assert _found(discover_at(places, [repository / path]), repository) == {".": "openclaw"}, path


def test_patterns_and_test_data_are_found_by_name(places: Places, repository: Path) -> None:
    write_tree(repository, {"tests/fixtures/memory/MEMORY.md": ENTRY})
    assert _found(discover_at(places, [repository / "tests"]), repository) == {
        "tests/fixtures/memory": "claude-style"
    }


class TestBounds:
    def test_memory_behind_a_link_inside_the_repository_is_one_store(
        self, places: Places, repository: Path
    ) -> None:
        write_tree(repository, {"docs/memory/MEMORY.md": ENTRY, ".claude/settings.json": "{}"})
        (repository / ".claude/memory").symlink_to("../docs/memory")
        found = discover_repository(places, repository)
        assert (list(_found(found, repository)), found.escapes) == (["docs/memory"], ())

    @pytest.mark.parametrize("place", [".claude/memory", ".agents/memory", ".hermes/memories"])
    def test_a_link_that_leads_out_is_named_and_not_followed(
        self, places: Places, repository: Path, place: str
    ) -> None:
        write_tree(places.home / "private", {"MEMORY.md": ENTRY})
        (repository / place).parent.mkdir(parents=True)
        (repository / place).symlink_to(places.home / "private")
        found = discover_repository(places, repository)
        assert not found.stores
        assert [each.path for each in found.escapes] == [str(repository / place)]

    def test_a_linked_index_file_out_of_the_repository_is_not_read(
        self, places: Places, repository: Path
    ) -> None:
        write_tree(places.home, {"private.md": "secret\n"})
        write_tree(repository, {"memory/a.md": ENTRY})
        (repository / "memory/MEMORY.md").symlink_to(places.home / "private.md")
        (store,) = discover_repository(places, repository).stores
        snapshot = contents.snapshot(store)
        assert (list(snapshot.documents), [each.escapes for each in snapshot.unread]) == (["a.md"], [True])

    def test_a_repository_in_the_repository_is_another_one(self, places: Places, repository: Path) -> None:
        write_tree(repository, {"vendored/.git": "gitdir: x\n", "vendored/memory/MEMORY.md": ENTRY})
        assert not discover_repository(places, repository).stores

    def test_the_user_s_own_directory_is_not_searched(self, places: Places, home: Path) -> None:
        write_tree(home, {".git/HEAD": "", "memory/MEMORY.md": ENTRY})
        assert not discover_repository(places, home).stores


DEFINITION = "---\nname: reviewer\ndescription: d\nmemory: project\n---\n"


@pytest.mark.parametrize(
    ("files", "profile"),
    [
        (["board/plan.md", "DEFINED"], "claude-shared"),
        (["release-notes/x.md", "DEFINED"], "claude-shared"),
        (["доска/x.md", "DEFINED"], "claude-shared"),
        (["inbox/x.md"], "claude-shared"),
        (["_shared/x.md"], "claude-shared"),
        (["board/MEMORY.md", "DEFINED"], "claude-agent"),
        (["board/memory.md", "DEFINED"], "claude-agent"),
        (["reviewer/x.md", "DEFINED"], "claude-agent"),
        (["tester/x.md"], "claude-agent"),
    ],
)
def test_a_directory_that_agents_share_is_not_an_agent_s(
    places: Places, repository: Path, files: list[str], profile: str
) -> None:
    defined = "DEFINED" in files
    write_tree(repository / ".claude/agent-memory", {each: ENTRY for each in files if each != "DEFINED"})
    if defined:
        write_tree(repository, {".claude/agents/reviewer.md": DEFINITION})
    for found in (
        discover_repository(places, repository),
        discover_at(places, [repository / ".claude/agent-memory"]),
    ):
        (store,) = found.stores
        assert (store.profile.name, store.scope) == (profile, Scope.PROJECT)
