"""The one writer: what it refuses, what it keeps, and that no other writer's bytes are lost."""

import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from support import (
    REPOSITORY,
    STRACE,
    change_of,
    python,
    strace_works,
    tree,
    unmeasured,
    wait_for,
    write_tree,
)

from memoryd.adapters.edits import DisplacedFile, check, hurry, leftovers, write, writer
from memoryd.adapters.edits.directory import OpenDirectory, opened
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import ConflictError

OLD = b"# Memory\n- one\n"
NEW = b"# Memory\n- one\n- two\n"


def settled(displaced: DisplacedFile | None) -> bytes | None:
    assert displaced is not None
    recorded: list[bytes] = []
    late = displaced.settle(recorded.append)
    assert recorded == [late] * (late is not None)
    return late


def make_immutable(path: Path, immutable: list[Path]) -> None:
    try:
        done = subprocess.run(["chattr", "+i", path], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        done = False
    if not done:
        pytest.skip("files cannot be made immutable here")
    immutable.append(path)


def test_an_immutable_file_stays_and_nothing_is_left_over(
    store: Path, target: Path, immutable: list[Path]
) -> None:
    make_immutable(target, immutable)
    with pytest.raises(PermissionError):
        write(change_of(store, "MEMORY.md", NEW), 1)
    assert tree(store) == {"MEMORY.md": OLD}


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf# BOM\r\n- x\r\n", b"no end", b"\n\n", "ä 記憶\n".encode()]
)
def test_bytes_are_written_as_they_are_and_nothing_is_left_over(store: Path, content: bytes) -> None:
    assert settled(write(change_of(store, "MEMORY.md", content), 1)) is None
    assert tree(store) == {"MEMORY.md": content}


def test_a_new_file_is_created_and_a_file_removed(store: Path) -> None:
    assert write(change_of(store, "new.md", NEW), 1) is None
    assert tree(store) == {"MEMORY.md": OLD, "new.md": NEW}
    assert settled(write(change_of(store, "new.md", None), 1)) is None
    assert tree(store) == {"MEMORY.md": OLD}


@pytest.mark.parametrize("after", [NEW, None])
def test_a_file_that_changed_before_is_left_untouched(store: Path, target: Path, after: bytes | None) -> None:
    change = change_of(store, "MEMORY.md", after)
    target.write_bytes(b"theirs\n")
    inode = target.stat().st_ino
    with pytest.raises(ConflictError):
        write(change, 1)
    assert tree(store) == {"MEMORY.md": b"theirs\n"}
    assert target.stat().st_ino == inode


def test_a_file_that_is_gone_or_has_appeared_is_a_conflict(store: Path, target: Path) -> None:
    changes = change_of(store, "MEMORY.md", NEW), change_of(store, "new.md", NEW)
    target.unlink()
    (store / "new.md").write_bytes(b"theirs\n")
    for change in changes:
        with pytest.raises(ConflictError):
            check(change)
        with pytest.raises(ConflictError):
            write(change, 1)
    assert tree(store) == {"new.md": b"theirs\n"}


