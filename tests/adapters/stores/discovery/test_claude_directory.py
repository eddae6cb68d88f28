import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from adapters.stores.discovery.finding import make_store, one, records, roots_of, slug_of, write

from memoryd.adapters.stores.discovery import (
    FoundStores,
    Places,
    discover,
    discover_at,
    discover_repository,
    discover_user,
)
from memoryd.domain.stores.store import Scope
from memoryd.domain.trust import TrustedRepository


def _trusting(places: Places, repository: Path) -> Places:
    trusted = TrustedRepository(os.path.realpath(repository), repository.stat().st_dev)
    return replace(places, trusted=frozenset({trusted}))


class TestScopes:
    def test_user(self, places: Places) -> None:
        root = make_store(places.claude_dir / "agent-memory/reviewer")
        assert one(discover_user(places)) == (root, Scope.USER, "reviewer", str(places.claude_dir))

    def test_user_with_a_configuration_directory_of_another_name(
        self, places: Places, tmp_path: Path
    ) -> None:
        elsewhere = tmp_path / "config"
        root = make_store(elsewhere / "agent-memory/reviewer")
        make_store(places.home / ".claude/agent-memory/other")
        assert one(discover_user(Places(places.home, elsewhere))) == (
            root,
            Scope.USER,
            "reviewer",
            str(elsewhere),
        )

    @pytest.mark.parametrize(
        ("container", "scope"), [("agent-memory", Scope.PROJECT), ("agent-memory-local", Scope.LOCAL)]
    )
    def test_project_and_local(self, places: Places, repository: Path, container: str, scope: Scope) -> None:
        root = make_store(repository / ".claude" / container / "reviewer")
        expected = (root, scope, "reviewer", str(repository))
        assert one(discover(places, cwd=repository)) == expected
        assert one(discover_repository(places, repository)) == expected
        assert one(discover_at(places, [root])) == expected

    def test_auto_is_called_by_the_project_its_records_name(self, places: Places, repository: Path) -> None:
        root = make_store(places.claude_dir / "projects" / slug_of(repository) / "memory")
        records(places, slug_of(repository), repository / "src")
        expected = (root, Scope.AUTO, "shop", str(repository))
        assert one(discover_user(places)) == expected
        assert one(discover_at(places, [root / "MEMORY.md"])) == expected

    def test_auto_without_records_is_called_by_its_slug(self, places: Places) -> None:
        root = make_store(places.claude_dir / "projects/-gone/memory")
        assert one(discover_user(places)) == (root, Scope.AUTO, "-gone", "")

    def test_a_project_without_auto_memory_has_no_store(self, places: Places) -> None:
        (places.claude_dir / "projects/-x").mkdir(parents=True)
        assert not discover_user(places).stores


class TestWhatIsAStore:
    def test_an_empty_directory_is_one(self, places: Places, repository: Path) -> None:
        for root in (
            places.claude_dir / "agent-memory/a",
            places.claude_dir / "projects/-p/memory",
            repository / ".claude/agent-memory/a",
        ):
            root.mkdir(parents=True)
        assert len(discover(places, cwd=repository).stores) == 3

    def test_a_file_named_like_an_agent_is_none(self, places: Places, repository: Path) -> None:
        write(repository / ".claude/agent-memory/reviewer", "")
        write(places.claude_dir / "projects/-p/memory", "")
        assert not discover(places, cwd=repository).stores

    def test_a_directory_no_agent_can_have_is_none(self, places: Places) -> None:
        make_store(places.claude_dir / "agent-memory/.obsidian")
        assert not discover_user(places).stores

    def test_a_linked_agent_directory_counts_by_the_path_it_was_found_by(
        self, places: Places, repository: Path, tmp_path: Path
    ) -> None:
        link = repository / ".claude/agent-memory/reviewer"
        link.parent.mkdir(parents=True)
        link.symlink_to(make_store(tmp_path / "elsewhere"))
        places = _trusting(places, repository)
        assert roots_of(discover_repository(places, repository)) == [link]
        assert roots_of(discover_at(places, [repository])) == [link]
        assert roots_of(discover_at(places, [link / "MEMORY.md"])) == [link]

    def test_a_linked_configuration_directory_is_followed(self, home: Path, tmp_path: Path) -> None:
        make_store(tmp_path / "dotfiles/claude/agent-memory/reviewer")
        (home / ".claude").rmdir()
        (home / ".claude").symlink_to(tmp_path / "dotfiles/claude")
        places = Places(home, home / ".claude")
        assert one(discover_user(places))[1] is Scope.USER
        assert one(discover_repository(places, tmp_path / "dotfiles/claude"))[1] is Scope.USER

    def test_one_directory_reached_twice_counts_once_by_its_real_path(
        self, places: Places, repository: Path
    ) -> None:
        real = make_store(repository / ".claude/agent-memory/real")
        (real.parent / "alias").symlink_to(real)
        assert roots_of(discover(places, cwd=repository)) == [real]

    def test_stores_are_sorted_by_root(self, places: Places, repository: Path) -> None:
        expected = [make_store(repository / f".claude/agent-memory/{name}") for name in "bca"]
        expected.append(make_store(repository / "a/.claude/agent-memory/z"))
        assert roots_of(discover(places, cwd=repository)) == sorted(expected, key=str)


