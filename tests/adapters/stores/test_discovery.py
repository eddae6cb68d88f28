"""Which directories count as stores, from known places and from paths that a person names."""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.adapters.stores.discovery import (
    FoundStores,
    Places,
    discover,
    discover_at,
    discover_repository,
    discover_user,
)
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO
from memoryd.domain.stores.store import Scope
from memoryd.domain.trust import TrustedRepository
from memoryd.errors import MemorydError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.claude").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home, home / ".claude")


@pytest.fixture
def repository(home: Path) -> Path:
    (home / "code/shop/.git").mkdir(parents=True)
    return home / "code/shop"


def _store(root: Path) -> Path:
    root.mkdir(parents=True)
    (root / "MEMORY.md").write_text("- a fact\n")
    return root


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _records(places: Places, slug: str, *directories: Path | str) -> Path:
    """The records of one session that went through some directories."""
    lines = (json.dumps({"type": "user", "cwd": str(directory)}) + "\n" for directory in directories)
    return _write(places.claude_dir / "projects" / slug / "5f1e.jsonl", "".join(lines))


def _slug(path: Path) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in str(path))


def _trusting(places: Places, repository: Path) -> Places:
    trusted = TrustedRepository(os.path.realpath(repository), repository.stat().st_dev)
    return replace(places, trusted=frozenset({trusted}))


def _roots(found: FoundStores) -> list[Path]:
    return [Path(store.root) for store in found.stores]


def _one(found: FoundStores) -> tuple[Path, Scope, str, str]:
    (store,) = found.stores
    assert store.profile is (CLAUDE_AUTO if store.scope is Scope.AUTO else CLAUDE_AGENT)
    return Path(store.root), store.scope, store.agent, store.base


class TestScopes:
    def test_user(self, places: Places) -> None:
        root = _store(places.claude_dir / "agent-memory/reviewer")
        assert _one(discover_user(places)) == (root, Scope.USER, "reviewer", str(places.claude_dir))

    def test_user_with_a_configuration_directory_of_another_name(
        self, places: Places, tmp_path: Path
    ) -> None:
        elsewhere = tmp_path / "config"
        root = _store(elsewhere / "agent-memory/reviewer")
        _store(places.home / ".claude/agent-memory/other")
        assert _one(discover_user(Places(places.home, elsewhere))) == (
            root,
            Scope.USER,
            "reviewer",
            str(elsewhere),
        )

    @pytest.mark.parametrize(
        ("container", "scope"), [("agent-memory", Scope.PROJECT), ("agent-memory-local", Scope.LOCAL)]
    )
    def test_project_and_local(self, places: Places, repository: Path, container: str, scope: Scope) -> None:
        root = _store(repository / ".claude" / container / "reviewer")
        expected = (root, scope, "reviewer", str(repository))
        assert _one(discover(places, cwd=repository)) == expected
        assert _one(discover_repository(places, repository)) == expected
        assert _one(discover_at(places, [root])) == expected

    def test_auto_is_called_by_the_project_its_records_name(self, places: Places, repository: Path) -> None:
        root = _store(places.claude_dir / "projects" / _slug(repository) / "memory")
        _records(places, _slug(repository), repository / "src")
        expected = (root, Scope.AUTO, "shop", str(repository))
        assert _one(discover_user(places)) == expected
        assert _one(discover_at(places, [root / "MEMORY.md"])) == expected

    def test_auto_without_records_is_called_by_its_slug(self, places: Places) -> None:
        root = _store(places.claude_dir / "projects/-gone/memory")
        assert _one(discover_user(places)) == (root, Scope.AUTO, "-gone", "")

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
        _write(repository / ".claude/agent-memory/reviewer", "")
        _write(places.claude_dir / "projects/-p/memory", "")
        assert not discover(places, cwd=repository).stores

    def test_a_directory_no_agent_can_have_is_none(self, places: Places) -> None:
        _store(places.claude_dir / "agent-memory/.obsidian")
        assert not discover_user(places).stores

    def test_a_linked_agent_directory_counts_by_the_path_it_was_found_by(
        self, places: Places, repository: Path, tmp_path: Path
    ) -> None:
        link = repository / ".claude/agent-memory/reviewer"
        link.parent.mkdir(parents=True)
        link.symlink_to(_store(tmp_path / "elsewhere"))
        places = _trusting(places, repository)
        assert _roots(discover_repository(places, repository)) == [link]
        assert _roots(discover_at(places, [repository])) == [link]
        assert _roots(discover_at(places, [link / "MEMORY.md"])) == [link]

    def test_a_linked_configuration_directory_is_followed(self, home: Path, tmp_path: Path) -> None:
        _store(tmp_path / "dotfiles/claude/agent-memory/reviewer")
        (home / ".claude").rmdir()
        (home / ".claude").symlink_to(tmp_path / "dotfiles/claude")
        places = Places(home, home / ".claude")
        assert _one(discover_user(places))[1] is Scope.USER
        assert _one(discover_repository(places, tmp_path / "dotfiles/claude"))[1] is Scope.USER

    def test_one_directory_reached_twice_counts_once_by_its_real_path(
        self, places: Places, repository: Path
    ) -> None:
        real = _store(repository / ".claude/agent-memory/real")
        (real.parent / "alias").symlink_to(real)
        assert _roots(discover(places, cwd=repository)) == [real]

    def test_stores_are_sorted_by_root(self, places: Places, repository: Path) -> None:
        expected = [_store(repository / f".claude/agent-memory/{name}") for name in "bca"]
        expected.append(_store(repository / "a/.claude/agent-memory/z"))
        assert _roots(discover(places, cwd=repository)) == sorted(expected, key=str)


