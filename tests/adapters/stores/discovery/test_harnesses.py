from support import write_tree

from memoryd.adapters.stores import contents
from memoryd.adapters.stores.discovery import Places, discover, discover_at, discover_repository
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.stores.store import Scope


def test_stores_below_the_home_directory_are_found(places: Places) -> None:
    write_tree(
        places.home,
        {
            ".openclaw/workspace/MEMORY.md": "- a\n",
            ".hermes/memories/USER.md": "u\n",
            ".hermes/profiles/work/memories/MEMORY.md": "w\n",
            ".codex/memories/memory_summary.md": "s\n",
            ".config/goose/memory/dev.txt": "g\n",
        },
    )
    found = {store.agent: store.scope for store in discover(places).stores}
    assert found == dict.fromkeys(["openclaw", "hermes", "hermes-work", "codex", "goose"], Scope.USER)


def test_a_project_s_stores_are_found_at_its_top(places: Places) -> None:
    project = places.home / "code" / "app"
    write_tree(
        project, {".git/HEAD": "", "memory-bank/activeContext.md": "x\n", "src/memory-bank/no.md": "y\n"}
    )
    (store,) = discover_repository(places, project / "src").stores
    assert (store.agent, store.scope, store.base) == ("cline", Scope.PROJECT, str(project))


def test_a_path_in_such_a_store_names_it(places: Places) -> None:
    write_tree(places.home, {".hermes/memories/MEMORY.md": "m\n"})
    for path in (".hermes", ".hermes/memories", ".hermes/memories/MEMORY.md"):
        (store,) = discover_at(places, [places.home / path]).stores
        assert store.profile.name == "hermes"


def test_only_the_files_of_the_harness_are_read(places: Places) -> None:
    write_tree(
        places.home / ".openclaw/workspace",
        {"MEMORY.md": "m\n", "SOUL.md": "s\n", "memory/2026-02-03.md": "d\n", "notes/x.md": "x\n"},
    )
    (store,) = discover(places).stores
    assert contents.snapshot(store).documents.keys() == {"MEMORY.md", "memory/2026-02-03.md"}


def test_a_configured_profile_counts(places: Places) -> None:
    mine = Profile("mytool", "the configuration", "", index_name="NOTES.md", places=("~/.mytool/*/memory",))
    write_tree(places.home, {".mytool/a/memory/NOTES.md": "n\n"})
    (store,) = discover(Places(places.home, places.claude_dir, profiles=(mine,))).stores
    assert (store.agent, store.profile) == ("mytool-a", mine)
