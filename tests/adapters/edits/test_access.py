"""No new file is open to anyone who may not read the files that its lines come from."""

import os
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import is_root

from memoryd.adapters import edits
from memoryd.adapters.edits.access import Access, access_of
from memoryd.domain.edits.plan import FileChange

_ACL = "system.posix_acl_access"
_DEFAULT_ACL = "system.posix_acl_default"
_ANYBODY = 0xFFFFFFFF


def acl(user: int, group: int, others: int, *, named: int = 4321, rights: int = 4) -> bytes:
    """An access control list that lets one more user in."""
    entries = [
        (0x01, user, _ANYBODY),
        (0x02, rights, named),
        (0x04, group, _ANYBODY),
        (0x10, 6, _ANYBODY),
        (0x20, others, _ANYBODY),
    ]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "MEMORY.md").write_text("- a secret\n")
    (tmp_path / "MEMORY.md").chmod(0o600)
    tmp_path.chmod(0o755)
    return tmp_path


def made(root: Path, *sources: str, before: bytes | None = None, mode: int | None = None) -> Path:
    """A topic file that was written with lines of other files."""
    path = root / "topic.md"
    named = tuple(str(root / name) for name in sources)
    change = FileChange(str(root), str(path), before, b"- a secret\n", mode, named)
    edits.refuse(change)
    displaced = edits.write(change, 1)
    if displaced:
        displaced.settle(lambda _: None)
    return path


def set_acl(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError:
        pytest.skip("this file system has no access control lists")


def acl_of(path: Path) -> bytes | None:
    with suppress(OSError):
        return os.getxattr(path, _ACL)
    return None


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o660])
def test_a_new_file_is_as_its_source(root: Path, mode: int, umask: int) -> None:
    (root / "MEMORY.md").chmod(mode)
    before = os.umask(umask)
    try:
        path = made(root, "MEMORY.md")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode


def test_of_several_sources_the_least_open_counts(root: Path) -> None:
    (root / "MEMORY.md").chmod(0o640)
    (root / "b.md").write_text("x\n")
    (root / "b.md").chmod(0o604)
    assert made(root, "MEMORY.md", "b.md").stat().st_mode & 0o777 == 0o600


def test_a_source_that_is_missing_counts_as_private(root: Path) -> None:
    assert made(root, "gone.md").stat().st_mode & 0o777 == 0o600


def test_a_mode_that_is_known_is_not_widened_by_sources(root: Path) -> None:
    (root / "MEMORY.md").chmod(0o644)
    assert made(root, "MEMORY.md", mode=0o600).stat().st_mode & 0o777 == 0o600


def test_a_file_that_gets_private_lines_is_closed(root: Path) -> None:
    (root / "topic.md").write_bytes(b"old\n")
    (root / "topic.md").chmod(0o644)
    assert made(root, "MEMORY.md", before=b"old\n").stat().st_mode & 0o777 == 0o600


def test_a_file_without_sources_keeps_its_mode(root: Path) -> None:
    (root / "topic.md").write_bytes(b"old\n")
    (root / "topic.md").chmod(0o646)
    assert made(root, before=b"old\n").stat().st_mode & 0o777 == 0o646


@pytest.mark.skipif(not is_root(), reason="only root can give files to any group")
def test_the_group_is_that_of_the_source(root: Path) -> None:
    (root / "MEMORY.md").chmod(0o660)
    os.chown(root / "MEMORY.md", -1, 4242)
    path = made(root, "MEMORY.md")
    assert (path.stat().st_gid, path.stat().st_mode & 0o777) == (4242, 0o660)


@pytest.mark.skipif(not is_root(), reason="only root can give files to any group")
def test_members_of_another_group_are_others_to_the_source(root: Path) -> None:
    (root / "MEMORY.md").chmod(0o660)
    os.chown(root / "MEMORY.md", -1, 4242)
    (root / "topic.md").write_bytes(b"old\n")
    (root / "topic.md").chmod(0o664)
    path = made(root, "MEMORY.md", before=b"old\n")
    assert (path.stat().st_gid, path.stat().st_mode & 0o777) == (os.getgid(), 0o600)


def test_an_access_control_list_is_that_of_the_source(root: Path) -> None:
    set_acl(root / "MEMORY.md", _ACL, acl(6, 4, 0))
    path = made(root, "MEMORY.md")
    assert acl_of(path) == acl_of(root / "MEMORY.md")


def test_a_default_list_of_the_directory_lets_nobody_in(root: Path) -> None:
    set_acl(root, _DEFAULT_ACL, acl(7, 7, 7))
    path = made(root, "MEMORY.md")
    assert (acl_of(path), path.stat().st_mode & 0o777) == (None, 0o600)


def test_nor_into_a_file_that_is_rewritten(root: Path) -> None:
    (root / "topic.md").write_bytes(b"old\n")
    (root / "topic.md").chmod(0o640)
    set_acl(root, _DEFAULT_ACL, acl(7, 7, 7))
    path = made(root, before=b"old\n")
    assert (acl_of(path), path.stat().st_mode & 0o777) == (None, 0o640)


def test_a_user_whom_the_source_does_not_let_in_is_shut_out(root: Path) -> None:
    (root / "topic.md").write_bytes(b"old\n")
    set_acl(root / "topic.md", _ACL, acl(6, 4, 4))
    (root / "MEMORY.md").chmod(0o644)
    path = made(root, "MEMORY.md", before=b"old\n")
    assert (acl_of(path), path.stat().st_mode & 0o777) == (None, 0o604)


_ACCESS = st.builds(
    Access, st.integers(0, 0o777), st.sampled_from([1, 2]), st.sampled_from([None, b"one", b"two"])
)


@given(_ACCESS, st.lists(_ACCESS, max_size=3))
def test_narrowing_never_opens(own: Access, sources: list[Access]) -> None:
    found = own
    for each in sources:
        found = found.narrowed(each)
    assert found.mode & ~own.mode == 0
    assert all(found.mode & ~each.mode & 0o007 == 0 for each in sources)
    assert all(found.mode & ~each.mode & 0o070 == 0 for each in sources if each.group == own.group)
    assert found.acl in {None, own.acl}
    assert found.narrowed(found) == found
    assert all(found.narrowed(each) == found for each in sources)


def test_a_link_is_not_followed(root: Path) -> None:
    (root / "open.md").write_text("x\n")
    (root / "open.md").chmod(0o666)
    (root / "link.md").symlink_to("open.md")
    found = access_of(str(root / "link.md"))
    assert replace(found, mode=0, group=0) == Access(0, 0)
