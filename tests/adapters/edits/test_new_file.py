import os
import stat
import time
from pathlib import Path

import pytest
from support import (
    change_of,
    is_root,
)

from memoryd.adapters.edits import DisplacedFile, write
from memoryd.domain.edits.plan import FileChange

NEW = b"# Memory\n- one\n- two\n"


def settled(displaced: DisplacedFile | None) -> bytes | None:
    assert displaced is not None
    recorded: list[bytes] = []
    late = displaced.settle(recorded.append)
    assert recorded == [late] * (late is not None)
    return late


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