class TestHome:
    def test_its_claude_directory_is_of_user_scope_whatever_way_it_is_reached(self, places: Places) -> None:
        root = _store(places.claude_dir / "agent-memory/reviewer")
        (places.home / ".git").mkdir()
        _records(places, _slug(places.home), places.home)
        for found in (
            discover(places, cwd=places.home),
            discover_repository(places, places.home),
            discover_repository(places, root),
            discover_at(places, [places.home]),
            discover_at(places, [root]),
        ):
            assert _one(found) == (root, Scope.USER, "reviewer", str(places.claude_dir))

    def test_its_definitions_are_the_users(self, places: Places) -> None:
        _write(places.claude_dir / "agents/a.md", "---\nname: a\n---\n")
        for found in (discover(places, cwd=places.home), discover_at(places, [places.home])):
            assert [(d.user, d.base) for d in found.definitions] == [(True, str(places.claude_dir))]

    def test_neither_it_nor_what_is_above_is_walked(self, places: Places, home: Path) -> None:
        _store(home / "code/shop/.claude/agent-memory/a")
        own = _store(home / ".claude/agent-memory-local/a")
        (home.parent / ".git").mkdir()
        assert not discover_repository(places, home.parent).stores
        assert _one(discover(places, cwd=home)) == (own, Scope.LOCAL, "a", str(home))

    def test_kept_in_git_it_is_no_repository_around_what_is_below(self, places: Places, home: Path) -> None:
        (home / ".git").mkdir()
        root = _store(home / "notes/.claude/agent-memory/a")
        _store(home / "other/.claude/agent-memory/a")
        assert _roots(discover_repository(places, home / "notes")) == [root]

    def test_the_configuration_directory_is_not_walked(self, places: Places) -> None:
        _store(places.claude_dir / "plugins/p/.claude/agent-memory/theirs")
        own = _store(places.claude_dir / "agent-memory/a")
        _records(places, "-c", places.claude_dir)
        assert _roots(discover(places, cwd=places.claude_dir / "plugins")) == [own]


