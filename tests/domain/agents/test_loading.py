from dataclasses import replace

import pytest

from memoryd.domain.agents.loading import refusal
from memoryd.domain.agents.roster import StoreOnDisk
from memoryd.domain.stores.profiles import CLAUDE_STYLE
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store, agent_store, auto_store

PROJECT = agent_store("/p/.claude/agent-memory/a", user=False)
LOCAL = agent_store("/p/.claude/agent-memory-local/a", user=False)
USER = agent_store("/h/.claude/agent-memory/a", user=True)
AUTO = auto_store("/h/.claude/projects/-p/memory", "/p", "-p")


def on_disk(store: Store, index: str, *, size: int = 9, exists: bool = True) -> StoreOnDisk:
    return StoreOnDisk(store.root, store.base, store.base, index, size, exists)


@pytest.mark.parametrize(
    ("store", "index", "told"),
    [
        (PROJECT, "link", True),
        (LOCAL, "link", True),
        (PROJECT, "directory", True),
        (LOCAL, "special", True),
        (USER, "special", False),
        (AUTO, "directory", False),
        (AUTO, "special", False),
    ],
)
def test_an_index_file_that_is_not_loaded(store: Store, index: str, *, told: bool) -> None:
    refused = refusal(Snapshot(store, {}), on_disk(store, index))
    assert refused is not None
    assert refused.told is told
    assert ("hangs" in refused.reason) is (store is USER)


@pytest.mark.parametrize(
    ("store", "index"),
    [(PROJECT, "file"), (PROJECT, ""), (USER, "link"), (AUTO, "link"), (AUTO, ""), (USER, "file")],
)
def test_an_index_file_that_is_loaded_or_missing(store: Store, index: str) -> None:
    assert refusal(Snapshot(store, {}), on_disk(store, index)) is None


def test_a_directory_out_of_the_working_directory() -> None:
    there = replace(on_disk(PROJECT, "file"), root="/shared/a")
    refused = refusal(Snapshot(PROJECT, {}), there)
    assert refused is not None
    assert refused.reason == "by a symbolic link it lies in /shared/a, outside the working directory"


def test_a_broken_link_and_a_large_file_of_auto_memory() -> None:
    broken = refusal(Snapshot(AUTO, {}), on_disk(AUTO, "link", size=0, exists=False))
    large = refusal(Snapshot(AUTO, {}), on_disk(AUTO, "file", size=4 * 2**20 + 1))
    assert [each.told for each in (broken, large) if each] == [False, False]


def test_memory_that_no_client_loads_is_not_refused() -> None:
    store = replace(AUTO, profile=CLAUDE_STYLE)
    assert refusal(Snapshot(store, {}), on_disk(store, "directory")) is None
