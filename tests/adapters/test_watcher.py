"""The doorbell rings for what may have changed, and goes on ringing whatever becomes of the directory."""

import os
import queue
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import wait_for, write_tree

from memoryd.adapters.watcher import Watcher


@pytest.fixture
def rung() -> set[str]:
    return set()


@pytest.fixture
def watcher(rung: set[str]) -> Iterator[Watcher]:
    watcher = Watcher(rung.add)
    yield watcher
    watcher.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory", {"a/MEMORY.md": "", "b/MEMORY.md": ""})


def rings_for(rung: set[str], path: Path, act: Callable[[], object]) -> None:
    rung.clear()
    act()
    wait_for(lambda: str(path) in rung)


def test_it_rings_for_files_made_written_renamed_and_removed(
    watcher: Watcher, rung: set[str], root: Path
) -> None:
    assert watcher.watch([str(root)]) == {}
    path = root / "a" / "x.md"
    rings_for(rung, path, lambda: path.write_text("x"))
    rings_for(rung, path, lambda: path.write_text("y"))
    other = root / "b" / "y.md"
    rings_for(rung, other, lambda: path.rename(other))
    rings_for(rung, other, other.unlink)


def test_it_rings_for_new_directories_and_what_lies_in_them(
    watcher: Watcher, rung: set[str], root: Path
) -> None:
    watcher.watch([str(root)])
    new = root / "c"
    rings_for(rung, new, new.mkdir)
    wait_for(lambda: (new / "probe.md").write_text("x") and str(new / "probe.md") in rung)


def test_it_does_not_ring_for_reading_or_for_other_files(
    watcher: Watcher, rung: set[str], root: Path
) -> None:
    watcher.watch([str(root)])
    (root / "a" / "MEMORY.md").read_bytes()
    (root / "a" / "notes.txt").write_text("x")
    rings_for(rung, root / "a" / "last.md", lambda: (root / "a" / "last.md").write_text("x"))
    assert str(root / "a" / "MEMORY.md") not in rung
    assert str(root / "a" / "notes.txt") not in rung


def test_a_link_is_watched_by_its_real_path(
    watcher: Watcher, rung: set[str], root: Path, tmp_path: Path
) -> None:
    (tmp_path / "way").symlink_to(root)
    watcher.watch([str(tmp_path / "way")])
    path = root / "a" / "x.md"
    rings_for(rung, path, lambda: path.write_text("x"))


def test_what_is_no_longer_asked_for_is_no_longer_watched(
    watcher: Watcher, rung: set[str], root: Path
) -> None:
    watcher.watch([str(root / "a"), str(root / "b")])
    watcher.watch([str(root / "b")])
    (root / "a" / "x.md").write_text("x")
    rings_for(rung, root / "b" / "x.md", lambda: (root / "b" / "x.md").write_text("x"))
    assert str(root / "a" / "x.md") not in rung


def test_a_directory_that_is_not_there_is_named_with_the_reason(watcher: Watcher, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert watcher.watch([gone]) == {gone: "No such file or directory"}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_directory_that_was_made_anew_is_watched_anew(
    watcher: Watcher, rung: set[str], root: Path, *, at_once: bool
) -> None:
    watcher.watch([str(root)])
    shutil.rmtree(root)
    wait_for(lambda: str(root / "a" / "MEMORY.md") in rung)
    if not at_once:
        wait_for(lambda: str(root) in watcher.watch([str(root)]))
    write_tree(root, {"a/MEMORY.md": ""})  # which may well get the same inode
    path = root / "a" / "x.md"

    def rings() -> bool:
        assert watcher.watch([str(root)]) == {}
        path.write_text("x")
        return str(path) in rung

    wait_for(rings)


def test_a_directory_that_was_replaced_is_watched_anew(
    watcher: Watcher, rung: set[str], root: Path, tmp_path: Path
) -> None:
    watcher.watch([str(root)])
    write_tree(tmp_path / "new", {"a/MEMORY.md": ""})
    os.rename(root, tmp_path / "old")
    os.rename(tmp_path / "new", root)
    assert watcher.watch([str(root)]) == {}
    path = root / "a" / "x.md"
    rings_for(rung, path, lambda: path.write_text("x"))


def test_the_callback_may_be_a_queue(root: Path) -> None:
    doorbell: queue.SimpleQueue[str] = queue.SimpleQueue()
    watcher = Watcher(doorbell.put)
    try:
        watcher.watch([str(root)])
        (root / "x.md").write_text("x")
        assert doorbell.get(timeout=20) == str(root / "x.md")
    finally:
        watcher.close()
