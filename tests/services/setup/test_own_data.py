import os
from pathlib import Path

from support import write_tree

from memoryd.config.locations import locate
from memoryd.services.setup.own_data import own_data, remove_own_data, size_of

OWN = {
    "config/memoryd/config.toml": "a",
    "state/memoryd/history.db": "b",
    "state/memoryd/history.db-wal": "c",
    "state/memoryd/history.db.backup": "d",
    "state/memoryd/trusted.json": "e",
    "state/memoryd/usage.db": "u",
    "state/memoryd/bug.log": "f",
    "cache/memoryd/index.db": "g",
    "cache/memoryd/index.db-shm": "h",
    "cache/memoryd/urls.json": "i",
    "cache/memoryd/sample/.claude/agent-memory/reviewer/MEMORY.md": "j",
    "run/memoryd/lock": "1",
    "run/memoryd/status.json": "k",
}


def environment(base: Path) -> dict[str, str]:
    return {
        f"MEMORYD_{name}_DIR": str(base / name.lower() / "memoryd") for name in ("STATE", "CACHE", "RUNTIME")
    }


def test_all_that_is_memoryds_goes_and_nothing_else(tmp_path: Path) -> None:
    write_tree(tmp_path, {name.replace("run/", "runtime/"): text for name, text in OWN.items()})
    others = {
        "state/memoryd/MEMORY.md": "m",
        "state/memoryd/history.db.md": "n",
        "config/memoryd/config.toml.bak": "o",
    }
    write_tree(tmp_path, others)
    own = environment(tmp_path) | {"MEMORYD_CONFIG": str(tmp_path / "config/memoryd/config.toml")}
    found = own_data(locate(own))
    assert sum(map(size_of, found)) == len(OWN)
    remove_own_data(found)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(others)
    assert not (tmp_path / "cache/memoryd").exists()
    assert own_data(locate(own)) == ()


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    write_tree(tmp_path / "mine", {"a.md": "a"})
    (tmp_path / "cache/memoryd").mkdir(parents=True)
    os.symlink(tmp_path / "mine", tmp_path / "cache/memoryd/sample")
    os.symlink(tmp_path / "mine/a.md", tmp_path / "cache/memoryd/index.db")
    remove_own_data(own_data(locate(environment(tmp_path))))
    assert (tmp_path / "mine/a.md").read_text() == "a"
    assert not (tmp_path / "cache/memoryd").exists()