class TestRepository:
    def test_from_below_its_root_all_its_stores_count(self, places: Places, repository: Path) -> None:
        top = _store(repository / ".claude/agent-memory/a")
        nested = _store(repository / "services/api/.claude/agent-memory/a")
        (repository / "docs/deep").mkdir(parents=True)
        assert _roots(discover_repository(places, repository / "docs/deep")) == [top, nested]

    def test_a_git_file_marks_a_root_too(self, places: Places, home: Path) -> None:
        worktree = home / "code/shop-2"
        _write(worktree / ".git", "gitdir: ../shop/.git/worktrees/shop-2\n")
        root = _store(worktree / ".claude/agent-memory/a")
        (worktree / "src").mkdir()
        assert _roots(discover_repository(places, worktree / "src")) == [root]

    def test_a_worktree_inside_is_not_a_part_of_it_but_known_by_its_own_records(
        self, places: Places, repository: Path
    ) -> None:
        main = _store(repository / ".claude/agent-memory/a")
        worktree = repository / ".claude/worktrees/x"
        _write(worktree / ".git", "gitdir: elsewhere\n")
        copy = _store(worktree / ".claude/agent-memory/a")
        assert _roots(discover_repository(places, repository)) == [main]
        assert _roots(discover_repository(places, worktree)) == [copy]
        _records(places, "-x", worktree)
        assert _roots(discover(places, cwd=repository)) == [main, copy]

    def test_without_git_it_is_the_directory_itself(self, places: Places, home: Path) -> None:
        below = _store(home / "plain/sub/.claude/agent-memory/a")
        _store(home / ".claude/agent-memory/b")
        above = _store(home / "plain/.claude/agent-memory/a")
        assert _roots(discover_repository(places, home / "plain/sub")) == [below]
        assert _roots(discover_repository(places, home / "plain")) == [above, below]

    @pytest.mark.parametrize("tree", [".git", "node_modules", ".venv", "venv", "__pycache__", ".tox"])
    def test_trees_that_tools_make_are_skipped(self, places: Places, repository: Path, tree: str) -> None:
        _store(repository / "src" / tree / "p/.claude/agent-memory/a")
        assert not discover_repository(places, repository).stores

    @pytest.mark.parametrize("mark", ["CACHEDIR.TAG", "pyvenv.cfg"])
    def test_trees_that_tools_mark_are_skipped(self, places: Places, repository: Path, mark: str) -> None:
        _write(repository / "target" / mark, "")
        _store(repository / "target/p/.claude/agent-memory/a")
        assert not discover_repository(places, repository).stores

    def test_links_are_not_followed(self, places: Places, repository: Path, home: Path) -> None:
        _store(home / "code/other/.claude/agent-memory/a")
        (repository / "other").symlink_to(home / "code/other")
        (repository / "self").symlink_to(repository)
        assert not discover_repository(places, repository).stores
        assert not discover_at(places, [repository]).stores

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
    def test_an_unreadable_directory_is_skipped(self, places: Places, repository: Path) -> None:
        root = _store(repository / ".claude/agent-memory/a")
        closed = repository / "closed"
        closed.mkdir(mode=0)
        try:
            assert _roots(discover_repository(places, repository)) == [root]
        finally:
            closed.chmod(0o700)

    def test_a_store_within_a_store_is_a_part_of_it(self, places: Places, repository: Path) -> None:
        root = _store(repository / ".claude/agent-memory/a")
        _store(root / "sub/.claude/agent-memory/b")
        _store(root / "topics")
        assert _roots(discover_repository(places, repository)) == [root]
        assert _roots(discover_at(places, [repository])) == [root]


