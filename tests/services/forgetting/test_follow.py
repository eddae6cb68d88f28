"""A text is removed where it is recognized by its tombstone."""

from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.adapters.usage.counts import UseCounts
from memoryd.config.locations import locate
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.forgetting.tombstone import Seeker, tombstone_of
from memoryd.domain.stores.store import Store
from memoryd.domain.usage.records import RecordState, Use, UseKind
from memoryd.errors import MemorydError
from memoryd.services.forgetting.follow import (
    FollowOptions,
    RemovedCounts,
    follow,
    own_files,
    recognize,
)
from memoryd.services.forgetting.purge import OwnFiles, prove
from memoryd.services.history.undo import set_aside
from memoryd.services.search.update_index import sync

TEXT = "sk-live-4242SECRET"
NEEDLE = Needle(TEXT)
TOMBSTONE = tombstone_of(NEEDLE, bytes(32))
assert TOMBSTONE is not None
SEEKER = Seeker(TOMBSTONE, bytes(32))
HOW = FollowOptions()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(write_tree(tmp_path / "memory" / "rev", {"MEMORY.md": "- a\n- b\n"}))


def test_nothing_is_done_where_the_text_never_was(store: Store, own: OwnFiles) -> None:
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
    before = own.history.read_bytes()
    assert follow(SEEKER, (store,), own, HOW) == RemovedCounts()
    assert own.history.read_bytes() == before


def test_it_leaves_files_history_and_index(store: Store, own: OwnFiles) -> None:
    write_tree(
        Path(store.root), {"MEMORY.md": f"- a\n- {TEXT}\n- [T](t.md)\n", "t.md": f"# T\n\nthe {TEXT}\n\nx\n"}
    )
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
        history.observe(store.root, [(f"{store.root}/MEMORY.md", f"- old {TEXT.upper()}\n".encode())])
    done = follow(SEEKER, (store,), own, HOW)
    assert (done.files, done.versions > 0) == (2, True)
    assert Path(store.root, "MEMORY.md").read_text() == "- a\n- [T](t.md)\n"
    assert prove(NEEDLE, (store,), own).remaining == ()
    assert follow(SEEKER, (store,), own, HOW) == RemovedCounts()


@pytest.mark.parametrize("place", ["file", "name", "history", "title", "usage", "log", "facts", "conflict"])
def test_it_is_recognized_wherever_it_is(store: Store, own: OwnFiles, place: str) -> None:
    root = Path(store.root)
    with History(own.history) as history:
        history.observe(store.root, [(f"{root}/MEMORY.md", b"- a\n")])
        if place == "history":
            history.observe(store.root, [(f"{root}/x.md", f"- {TEXT}\n".encode()), (f"{root}/x.md", None)])
        if place == "title":
            history.observe(store.root, [(f"{root}/{TEXT}.md", b"x"), (f"{root}/{TEXT}.md", None)])
        if place == "conflict":
            set_aside(history, "operation-1", TEXT.encode())
    if place in {"file", "name"}:
        write_tree(root, {"notes.txt" if place == "file" else f"{TEXT}.md": TEXT if place == "file" else "x"})
    if place == "usage":
        with UseCounts(own.usage) as counts:
            use = Use(UseKind.READ, f"{root}/{TEXT}.md", "", "2026-03-01")
            counts.add("s.jsonl", [use], RecordState("s"), start=0, end=1)
    if place == "log":
        own.others[1].write_text(f"x {TEXT}")
    if place == "facts":
        write_tree(own.facts, {"f": f"{{{TEXT}}}"})
    assert recognize(SEEKER, (store,), own) is not None


def test_what_is_in_very_many_lines_waits_for_a_person(store: Store, own: OwnFiles) -> None:
    lines = "".join(f"- {TEXT} {number}\n" for number in range(60))
    write_tree(Path(store.root), {"MEMORY.md": lines + "- other\n" * 60})
    with pytest.raises(MemorydError, match="is in 60 lines here") as raised:
        follow(SEEKER, (store,), own, HOW)
    assert raised.value.hint is not None
    assert "--forget" in raised.value.hint
    assert Path(store.root, "MEMORY.md").read_text().startswith(lines)
    assert follow(SEEKER, (store,), own, FollowOptions(is_agreed=True)).files == 1
    assert TEXT not in Path(store.root, "MEMORY.md").read_text()


def test_what_cannot_be_removed_is_said_without_the_text(store: Store, own: OwnFiles) -> None:
    write_tree(Path(store.root), {f"sub {TEXT}/notes.txt": "x"})
    with pytest.raises(MemorydError, match=r"is still in .*sub sk-l…") as raised:
        follow(SEEKER, (store,), own, HOW)
    assert TEXT not in f"{raised.value.message}{raised.value.hint}"


def test_own_files_are_those_of_the_locations(home: Path) -> None:
    locations = locate({})
    assert home in own_files(locations).history.parents
    assert own_files(locations).others == (locations.urls, locations.log)
