"""The one writer: what it refuses, what it keeps, and that no other writer's bytes are lost."""

import os
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support import (
    REPOSITORY,
    STRACE,
    change_of,
    is_root,
    python,
    strace_works,
    tree,
    unmeasured,
    wait_for,
    write_tree,
)

from memoryd.adapters.edits import DisplacedFile, check, has_writer, hurry, leftovers, refuse, write, writer
from memoryd.adapters.edits.directory import OpenDirectory, opened
from memoryd.adapters.edits.exchange import exchange, rename_new
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import ConflictError, RefusedError

OLD = b"# Memory\n- one\n"
NEW = b"# Memory\n- one\n- two\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": OLD})


@pytest.fixture
def target(store: Path) -> Path:
    return store / "MEMORY.md"


def settled(displaced: DisplacedFile | None) -> bytes | None:
    assert displaced is not None
    recorded: list[bytes] = []
    late = displaced.settle(recorded.append)
    assert recorded == [late] * (late is not None)
    return late


# What is refused


def refusal_of(change: FileChange) -> str:
    before = tree(Path(change.root))
    with pytest.raises(RefusedError) as raised:
        refuse(change)
    assert tree(Path(change.root)) == before
    assert change.path in raised.value.message
    return raised.value.message


def test_an_ordinary_file_is_not_refused(store: Path) -> None:
    refuse(change_of(store, "MEMORY.md", NEW))
    refuse(change_of(store, "new.md", NEW))


def test_a_symbolic_link_is_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_bytes(OLD)
    (store / "link.md").symlink_to(tmp_path / "elsewhere.md")
    assert "symbolic link" in refusal_of(change_of(store, "link.md", NEW))


def test_a_dangling_link_is_refused_for_a_new_file(store: Path) -> None:
    (store / "link.md").symlink_to("nowhere.md")
    assert "symbolic link" in refusal_of(FileChange(str(store), f"{store}/link.md", None, NEW))


def test_a_second_hard_link_is_refused(store: Path, target: Path, tmp_path: Path) -> None:
    os.link(target, tmp_path / "second.md")
    assert "hard link" in refusal_of(change_of(store, "MEMORY.md", NEW))


def test_a_fifo_is_refused(store: Path) -> None:
    os.mkfifo(store / "pipe.md")
    assert "not a regular file" in refusal_of(FileChange(str(store), f"{store}/pipe.md", None, NEW))


def test_a_directory_is_refused(store: Path) -> None:
    (store / "sub.md").mkdir()
    assert "not a regular file" in refusal_of(FileChange(str(store), f"{store}/sub.md", None, NEW))


def test_a_read_only_file_is_refused_even_for_root(store: Path, target: Path) -> None:
    target.chmod(0o444)
    assert "read-only" in refusal_of(change_of(store, "MEMORY.md", NEW))


@pytest.mark.skipif(is_root(), reason="root writes into read-only directories")
def test_a_read_only_directory_is_refused(store: Path) -> None:
    store.chmod(0o555)
    try:
        assert "read-only" in refusal_of(change_of(store, "MEMORY.md", NEW))
    finally:
        store.chmod(0o755)


@pytest.mark.skipif(not is_root(), reason="only root can give files away")
def test_another_owner_is_refused(store: Path, target: Path) -> None:
    os.chown(target, 12345, -1)
    assert "another user" in refusal_of(change_of(store, "MEMORY.md", NEW))


@pytest.fixture
def immutable() -> Iterator[list[Path]]:
    """Paths to be set free again."""
    paths: list[Path] = []
    yield paths
    for path in paths:
        subprocess.run(["chattr", "-i", path], check=True, capture_output=True)


