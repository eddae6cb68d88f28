from pathlib import Path

import pytest
from adapters.stores.discovery.finding import make_store, one, roots_of, write
from support import write_tree

from memoryd.adapters.stores import contents
from memoryd.adapters.stores.discovery import (
    Places,
    discover_at,
    discover_repository,
)
from memoryd.domain.stores.store import Scope
from memoryd.errors import MemorydError


class TestNamedPaths:
    @pytest.mark.parametrize(
        "path", ["", "MEMORY.md", "sub", "sub/x.md", "sub/deep", "empty", "../reviewer/sub/../sub/x.md"]
    )
    def test_anything_in_a_store_names_it(self, places: Places, repository: Path, path: str) -> None:
        root = make_store(repository / ".claude/agent-memory/reviewer")
        make_store(root.parent / "other")
        write(root / "sub/x.md", "")
        make_store(root / "sub/deep")
        (root / "empty").mkdir()
        assert roots_of(discover_at(places, [root / path])) == [root]

    def test_an_empty_directory_below_agent_memory(self, places: Places, tmp_path: Path) -> None:
        root = tmp_path / "agent-memory/reviewer"
        root.mkdir(parents=True)
        assert one(discover_at(places, [root])) == (root, Scope.PROJECT, "reviewer", str(tmp_path))

    @pytest.mark.parametrize("path", ["", ".claude", ".claude/agent-memory", "sub"])
    def test_a_directory_is_searched(self, places: Places, repository: Path, path: str) -> None:
        top = make_store(repository / ".claude/agent-memory/a")
        nested = make_store(repository / "sub/.claude/agent-memory-local/a")
        expected = [root for root in (top, nested) if root.is_relative_to(repository / path)]
        assert roots_of(discover_at(places, [repository / path])) == expected

    def test_a_relative_path_counts_from_the_working_directory(
        self, places: Places, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = make_store(repository / ".claude/agent-memory/a")
        monkeypatch.chdir(root)
        assert roots_of(discover_at(places, [Path("../../..")])) == [root]
        assert roots_of(discover_at(places, [Path("MEMORY.md")])) == [root]

    def test_nothing_but_git_is_skipped(self, places: Places, repository: Path) -> None:
        write(repository / ".gitignore", "*\n")
        holders = ("node_modules/p", ".hidden", "target", "inner")
        write(repository / "target/CACHEDIR.TAG", "")
        write(repository / "inner/.git", "")
        expected = [make_store(repository / holder / ".claude/agent-memory/a") for holder in holders]
        make_store(repository / ".git/.claude/agent-memory/a")
        assert set(roots_of(discover_at(places, [repository]))) == set(expected)

    def test_agent_memory_counts_without_a_claude_directory(self, places: Places, repository: Path) -> None:
        roots = [make_store(repository / f"agent-memory/{name}") for name in "ab"]
        assert roots_of(discover_at(places, [repository])) == roots
        assert roots_of(discover_at(places, [repository / "agent-memory"])) == roots
        assert not discover_repository(places, repository).stores

    def test_a_repository_that_is_called_agent_memory_holds_no_agents(
        self, places: Places, home: Path
    ) -> None:
        repository = home / "code/agent-memory"
        (repository / ".git").mkdir(parents=True)
        (repository / "src").mkdir()
        root = make_store(repository / ".claude/agent-memory/a")
        assert roots_of(discover_at(places, [repository])) == [root]
        assert not discover_at(places, [repository / "src"]).stores

    def test_auto_memory_committed_to_a_repository(self, places: Places, repository: Path) -> None:
        root = repository / ".claude/projects/-Users-me-shop/memory"
        write(root / "topic.md", "")
        expected = (root, Scope.AUTO, "-Users-me-shop", "")
        assert one(discover_at(places, [repository])) == expected
        assert one(discover_at(places, [root / "topic.md"])) == expected
        loose = make_store(repository / "backup/projects/-x/memory")
        assert one(discover_at(places, [repository / "backup"])) == (loose, Scope.AUTO, "-x", "")

    def test_an_index_file_makes_a_store_of_its_directory(self, places: Places, repository: Path) -> None:
        notes = make_store(repository / "docs/notes")
        memory = make_store(repository / "memory")
        make_store(notes / "part")
        found = discover_at(places, [repository])
        assert [(Path(s.root), s.scope, s.agent) for s in found.stores] == [
            (notes, Scope.PROJECT, "notes"),
            (memory, Scope.AUTO, "shop"),
        ]
        for path in (notes, notes / "MEMORY.md"):
            assert one(discover_at(places, [path])) == (notes, Scope.PROJECT, "notes", f"{repository}/docs")
        write(notes / "topics/x.md", "")
        assert roots_of(discover_at(places, [notes / "topics/x.md"])) == [notes]
        assert roots_of(discover_at(places, [notes / "topics"])) == [notes]

    @pytest.mark.parametrize("name", ["memory.md", "Memory.md", "MEMORY.txt", "MEMORY.md/x"])
    def test_only_a_file_of_exactly_that_name(self, places: Places, repository: Path, name: str) -> None:
        write(repository / "docs" / name, "")
        assert not discover_at(places, [repository]).stores

    def test_a_project_with_an_index_file_at_its_top_is_not_a_store_around_its_agents(
        self, places: Places, repository: Path
    ) -> None:
        root = make_store(repository / "sub/.claude/agent-memory/a")
        write(repository / "MEMORY.md", "")
        assert roots_of(discover_at(places, [repository])) == [root]
        write(repository / ".claude/README.md", "")
        assert not discover_at(places, [write(repository / "src/x.py", "")]).stores

    def test_a_lone_index_file_names_its_directory_wherever_it_lies(
        self, places: Places, repository: Path
    ) -> None:
        (repository / ".claude").mkdir()
        index = write(repository / "MEMORY.md", "")
        assert roots_of(discover_at(places, [index])) == [repository]
        assert roots_of(discover_at(places, [repository])) == [repository]

    def test_a_file_in_no_store_yields_nothing(self, places: Places, repository: Path) -> None:
        make_store(repository / ".claude/agent-memory/a")
        beside = write(repository / ".claude/agent-memory/README.md", "")
        assert not discover_at(places, [beside, write(repository / "README.md", "")]).stores

    def test_several_paths_to_one_store_find_it_once(self, places: Places, repository: Path) -> None:
        root = make_store(repository / ".claude/agent-memory/a")
        paths = (repository, root, root / "MEMORY.md", repository / ".claude")
        assert roots_of(discover_at(places, paths)) == [root]

    def test_links_in_a_circle_end(self, places: Places, repository: Path) -> None:
        root = make_store(repository / ".claude/agent-memory/a")
        (repository / "memory").symlink_to(repository)
        (repository / ".claude/.claude").symlink_to(repository / ".claude")
        assert roots_of(discover_at(places, [repository])) == [root]

    def test_a_path_that_does_not_exist_is_an_error(self, places: Places, tmp_path: Path) -> None:
        with pytest.raises(MemorydError, match="gone does not exist") as caught:
            discover_at(places, [tmp_path, tmp_path / "gone"])
        assert caught.value.hint


class TestLinksOutOfARepository:
    """A path that a person names may pass through a link that the repository brought along."""

    @pytest.mark.parametrize("kept", ["", ".git"])
    @pytest.mark.parametrize("path", ["web", "web/notes", "web/notes/MEMORY.md", "web/memory-bank"])
    def test_nothing_behind_it_is_found(
        self, places: Places, repository: Path, home: Path, path: str, kept: str
    ) -> None:
        for name in ("notes", "memory-bank", ".claude/agent-memory/x"):
            make_store(home / "private" / name)
        (home / "private" / kept).mkdir(exist_ok=True)
        (repository / "web").symlink_to(home / "private")
        found = discover_at(places, [repository / path])
        assert not found.stores
        assert {each.path for each in found.escapes} == {str(repository / "web")}

    def test_a_link_to_a_repository_is_not_in_one(self, places: Places, repository: Path, home: Path) -> None:
        make_store(repository / "notes")
        (home / "link").symlink_to(repository)
        assert roots_of(discover_at(places, [home / "link/notes"])) == [home / "link/notes"]


@pytest.mark.parametrize(
    ("place", "files", "read"),
    [
        (".", ["MEMORY.md", "README.md", "docs/plan.md", ".git/HEAD"], ["MEMORY.md"]),
        (
            ".",
            ["MEMORY.md", "memory/people.md", "CHANGELOG.md", ".git/HEAD"],
            ["MEMORY.md", "memory/people.md"],
        ),
        (".claude", ["MEMORY.md", "agents/a.md", "commands/b.md", "skills/c/SKILL.md"], ["MEMORY.md"]),
        ("notes", ["MEMORY.md", "people.md", "deep/x.md"], ["MEMORY.md", "deep/x.md", "people.md"]),
    ],
)
def test_an_index_file_among_documentation_is_alone(
    places: Places, repository: Path, place: str, files: list[str], read: list[str]
) -> None:
    write_tree(repository / place, dict.fromkeys(files, "- a fact\n"))
    (store,) = discover_at(places, [repository / place / "MEMORY.md"]).stores
    assert sorted(contents.snapshot(store).documents) == read
