import json
import os
from pathlib import Path

import pytest
from adapters.stores.discovery.finding import make_store, one, records, roots_of, slug_of, write

from memoryd.adapters.stores.discovery import (
    FoundStores,
    Places,
    discover,
    discover_at,
    discover_repository,
)
from memoryd.domain.stores.store import Scope


class TestHome:
    def test_its_claude_directory_is_of_user_scope_whatever_way_it_is_reached(self, places: Places) -> None:
        root = make_store(places.claude_dir / "agent-memory/reviewer")
        (places.home / ".git").mkdir()
        records(places, slug_of(places.home), places.home)
        for found in (
            discover(places, cwd=places.home),
            discover_repository(places, places.home),
            discover_repository(places, root),
            discover_at(places, [places.home]),
            discover_at(places, [root]),
        ):
            assert one(found) == (root, Scope.USER, "reviewer", str(places.claude_dir))

    def test_its_definitions_are_the_users(self, places: Places) -> None:
        write(places.claude_dir / "agents/a.md", "---\nname: a\n---\n")
        for found in (discover(places, cwd=places.home), discover_at(places, [places.home])):
            assert [(d.user, d.base) for d in found.definitions] == [(True, str(places.claude_dir))]

    def test_neither_it_nor_what_is_above_is_walked(self, places: Places, home: Path) -> None:
        make_store(home / "code/shop/.claude/agent-memory/a")
        own = make_store(home / ".claude/agent-memory-local/a")
        (home.parent / ".git").mkdir()
        assert not discover_repository(places, home.parent).stores
        assert one(discover(places, cwd=home)) == (own, Scope.LOCAL, "a", str(home))

    def test_kept_in_git_it_is_no_repository_around_what_is_below(self, places: Places, home: Path) -> None:
        (home / ".git").mkdir()
        root = make_store(home / "notes/.claude/agent-memory/a")
        make_store(home / "other/.claude/agent-memory/a")
        assert roots_of(discover_repository(places, home / "notes")) == [root]

    def test_the_configuration_directory_is_not_walked(self, places: Places) -> None:
        make_store(places.claude_dir / "plugins/p/.claude/agent-memory/theirs")
        own = make_store(places.claude_dir / "agent-memory/a")
        records(places, "-c", places.claude_dir)
        assert roots_of(discover(places, cwd=places.claude_dir / "plugins")) == [own]


class TestRepository:
    def test_from_below_its_root_all_its_stores_count(self, places: Places, repository: Path) -> None:
        top = make_store(repository / ".claude/agent-memory/a")
        nested = make_store(repository / "services/api/.claude/agent-memory/a")
        (repository / "docs/deep").mkdir(parents=True)
        assert roots_of(discover_repository(places, repository / "docs/deep")) == [top, nested]

    def test_a_git_file_marks_a_root_too(self, places: Places, home: Path) -> None:
        worktree = home / "code/shop-2"
        write(worktree / ".git", "gitdir: ../shop/.git/worktrees/shop-2\n")
        root = make_store(worktree / ".claude/agent-memory/a")
        (worktree / "src").mkdir()
        assert roots_of(discover_repository(places, worktree / "src")) == [root]

    def test_a_worktree_inside_is_not_a_part_of_it_but_known_by_its_own_records(
        self, places: Places, repository: Path
    ) -> None:
        main = make_store(repository / ".claude/agent-memory/a")
        worktree = repository / ".claude/worktrees/x"
        write(worktree / ".git", "gitdir: elsewhere\n")
        copy = make_store(worktree / ".claude/agent-memory/a")
        assert roots_of(discover_repository(places, repository)) == [main]
        assert roots_of(discover_repository(places, worktree)) == [copy]
        records(places, "-x", worktree)
        assert roots_of(discover(places, cwd=repository)) == [main, copy]

    def test_without_git_it_is_the_directory_itself(self, places: Places, home: Path) -> None:
        below = make_store(home / "plain/sub/.claude/agent-memory/a")
        make_store(home / ".claude/agent-memory/b")
        above = make_store(home / "plain/.claude/agent-memory/a")
        assert roots_of(discover_repository(places, home / "plain/sub")) == [below]
        assert roots_of(discover_repository(places, home / "plain")) == [above, below]

    @pytest.mark.parametrize("tree", [".git", "node_modules", ".venv", "venv", "__pycache__", ".tox"])
    def test_trees_that_tools_make_are_skipped(self, places: Places, repository: Path, tree: str) -> None:
        make_store(repository / "src" / tree / "p/.claude/agent-memory/a")
        assert not discover_repository(places, repository).stores

    @pytest.mark.parametrize("mark", ["CACHEDIR.TAG", "pyvenv.cfg"])
    def test_trees_that_tools_mark_are_skipped(self, places: Places, repository: Path, mark: str) -> None:
        write(repository / "target" / mark, "")
        make_store(repository / "target/p/.claude/agent-memory/a")
        assert not discover_repository(places, repository).stores

    def test_links_are_not_followed(self, places: Places, repository: Path, home: Path) -> None:
        make_store(home / "code/other/.claude/agent-memory/a")
        (repository / "other").symlink_to(home / "code/other")
        (repository / "self").symlink_to(repository)
        assert not discover_repository(places, repository).stores
        assert not discover_at(places, [repository]).stores

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
    def test_an_unreadable_directory_is_skipped(self, places: Places, repository: Path) -> None:
        root = make_store(repository / ".claude/agent-memory/a")
        closed = repository / "closed"
        closed.mkdir(mode=0)
        try:
            assert roots_of(discover_repository(places, repository)) == [root]
        finally:
            closed.chmod(0o700)

    def test_a_store_within_a_store_is_a_part_of_it(self, places: Places, repository: Path) -> None:
        root = make_store(repository / ".claude/agent-memory/a")
        make_store(root / "sub/.claude/agent-memory/b")
        make_store(root / "topics")
        assert roots_of(discover_repository(places, repository)) == [root]
        assert roots_of(discover_at(places, [repository])) == [root]