def make_immutable(path: Path, immutable: list[Path]) -> None:
    try:
        done = subprocess.run(["chattr", "+i", path], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        done = False
    if not done:
        pytest.skip("files cannot be made immutable here")
    immutable.append(path)


def test_an_immutable_directory_is_refused(store: Path, immutable: list[Path]) -> None:
    make_immutable(store, immutable)
    assert "read-only" in refusal_of(change_of(store, "MEMORY.md", NEW))


def test_an_immutable_file_stays_and_nothing_is_left_over(
    store: Path, target: Path, immutable: list[Path]
) -> None:
    make_immutable(target, immutable)
    with pytest.raises(PermissionError):
        write(change_of(store, "MEMORY.md", NEW), 1)
    assert tree(store) == {"MEMORY.md": OLD}


def test_an_absent_directory_is_refused(store: Path) -> None:
    assert "directory is gone" in refusal_of(change_of(store, "gone/x.md", NEW))


@pytest.mark.parametrize("size", [2**20 + 1])
def test_more_than_a_mebibyte_is_refused(store: Path, target: Path, size: int) -> None:
    target.write_bytes(b"x" * size)
    assert "1 MiB" in refusal_of(change_of(store, "MEMORY.md", NEW))
    target.write_bytes(b"x" * (size - 1))
    refuse(change_of(store, "MEMORY.md", NEW))


def test_bytes_that_are_not_utf_8_are_refused(store: Path, target: Path) -> None:
    target.write_bytes(b"caf\xe9\n")
    assert "byte 3 is not UTF-8" in refusal_of(change_of(store, "MEMORY.md", NEW))


@pytest.mark.parametrize(
    "text",
    [
        b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n",
        b"a\r\n<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n",
        b"b\n=======\nc\n>>>>>>> main\n",
    ],
)
def test_conflict_markers_are_refused(store: Path, target: Path, text: bytes) -> None:
    target.write_bytes(text)
    assert "conflict markers" in refusal_of(change_of(store, "MEMORY.md", NEW))


def test_underlined_headings_are_no_conflict_markers(store: Path, target: Path) -> None:
    target.write_bytes(b"Heading\n=======\n\nAnother\n=======\n")
    refuse(change_of(store, "MEMORY.md", NEW))


@pytest.mark.parametrize(
    "line", [b"=======\n", b"<<<<<<< \n", b">>>>>>> \n", b"======= \n", b"=======\r\n<<<<<<<\n"]
)
def test_marker_after_marker_is_looked_at_once(store: Path, target: Path, line: bytes) -> None:
    target.write_bytes(line * (2**20 // len(line)))
    refuse(change_of(store, "MEMORY.md", NEW))


def test_a_place_behind_a_link_out_of_the_store_is_refused(store: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / "outside", {"x.md": OLD})
    (store / "inside").symlink_to(tmp_path / "outside")
    assert "outside its store" in refusal_of(change_of(store, "inside/x.md", NEW))


def test_a_store_that_is_a_link_itself_is_not_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(store)
    refuse(change_of(tmp_path / "way", "MEMORY.md", NEW))


# What is kept


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


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_is_kept_whatever_the_umask(store: Path, target: Path, mode: int) -> None:
    target.chmod(mode)
    before = os.umask(0o077)
    try:
        settled(write(change_of(store, "MEMORY.md", NEW), 1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.parametrize(("directory", "file"), [(0o700, 0o600), (0o755, 0o644), (0o775, 0o664)])
def test_a_new_file_is_as_open_as_its_directory(store: Path, directory: int, file: int) -> None:
    store.chmod(directory)
    write(change_of(store, "new.md", NEW), 1)
    assert stat.S_IMODE((store / "new.md").stat().st_mode) == file


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_comes_back_gets_the_mode_it_had(store: Path, mode: int) -> None:
    write(FileChange(str(store), f"{store}/new.md", None, NEW, mode), 1)
    assert stat.S_IMODE((store / "new.md").stat().st_mode) == mode


@pytest.mark.skipif(not is_root(), reason="only root knows a second group for sure")
def test_the_group_is_kept(store: Path, target: Path) -> None:
    os.chown(target, -1, 54321)
    settled(write(change_of(store, "MEMORY.md", NEW), 1))
    assert target.stat().st_gid == 54321


def test_extended_attributes_are_kept(store: Path, target: Path) -> None:
    try:
        os.setxattr(target, "user.note", b"mine")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    settled(write(change_of(store, "MEMORY.md", NEW), 1))
    assert os.getxattr(target, "user.note") == b"mine"


@pytest.mark.parametrize("ahead", [-3600, 0, 3600])
def test_the_time_moves_forward_by_two_milliseconds_even_from_the_future(
    store: Path, target: Path, ahead: int
) -> None:
    old = time.time_ns() + ahead * 10**9
    os.utime(target, ns=(old, old))
    old = target.stat().st_mtime_ns
    settled(write(change_of(store, "MEMORY.md", NEW), 1))
    assert target.stat().st_mtime_ns - old >= 2_000_000


# Preconditions


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


# What came out is looked at: these are the moments after a lost race, made by hand


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


# File systems that cannot swap two names


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


@pytest.mark.skipif(not strace_works(), reason="no strace that may trace here")
def test_everything_works_without_renameat2(store: Path) -> None:
    script = f"""
from memoryd.adapters.edits import write
from memoryd.domain.edits.plan import FileChange
def go(name, before, after):
    displaced = write(FileChange({str(store)!r}, {str(store)!r} + "/" + name, before, after), 1)
    if displaced:
        assert displaced.settle(print) is None
go("MEMORY.md", {OLD!r}, {NEW!r})
go("new.md", None, {NEW!r})
go("other.md", None, {OLD!r})
go("new.md", {NEW!r}, None)
"""
    command = [str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", "inject=renameat2:error=EINVAL"]
    subprocess.run([*command, *python("-c", script)], check=True, cwd=REPOSITORY, env=unmeasured())
    assert tree(store) == {"MEMORY.md": NEW, "other.md": OLD}


@pytest.fixture
def place(store: Path) -> Iterator[OpenDirectory]:
    with opened(change_of(store, "MEMORY.md", NEW)) as place:
        yield place


def test_swapping_raises_what_is_not_for_want_of_support(place: OpenDirectory) -> None:
    with pytest.raises(FileNotFoundError):
        exchange("absent", "MEMORY.md", place.descriptor)


def test_renaming_never_replaces(store: Path, target: Path, place: OpenDirectory) -> None:
    (store / "other").write_bytes(NEW)
    with pytest.raises(FileExistsError):
        rename_new("other", "MEMORY.md", place.descriptor)
    assert target.read_bytes() == OLD


def test_a_file_that_appears_at_the_last_moment_is_not_replaced(
    store: Path, target: Path, place: OpenDirectory
) -> None:
    (store / "temporary").write_bytes(NEW)
    with pytest.raises(ConflictError):
        writer._create(place, change_of(store, "MEMORY.md", NEW), "temporary")
    assert target.read_bytes() == OLD


# Writers who held the file open


@pytest.fixture
def leases(target: Path) -> None:
    if has_writer(str(target)) is None:
        pytest.skip("no read leases here: writers cannot be asked about")


@pytest.mark.usefixtures("leases")
def test_a_writer_is_known_by_its_open_descriptor(target: Path) -> None:
    assert has_writer(str(target)) is False
    with target.open("ab"):
        assert has_writer(str(target)) is True
    with target.open("rb"):
        assert has_writer(str(target)) is False
    assert has_writer(str(target) + ".gone") is False


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
from memoryd.adapters.edits import Displaced, has_writer, write
from memoryd.domain.edits.plan import FileChange
change = FileChange({str(store)!r}, {str(target)!r}, {OLD!r}, {NEW!r})
displaced = write(change, 1)
assert has_writer(displaced.path) is None
print("waiting", flush=True)
Displaced(change, displaced.path, displaced.held, time.monotonic() - 29).settle(print)
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