class TestKnownRepositories:
    def test_patterns_of_the_configuration(self, home: Path) -> None:
        roots = [_store(home / f"code/{name}/.claude/agent-memory/a") for name in ("one", "two")]
        _store(home / "code/.hidden/.claude/agent-memory/a")
        _write(home / "code/file", "")
        for pattern in ("~/code/*", f"{home}/code/*"):
            places = Places(home, home / ".claude", ("~/absent/*", "relative/*", pattern))
            assert _roots(discover(places)) == roots

    def test_a_home_directory_with_pattern_characters_in_its_name(self, tmp_path: Path) -> None:
        home = tmp_path / "me[1]*"
        root = _store(home / "code/one/.claude/agent-memory/a")
        assert _roots(discover(Places(home, home / ".claude", ("~/code/*",)))) == [root]

    def test_session_records(self, places: Places, home: Path) -> None:
        first = _store(home / "first/.claude/agent-memory/a")
        last = _store(home / "last/.claude/agent-memory/a")
        _records(places, "-any", home / "first", home / "between", home / "last")
        assert _roots(discover(places)) == [first, last]

    def test_each_is_widened_to_its_git_root(self, places: Places, repository: Path) -> None:
        root = _store(repository / "api/.claude/agent-memory/a")
        (repository / "web").mkdir()
        _records(places, "-any", repository / "web")
        assert _roots(discover(places)) == [root]

    def test_the_ends_of_long_records_are_read(self, places: Places, home: Path) -> None:
        first = _store(home / "first/.claude/agent-memory/a")
        last = _store(home / "last/.claude/agent-memory/a")
        path = _records(places, "-any", home / "first")
        huge = json.dumps({"cwd": "/between", "text": "x" * 1_000_000})
        path.write_text(f"{path.read_text()}{huge}\n{json.dumps({'cwd': str(home / 'last')})}\n")
        assert _roots(discover(places)) == [first, last]

    @pytest.mark.parametrize(
        "line", ["{", '{"cwd": "/gone"}', '{"cwd": "/\\u0000"}', '{"cwd": "/\\ud800"}', '{"cwd": "/%s"}']
    )
    def test_bad_records_are_passed_over(self, places: Places, home: Path, line: str) -> None:
        root = _store(home / "good/.claude/agent-memory/a")
        _records(places, "-good", home / "good")
        _write(places.claude_dir / "projects/-bad/1.jsonl", line.replace("%s", "x" * 5000) + "\n")
        assert _roots(discover(places)) == [root]

    def test_records_that_are_no_files_are_passed_over(self, places: Places) -> None:
        project = places.claude_dir / "projects/-p"
        (project / "memory").mkdir(parents=True)
        (project / "dir.jsonl").mkdir()
        (project / "gone.jsonl").symlink_to("nowhere")
        os.mkfifo(project / "pipe.jsonl")
        assert _one(discover(places))[2] == "-p"

    def test_nothing_at_all(self, tmp_path: Path) -> None:
        places = Places(tmp_path / "no", tmp_path / "no/.claude", ("~/*",))
        assert discover(places, cwd=tmp_path / "gone") == FoundStores((), searched=("/",))


class TestMovedAutoMemory:
    def _settings(self, path: Path, directory: Path | str) -> None:
        _write(path, json.dumps({"autoMemoryDirectory": str(directory)}))

    def test_by_the_users_settings(self, places: Places, home: Path) -> None:
        root = _store(home / "notes/ai")
        self._settings(places.claude_dir / "settings.json", "~/notes/ai/")
        for found in (discover_user(places), discover_at(places, [root / "MEMORY.md"])):
            assert _one(found) == (root, Scope.AUTO, "ai", "")

    @pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
    def test_by_a_projects_settings(self, places: Places, repository: Path, name: str) -> None:
        root = _store(repository / "docs/notes")
        self._settings(repository / ".claude" / name, root)
        for found in (
            discover(places, cwd=repository),
            discover_repository(places, repository),
            discover_at(places, [repository]),
            discover_at(places, [root]),
        ):
            assert _one(found) == (root, Scope.AUTO, "shop", str(repository))

    def test_out_of_the_repository_it_is_known_but_not_of_the_repository(
        self, places: Places, repository: Path, home: Path
    ) -> None:
        root = _store(home / "notes")
        self._settings(repository / ".claude/settings.json", root)
        assert not discover(places, cwd=repository).stores
        trusting = _trusting(places, repository)
        assert _roots(discover(trusting, cwd=repository)) == [root]
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