def test_a_failed_write_of_the_new_content_leaves_nothing(store: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(FileChange(str(store), f"{store}/gone/x.md", None, NEW), 1)
    assert tree(store) == {"MEMORY.md": OLD}


def test_an_agent_that_wrote_between_comparison_and_swap_gets_its_file_back(
    store: Path, target: Path
) -> None:
    change = change_of(store, "MEMORY.md", NEW)
    target.write_bytes(b"theirs\n")
    (store / "aside").write_bytes(NEW)
    with opened(change) as place:
        place.exchange("aside", "MEMORY.md")
        with pytest.raises(ConflictError):
            writer._look_at_displaced(place, change, "aside", swapped=True)
    assert tree(store) == {"MEMORY.md": b"theirs\n", "aside": NEW}


def test_of_two_versions_the_latest_stays_on_top_and_the_other_is_kept(store: Path, target: Path) -> None:
    change = change_of(store, "MEMORY.md", NEW)
    target.write_bytes(b"latest\n")
    (store / "aside").write_bytes(b"theirs\n")
    with opened(change) as place, pytest.raises(ConflictError):
        writer._look_at_displaced(place, change, "aside", swapped=True)
    assert tree(store) == {"MEMORY.md": b"latest\n", "aside": b"theirs\n"}


def test_without_a_swap_the_agents_file_comes_back_too(store: Path, target: Path) -> None:
    change = change_of(store, "MEMORY.md", NEW)
    target.write_bytes(NEW)
    (store / "aside").write_bytes(b"theirs\n")
    with opened(change) as place, pytest.raises(ConflictError):
        writer._look_at_displaced(place, change, "aside", swapped=False)
    assert tree(store) == {"MEMORY.md": b"theirs\n"}


def test_without_a_swap_a_later_version_stays_on_top(store: Path, target: Path) -> None:
    change = change_of(store, "MEMORY.md", NEW)
    target.write_bytes(b"latest\n")
    (store / "aside").write_bytes(b"theirs\n")
    with opened(change) as place, pytest.raises(ConflictError):
        writer._look_at_displaced(place, change, "aside", swapped=False)
    assert tree(store) == {"MEMORY.md": b"latest\n", "aside": b"theirs\n"}


@pytest.mark.parametrize("kind", ["rename", "rewrite", "append"])
def test_a_removal_that_loses_the_race_brings_the_file_back(store: Path, target: Path, kind: str) -> None:
    stop = threading.Event()

    def agent() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with suppress(FileNotFoundError):
                if kind == "rename":
                    (store / "theirs").write_bytes(b"%d\n" % number)
                    os.replace(store / "theirs", target)
                elif kind == "rewrite":
                    target.write_bytes(b"%d\n" % number)
                else:
                    with target.open("ab") as file:
                        file.write(b"%d\n" % number)
            time.sleep(0.0005)

    thread = threading.Thread(target=agent)
    thread.start()
    try:
        for _ in range(200):
            change = change_of(store, "MEMORY.md", None)
            if change.before is None:
                continue
            with suppress(ConflictError):
                displaced = write(change, 1)
                late = settled(displaced)
                assert displaced is not None
                assert late is None or late.startswith(change.before) or kind == "rewrite"
    finally:
        stop.set()
        thread.join()
    assert not [path for path, *_ in leftovers(str(store)) if b"\n" not in Path(path).read_bytes()]


def test_the_old_file_is_linked_aside_where_names_cannot_be_swapped(store: Path, target: Path) -> None:
    temporary = store / ".memoryd.1.1.MEMORY.md"
    temporary.write_bytes(NEW)
    change = change_of(store, "MEMORY.md", NEW)
    with opened(change) as place:
        aside = writer._replace(place, change, temporary.name, 1)
    assert (store / aside).read_bytes() == OLD
    assert target.read_bytes() == NEW
    assert len(list(leftovers(str(store)))) == 1


def test_a_replacement_that_fails_leaves_no_second_name(store: Path, target: Path) -> None:
    change = change_of(store, "MEMORY.md", NEW)
    with opened(change) as place, pytest.raises(FileNotFoundError):
        writer._replace(place, change, "absent", 1)
    assert target.stat().st_nlink == 1
    assert tree(store) == {"MEMORY.md": OLD}


def test_a_file_that_appears_at_the_last_moment_is_not_replaced(
    store: Path, target: Path, place: OpenDirectory
) -> None:
    (store / "temporary").write_bytes(NEW)
    with pytest.raises(ConflictError):
        writer._create(place, change_of(store, "MEMORY.md", NEW), "temporary")
    assert target.read_bytes() == OLD


@pytest.mark.usefixtures("leases")
def test_what_is_appended_through_an_old_descriptor_is_returned(store: Path, target: Path) -> None:
    with target.open("ab", buffering=0) as agent:
        displaced = write(change_of(store, "MEMORY.md", NEW), 1)
        waiting = threading.Thread(target=lambda: results.append(settled(displaced)))
        results: list[bytes | None] = []
        waiting.start()
        agent.write(b"- late\n")
        time.sleep(writer._POLL)
        assert waiting.is_alive()
    waiting.join()
    assert results == [OLD + b"- late\n"]
    assert tree(store) == {"MEMORY.md": NEW}


@pytest.mark.usefixtures("leases")
def test_a_file_held_open_for_long_stays_until_its_writer_is_done(store: Path, target: Path) -> None:
    with target.open("ab", buffering=0) as agent:
        displaced = write(change_of(store, "MEMORY.md", NEW), 7)
        assert displaced is not None
        aged = DisplacedFile(displaced.change, displaced.path, displaced.held, time.monotonic() - 3600)
        assert settled(aged) is None
        ((path, name, operation),) = leftovers(str(store))
        assert (path, name, operation) == (displaced.path, str(target), 7)
        agent.write(b"- very late\n")
    assert settled(aged) == OLD + b"- very late\n"
    assert tree(store) == {"MEMORY.md": NEW}


def test_a_displaced_file_that_somebody_else_removed_is_settled(store: Path) -> None:
    displaced = write(change_of(store, "MEMORY.md", NEW), 1)
    assert displaced is not None
    os.unlink(displaced.path)
    assert settled(displaced) is None


@pytest.mark.skipif(not strace_works(), reason="no strace that may trace here")
def test_without_leases_the_displaced_file_is_kept_for_a_grace_time(store: Path, target: Path) -> None:
    script = f"""
import time
from memoryd.adapters.edits import DisplacedFile, has_writer, write
from memoryd.domain.edits.plan import FileChange
change = FileChange({str(store)!r}, {str(target)!r}, {OLD!r}, {NEW!r})
displaced = write(change, 1)
assert has_writer(displaced.path) is None
print("waiting", flush=True)
DisplacedFile(change, displaced.path, displaced.held, time.monotonic() - 29).settle(print)
"""
    displaced = store / ".memoryd.1.1.MEMORY.md"
    command = [str(STRACE), "-qq", "-o", os.devnull, "-P", str(displaced), "-e", "inject=fcntl:error=EINVAL"]
    with subprocess.Popen(
        [*command, *python("-c", script)], cwd=REPOSITORY, stdout=subprocess.PIPE, env=unmeasured()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        assert len(tree(store)) == 2
        assert process.wait() == 0
    wait_for(lambda: tree(store) == {"MEMORY.md": NEW})


def test_a_process_that_is_to_end_waits_for_no_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_tree(tmp_path / "store", {".memoryd.1.1.MEMORY.md": "- old\n", "MEMORY.md": "- new\n"})
    path = root / ".memoryd.1.1.MEMORY.md"
    in_an_hour = time.monotonic() + 3600
    displaced = DisplacedFile(change_of(root, "MEMORY.md", b"- new\n"), str(path), b"- old\n", in_an_hour)
    monkeypatch.setattr(writer, "_HASTE", writer._Haste())
    with path.open("a"):
        hurry()
        assert displaced.settle(lambda _: None) is None
    assert path.exists()  # a left-over: the next process treats it
