"""The doorbell rings for what may have changed, and goes on ringing whatever becomes of the directory."""

import logging
import os
import queue
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import wait_for, write_tree

from memoryd.adapters.daemon.watcher import Watcher


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


def rings_again(watcher: Watcher, rung: set[str], root: Path) -> None:
    """It is healed, says so once, and then rings."""
    wait_for(watcher.heal)
    assert watcher.heal() == {}
    path = root / "a" / "healed.md"
    rings_for(rung, path, lambda: path.write_text("x"))
    assert watcher.failed == {}


def test_a_healthy_one_has_nothing_to_heal(watcher: Watcher, root: Path) -> None:
    watcher.watch([str(root)])
    assert watcher.heal() == {}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_callback_that_raises_ends_a_thread_and_that_is_noticed(root: Path) -> None:
    rung: set[str] = set()
    is_broken = True

    def ring(path: str) -> None:
        if is_broken:
            raise RuntimeError
        rung.add(path)

    watcher = Watcher(ring)
    try:
        watcher.watch([str(root)])
        (root / "a" / "x.md").write_text("x")
        observer = watcher._observer
        assert observer is not None
        wait_for(lambda: not observer.is_alive())
        is_broken = False
        assert watcher.heal()["/"] == "a thread of the watcher had ended"
        path = root / "a" / "healed.md"
        rings_for(rung, path, lambda: path.write_text("x"))
    finally:
        watcher.close()


def test_an_emitter_that_ended_is_noticed(watcher: Watcher, rung: set[str], root: Path) -> None:
    watcher.watch([str(root)])
    assert watcher._observer is not None
    (emitter,) = watcher._observer.emitters
    emitter.stop()
    emitter.join()
    rings_again(watcher, rung, root)


def test_a_reader_that_ended_is_noticed(watcher: Watcher, rung: set[str], root: Path) -> None:
    watcher.watch([str(root)])
    reader = getattr(watcher._observer, "_inotify_fd", None)
    if reader is None:
        pytest.skip("this platform reads in another way")
    reader.stop()
    reader.join()
    rings_again(watcher, rung, root)


def test_what_watchdog_logs_is_a_doubt_about_everything(watcher: Watcher, rung: set[str], root: Path) -> None:
    watcher.watch([str(root)])
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; events were lost")
    assert rung == {"/"}
    assert watcher.heal() == {"/": "Inotify queue overflowed"}
    assert watcher.heal() == {}


def test_a_root_that_vanishes_is_said_and_its_return_too(
    watcher: Watcher, rung: set[str], root: Path, tmp_path: Path
) -> None:
    watcher.watch([str(root)])
    root.rename(tmp_path / "away")
    assert watcher.heal() == {str(root): "No such file or directory"}
    assert watcher.failed == {str(root): "No such file or directory"}
    assert watcher.heal() == {}
    (tmp_path / "away").rename(root)
    assert watcher.heal() == {str(root): "can be watched again"}
    path = root / "a" / "x.md"
    rings_for(rung, path, lambda: path.write_text("x"))


def test_a_root_that_becomes_a_link_is_watched_where_it_leads(
    watcher: Watcher, rung: set[str], root: Path, tmp_path: Path
) -> None:
    watcher.watch([str(root)])
    root.rename(tmp_path / "away")
    root.symlink_to(tmp_path / "away")
    assert watcher.heal() == {str(root): "was replaced, or its thread had ended"}
    path = tmp_path / "away" / "a" / "x.md"
    rings_for(rung, path, lambda: path.write_text("x"))


def test_a_directory_without_a_watch_is_noticed(watcher: Watcher, rung: set[str], root: Path) -> None:
    """As watchdog leaves it where there are no more watches: without a word."""
    assert watcher.watch([str(root)]) == {}
    directories = [str(root), str(root / "a"), str(root / "b")]
    assert watcher.unwatched(directories) == {}
    assert watcher._observer is not None
    (emitter,) = watcher._observer.emitters
    group = getattr(emitter, "_inotify", None)
    if group is None:
        pytest.skip("this platform has one watch for all of it")
    group._remove_callbacks([group._active_callbacks_by_path[os.fsencode(root / "a")]])
    assert watcher.unwatched(directories) == {}  # and mended at once
    path = root / "a" / "x.md"
    rings_for(rung, path, lambda: path.write_text("x"))


def test_other_files_ring_where_a_harness_has_them(root: Path, rung: set[str]) -> None:
    watcher = Watcher(rung.add, ("*.txt",))
    try:
        watcher.watch([str(root)])
        path = root / "a" / "goose.txt"
        rings_for(rung, path, lambda: path.write_text("x"))
    finally:
        watcher.close()