class TestNamedPaths:
    @pytest.mark.parametrize(
        "path", ["", "MEMORY.md", "sub", "sub/x.md", "sub/deep", "empty", "../reviewer/sub/../sub/x.md"]
    )
    def test_anything_in_a_store_names_it(self, places: Places, repository: Path, path: str) -> None:
        root = _store(repository / ".claude/agent-memory/reviewer")
        _store(root.parent / "other")
        _write(root / "sub/x.md", "")
        _store(root / "sub/deep")
        (root / "empty").mkdir()
        assert _roots(discover_at(places, [root / path])) == [root]

    def test_an_empty_directory_below_agent_memory(self, places: Places, tmp_path: Path) -> None:
        root = tmp_path / "agent-memory/reviewer"
        root.mkdir(parents=True)
        assert _one(discover_at(places, [root])) == (root, Scope.PROJECT, "reviewer", str(tmp_path))

    @pytest.mark.parametrize("path", ["", ".claude", ".claude/agent-memory", "sub"])
    def test_a_directory_is_searched(self, places: Places, repository: Path, path: str) -> None:
        top = _store(repository / ".claude/agent-memory/a")
        nested = _store(repository / "sub/.claude/agent-memory-local/a")
        expected = [root for root in (top, nested) if root.is_relative_to(repository / path)]
        assert _roots(discover_at(places, [repository / path])) == expected

    def test_a_relative_path_counts_from_the_working_directory(
        self, places: Places, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = _store(repository / ".claude/agent-memory/a")
        monkeypatch.chdir(root)
        assert _roots(discover_at(places, [Path("../../..")])) == [root]
        assert _roots(discover_at(places, [Path("MEMORY.md")])) == [root]

    def test_nothing_but_git_is_skipped(self, places: Places, repository: Path) -> None:
        _write(repository / ".gitignore", "*\n")
        holders = ("node_modules/p", ".hidden", "target", "inner")
        _write(repository / "target/CACHEDIR.TAG", "")
        _write(repository / "inner/.git", "")
        expected = [_store(repository / holder / ".claude/agent-memory/a") for holder in holders]
        _store(repository / ".git/.claude/agent-memory/a")
        assert set(_roots(discover_at(places, [repository]))) == set(expected)

    def test_agent_memory_counts_without_a_claude_directory(self, places: Places, repository: Path) -> None:
        roots = [_store(repository / f"agent-memory/{name}") for name in "ab"]
        assert _roots(discover_at(places, [repository])) == roots
        assert _roots(discover_at(places, [repository / "agent-memory"])) == roots
        assert not discover_repository(places, repository).stores

    def test_a_repository_that_is_called_agent_memory_holds_no_agents(
        self, places: Places, home: Path
    ) -> None:
        repository = home / "code/agent-memory"
        (repository / ".git").mkdir(parents=True)
        (repository / "src").mkdir()
        root = _store(repository / ".claude/agent-memory/a")
        assert _roots(discover_at(places, [repository])) == [root]
        assert not discover_at(places, [repository / "src"]).stores

    def test_auto_memory_committed_to_a_repository(self, places: Places, repository: Path) -> None:
        root = repository / ".claude/projects/-Users-me-shop/memory"
        _write(root / "topic.md", "")
        expected = (root, Scope.AUTO, "-Users-me-shop", "")
        assert _one(discover_at(places, [repository])) == expected
        assert _one(discover_at(places, [root / "topic.md"])) == expected
        loose = _store(repository / "backup/projects/-x/memory")
        assert _one(discover_at(places, [repository / "backup"])) == (loose, Scope.AUTO, "-x", "")

    def test_an_index_file_makes_a_store_of_its_directory(self, places: Places, repository: Path) -> None:
        notes = _store(repository / "docs/notes")
        memory = _store(repository / "memory")
        _store(notes / "part")
        found = discover_at(places, [repository])
        assert [(Path(s.root), s.scope, s.agent) for s in found.stores] == [
            (notes, Scope.PROJECT, "notes"),
            (memory, Scope.AUTO, "shop"),
        ]
        for path in (notes, notes / "MEMORY.md"):
            assert _one(discover_at(places, [path])) == (notes, Scope.PROJECT, "notes", f"{repository}/docs")
        _write(notes / "topics/x.md", "")
        assert _roots(discover_at(places, [notes / "topics/x.md"])) == [notes]
        assert _roots(discover_at(places, [notes / "topics"])) == [notes]

    @pytest.mark.parametrize("name", ["memory.md", "Memory.md", "MEMORY.txt", "MEMORY.md/x"])
    def test_only_a_file_of_exactly_that_name(self, places: Places, repository: Path, name: str) -> None:
        _write(repository / "docs" / name, "")
        assert not discover_at(places, [repository]).stores

    def test_a_project_with_an_index_file_at_its_top_is_not_a_store_around_its_agents(
        self, places: Places, repository: Path
    ) -> None:
        root = _store(repository / "sub/.claude/agent-memory/a")
        _write(repository / "MEMORY.md", "")
        assert _roots(discover_at(places, [repository])) == [root]
        _write(repository / ".claude/README.md", "")
        assert not discover_at(places, [_write(repository / "src/x.py", "")]).stores

    def test_a_lone_index_file_names_its_directory_wherever_it_lies(
        self, places: Places, repository: Path
    ) -> None:
        (repository / ".claude").mkdir()
        index = _write(repository / "MEMORY.md", "")
        assert _roots(discover_at(places, [index])) == [repository]
        assert _roots(discover_at(places, [repository])) == [repository]

    def test_a_file_in_no_store_yields_nothing(self, places: Places, repository: Path) -> None:
        _store(repository / ".claude/agent-memory/a")
        beside = _write(repository / ".claude/agent-memory/README.md", "")
        assert not discover_at(places, [beside, _write(repository / "README.md", "")]).stores

    def test_several_paths_to_one_store_find_it_once(self, places: Places, repository: Path) -> None:
        root = _store(repository / ".claude/agent-memory/a")
        paths = (repository, root, root / "MEMORY.md", repository / ".claude")
        assert _roots(discover_at(places, paths)) == [root]

    def test_links_in_a_circle_end(self, places: Places, repository: Path) -> None:
        root = _store(repository / ".claude/agent-memory/a")
        (repository / "memory").symlink_to(repository)
        (repository / ".claude/.claude").symlink_to(repository / ".claude")
        assert _roots(discover_at(places, [repository])) == [root]

    def test_a_path_that_does_not_exist_is_an_error(self, places: Places, tmp_path: Path) -> None:
        with pytest.raises(MemorydError, match="gone does not exist") as caught:
            discover_at(places, [tmp_path, tmp_path / "gone"])
        assert caught.value.hint


class TestDefinitions:
    def _of(self, found: FoundStores) -> Iterable[tuple[str, str, bool, str]]:
        return [(d.name, d.memory, d.user, d.base) for d in found.definitions]

    def test_of_the_user_and_of_every_claude_directory(self, places: Places, repository: Path) -> None:
        _write(places.claude_dir / "agents/deep/er/mine.md", "---\nname: my agent\nmemory: user\n---\n")
        _write(repository / ".claude/agents/top.md", "---\nname: top\nmemory: project\n---\n")
        _write(repository / "api/.claude/agents/low.md", "---\ndescription: x\nmemory: local\n---\n")
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
        root = _store(repository / "api/.claude/agent-memory/a")
        _write(repository / ".claude/agents/a.md", "---\nname: a\n---\n")
        _write(repository.parent / ".claude/agents/b.md", "---\nname: b\n---\n")
        for found in (discover_at(places, [root]), discover_repository(places, repository)):
            assert [name for name, *_ in self._of(found)] == ["b", "a"]

    def test_a_file_without_front_matter_is_none(self, places: Places) -> None:
        _write(places.claude_dir / "agents/README.md", "# Our agents\n")
        _write(places.claude_dir / "agents/notes.txt", "---\nname: a\n---\n")
        (places.claude_dir / "agents/dir.md").mkdir()
        os.mkfifo(places.claude_dir / "agents/pipe.md")
        assert not discover_user(places).definitions

    def test_memory_that_is_no_scalar_is_invalid_not_absent(self, places: Places) -> None:
        _write(places.claude_dir / "agents/a.md", "---\nname: a\nmemory: [user]\n---\n")
        (definition,) = discover_user(places).definitions
        assert definition.memory
        assert definition.scope is None

    def test_undecodable_bytes_do_not_matter(self, places: Places) -> None:
        path = _write(places.claude_dir / "agents/a.md", "")
        path.write_bytes(b"\xef\xbb\xbf---\nname: a\ndescription: \xff\n---\n\xfe")
        assert [name for name, *_ in self._of(discover_user(places))] == ["a"]


def test_the_real_directories_of_the_corpus() -> None:
    corpus = Path(__file__).parents[4] / "shared/corpus"
    if not corpus.is_dir():
        pytest.skip("no corpus beside this checkout")
    tops = sorted(path for path in corpus.iterdir() if path.is_dir() and not path.name.startswith("_"))
    nowhere = Path("/nonexistent")
    found = discover_at(Places(nowhere, nowhere / ".claude"), tops)
    scopes = [store.scope for store in found.stores]
    assert {scope: scopes.count(scope) for scope in scopes} == {
        Scope.PROJECT: 115,
        Scope.AUTO: 6,
        Scope.LOCAL: 1,
    }
    indexes = {
        path.parent for top in tops for path in top.rglob("MEMORY.md") if path.parent.name != "agent-memory"
    }
    assert indexes <= set(_roots(found))


class TestSurroundings:
    """What is found beside stores: definitions in the places searched and around them, settings."""

    def _agent(self, directory: Path, name: str) -> str:
        return str(_write(directory / ".claude/agents" / f"{name}.md", f"---\nname: {name}\n---\n"))

    def _inside(self, found: FoundStores) -> list[str]:
        return [definition.path for definition in found.inside]

    def test_definitions_above_a_place_and_the_users_are_known_but_not_inside(
        self, places: Places, repository: Path
    ) -> None:
        users, above = self._agent(places.home, "u"), self._agent(repository.parent, "above")
        own, nested = self._agent(repository, "own"), self._agent(repository / "web", "nested")
        everything = sorted([users, above, own, nested])
        for found in (discover_repository(places, repository / "web"), discover_at(places, [repository])):
            assert [each.path for each in found.definitions] == everything
            assert self._inside(found) == sorted([own, nested])
        assert self._inside(discover_at(places, [repository / "web"])) == [nested]
        assert self._inside(discover_user(places)) == [users]
        assert self._inside(discover(places, cwd=repository)) == everything

    def test_a_definition_or_its_directory_may_be_named(self, places: Places, repository: Path) -> None:
        one, _ = self._agent(repository, "one"), self._agent(repository, "one-more")
        assert self._inside(discover_at(places, [Path(one)])) == [one]
        assert len(self._inside(discover_at(places, [Path(one).parent]))) == 2

    def test_definitions_that_lie_anywhere_may_be_named(self, places: Places, tmp_path: Path) -> None:
        seeds = tmp_path / "seeds"
        agent = _write(seeds / "agent.md", "---\nname: a\ndescription: d\nmodel: opus\n---\nYou review.\n")
        _write(seeds / "topic.md", "---\nname: t\ndescription: d\ntype: project\n---\nA topic.\n")
        _write(seeds / "README.md", "# Seeds\n")
        for named in (seeds, agent):
            assert self._inside(discover_at(places, [named])) == [str(agent)]

    def test_settings_that_say_whether_there_is_memory(self, places: Places, repository: Path) -> None:
        users = _write(places.claude_dir / "settings.json", '{"autoMemoryEnabled": false}')
        own = _write(repository / ".claude/settings.local.json", '{"autoMemoryEnabled": true}')
        _write(repository / ".claude/settings.json", '{"model": "opus"}')
        _write(repository / ".claude/other.json", '{"autoMemoryEnabled": false}')
        for found in (
            discover_repository(places, repository),
            discover_at(places, [repository]),
            discover(places, cwd=repository),
        ):
            assert [(each.path, each.base, each.user, each.on) for each in found.switches] == [
                (str(users), str(places.claude_dir), True, False),
                (str(own), str(repository), False, True),
            ]