class TestMovedAutoMemory:
    def _settings(self, path: Path, directory: Path | str) -> None:
        write(path, json.dumps({"autoMemoryDirectory": str(directory)}))

    def test_by_the_users_settings(self, places: Places, home: Path) -> None:
        root = make_store(home / "notes/ai")
        self._settings(places.claude_dir / "settings.json", "~/notes/ai/")
        for found in (discover_user(places), discover_at(places, [root / "MEMORY.md"])):
            assert one(found) == (root, Scope.AUTO, "ai", "")

    @pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
    def test_by_a_projects_settings(self, places: Places, repository: Path, name: str) -> None:
        root = make_store(repository / "docs/notes")
        self._settings(repository / ".claude" / name, root)
        for found in (
            discover(places, cwd=repository),
            discover_repository(places, repository),
            discover_at(places, [repository]),
            discover_at(places, [root]),
        ):
            assert one(found) == (root, Scope.AUTO, "shop", str(repository))

    def test_out_of_the_repository_it_is_known_but_not_of_the_repository(
        self, places: Places, repository: Path, home: Path
    ) -> None:
        root = make_store(home / "notes")
        self._settings(repository / ".claude/settings.json", root)
        assert not discover(places, cwd=repository).stores
        trusting = _trusting(places, repository)
        assert roots_of(discover(trusting, cwd=repository)) == [root]
        assert not discover_repository(trusting, repository).stores
        assert not discover_at(trusting, [repository]).stores

    @pytest.mark.parametrize("directory", ["~/", "/", "~/.claude", "relative", "~/absent"])
    def test_never_to_the_home_directory_itself(
        self, places: Places, repository: Path, directory: str
    ) -> None:
        self._settings(repository / ".claude/settings.json", directory)
        assert not discover(places, cwd=repository).stores

    def test_settings_that_are_no_file_do_not_hang(self, places: Places) -> None:
        os.mkfifo(places.claude_dir / "settings.json")
        assert not discover_user(places).stores


class TestDefinitions:
    def _of(self, found: FoundStores) -> Iterable[tuple[str, str, bool, str]]:
        return [(d.name, d.memory, d.user, d.base) for d in found.definitions]

    def test_of_the_user_and_of_every_claude_directory(self, places: Places, repository: Path) -> None:
        write(places.claude_dir / "agents/deep/er/mine.md", "---\nname: my agent\nmemory: user\n---\n")
        write(repository / ".claude/agents/top.md", "---\nname: top\nmemory: project\n---\n")
        write(repository / "api/.claude/agents/low.md", "---\ndescription: x\nmemory: local\n---\n")
        expected = [
            ("my agent", "user", True, str(places.claude_dir)),
            ("top", "project", False, str(repository)),
            ("low", "local", False, str(repository / "api")),
        ]
        for found in (
            discover(places, cwd=repository),
            discover_repository(places, repository),
            discover_at(places, [repository]),
        ):
            assert self._of(found) == expected

    def test_above_a_named_path_and_above_a_repository(self, places: Places, repository: Path) -> None:
        root = make_store(repository / "api/.claude/agent-memory/a")
        write(repository / ".claude/agents/a.md", "---\nname: a\n---\n")
        write(repository.parent / ".claude/agents/b.md", "---\nname: b\n---\n")
        for found in (discover_at(places, [root]), discover_repository(places, repository)):
            assert [name for name, *_ in self._of(found)] == ["b", "a"]

    def test_a_file_without_front_matter_is_none(self, places: Places) -> None:
        write(places.claude_dir / "agents/README.md", "# Our agents\n")
        write(places.claude_dir / "agents/notes.txt", "---\nname: a\n---\n")
        (places.claude_dir / "agents/dir.md").mkdir()
        os.mkfifo(places.claude_dir / "agents/pipe.md")
        assert not discover_user(places).definitions

    def test_memory_that_is_no_scalar_is_invalid_not_absent(self, places: Places) -> None:
        write(places.claude_dir / "agents/a.md", "---\nname: a\nmemory: [user]\n---\n")
        (definition,) = discover_user(places).definitions
        assert definition.memory
        assert definition.scope is None

    def test_undecodable_bytes_do_not_matter(self, places: Places) -> None:
        path = write(places.claude_dir / "agents/a.md", "")
        path.write_bytes(b"\xef\xbb\xbf---\nname: a\ndescription: \xff\n---\n\xfe")
        assert [name for name, *_ in self._of(discover_user(places))] == ["a"]
