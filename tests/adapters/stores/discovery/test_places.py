from pathlib import Path

import pytest
from adapters.stores.discovery.finding import roots_of, write

from memoryd.adapters.stores.discovery import (
    FoundStores,
    Places,
    discover,
    discover_at,
    discover_repository,
    discover_user,
)
from memoryd.domain.stores.store import Scope


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
    assert indexes <= set(roots_of(found))


class TestSurroundings:
    """What is found beside stores: definitions in the places searched and around them, settings."""

    def _agent(self, directory: Path, name: str) -> str:
        return str(write(directory / ".claude/agents" / f"{name}.md", f"---\nname: {name}\n---\n"))

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
        agent = write(seeds / "agent.md", "---\nname: a\ndescription: d\nmodel: opus\n---\nYou review.\n")
        write(seeds / "topic.md", "---\nname: t\ndescription: d\ntype: project\n---\nA topic.\n")
        write(seeds / "README.md", "# Seeds\n")
        for named in (seeds, agent):
            assert self._inside(discover_at(places, [named])) == [str(agent)]

    def test_settings_that_say_whether_there_is_memory(self, places: Places, repository: Path) -> None:
        users = write(places.claude_dir / "settings.json", '{"autoMemoryEnabled": false}')
        own = write(repository / ".claude/settings.local.json", '{"autoMemoryEnabled": true}')
        write(repository / ".claude/settings.json", '{"model": "opus"}')
        write(repository / ".claude/other.json", '{"autoMemoryEnabled": false}')
        for found in (
            discover_repository(places, repository),
            discover_at(places, [repository]),
            discover(places, cwd=repository),
        ):
            assert [(each.path, each.base, each.user, each.on) for each in found.switches] == [
                (str(users), str(places.claude_dir), True, False),
                (str(own), str(repository), False, True),
            ]