class TestKnownRepositories:
    def test_patterns_of_the_configuration(self, home: Path) -> None:
        roots = [make_store(home / f"code/{name}/.claude/agent-memory/a") for name in ("one", "two")]
        make_store(home / "code/.hidden/.claude/agent-memory/a")
        write(home / "code/file", "")
        for pattern in ("~/code/*", f"{home}/code/*"):
            places = Places(home, home / ".claude", ("~/absent/*", "relative/*", pattern))
            assert roots_of(discover(places)) == roots

    @pytest.mark.parametrize("pattern", ["~/code/*/*", "~/code/*/*/*"])
    def test_a_link_out_of_a_repository_that_a_pattern_matches_is_named(
        self, home: Path, repository: Path, pattern: str
    ) -> None:
        make_store(home / "private/inner/.claude/agent-memory/a")
        make_store(home / "private/.claude/agent-memory/a")
        inside = make_store(repository / "packages/web/.claude/agent-memory/a")
        link = repository / "out"
        link.symlink_to(home / "private")
        (repository / "readme").symlink_to(write(home / "readme", ""))
        found = discover(Places(home, home / ".claude", (pattern,)))
        assert roots_of(found) == [inside]
        assert [(each.path, each.target) for each in found.escapes] == [(str(link), str(home / "private"))]

    def test_a_home_directory_with_pattern_characters_in_its_name(self, tmp_path: Path) -> None:
        home = tmp_path / "me[1]*"
        root = make_store(home / "code/one/.claude/agent-memory/a")
        assert roots_of(discover(Places(home, home / ".claude", ("~/code/*",)))) == [root]

    def test_session_records(self, places: Places, home: Path) -> None:
        first = make_store(home / "first/.claude/agent-memory/a")
        last = make_store(home / "last/.claude/agent-memory/a")
        records(places, "-any", home / "first", home / "between", home / "last")
        assert roots_of(discover(places)) == [first, last]

    def test_each_is_widened_to_its_git_root(self, places: Places, repository: Path) -> None:
        root = make_store(repository / "api/.claude/agent-memory/a")
        (repository / "web").mkdir()
        records(places, "-any", repository / "web")
        assert roots_of(discover(places)) == [root]

    def test_the_ends_of_long_records_are_read(self, places: Places, home: Path) -> None:
        first = make_store(home / "first/.claude/agent-memory/a")
        last = make_store(home / "last/.claude/agent-memory/a")
        path = records(places, "-any", home / "first")
        huge = json.dumps({"cwd": "/between", "text": "x" * 1_000_000})
        path.write_text(f"{path.read_text()}{huge}\n{json.dumps({'cwd': str(home / 'last')})}\n")
        assert roots_of(discover(places)) == [first, last]

    @pytest.mark.parametrize(
        "line", ["{", '{"cwd": "/gone"}', '{"cwd": "/\\u0000"}', '{"cwd": "/\\ud800"}', '{"cwd": "/%s"}']
    )
    def test_bad_records_are_passed_over(self, places: Places, home: Path, line: str) -> None:
        root = make_store(home / "good/.claude/agent-memory/a")
        records(places, "-good", home / "good")
        write(places.claude_dir / "projects/-bad/1.jsonl", line.replace("%s", "x" * 5000) + "\n")
        assert roots_of(discover(places)) == [root]

    def test_records_that_are_no_files_are_passed_over(self, places: Places) -> None:
        project = places.claude_dir / "projects/-p"
        (project / "memory").mkdir(parents=True)
        (project / "dir.jsonl").mkdir()
        (project / "gone.jsonl").symlink_to("nowhere")
        os.mkfifo(project / "pipe.jsonl")
        assert one(discover(places))[2] == "-p"

    def test_nothing_at_all(self, tmp_path: Path) -> None:
        places = Places(tmp_path / "no", tmp_path / "no/.claude", ("~/*",))
        assert discover(places, cwd=tmp_path / "gone") == FoundStores((), searched=("/",))
