"""A glance misses nothing, and knows when it may."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.daemon.glance import Glance, glance_at, glance_at_tree
from memoryd.domain.stores.profiles import CLAUDE_AGENT

LONG_AGO = time.time() - 3600


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_tree(
        tmp_path / "store", {"MEMORY.md": "- a\n", "sub/deep/b.md": "b\n", ".hidden/c.md": "", "d.txt": ""}
    )
    (root / "link.md").symlink_to(write_tree(tmp_path, {"target.md": "t\n"}) / "target.md")
    return root


def quiet(root: Path) -> Glance:
    """A glance that is certain: nothing was written just now."""
    time.sleep(2.1)
    return glance_at_tree(str(root), CLAUDE_AGENT.owns)


def test_what_was_written_just_now_may_be_written_again_unseen(root: Path) -> None:
    glance = glance_at_tree(str(root), CLAUDE_AGENT.owns)
    assert not glance.settled
    assert not glance.holds()


def test_a_time_far_ahead_is_no_reason_for_doubt(root: Path) -> None:
    os.utime(root / "MEMORY.md", (4e9, 4e9))
    assert quiet(root).holds()


def in_place_with_the_same_times_and_size(root: Path) -> None:
    path = root / "sub" / "deep" / "b.md"
    before = path.stat()
    path.write_text("c\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "in place": in_place_with_the_same_times_and_size,
    "new": lambda root: (root / "sub" / "new.md").write_text(""),
    "gone": lambda root: (root / "MEMORY.md").unlink(),
    "renamed": lambda root: (root / "MEMORY.md").rename(root / "other.md"),
    "behind a link": lambda root: (root.parent / "target.md").write_text("u\n"),
    "link": lambda root: os.replace(root / "other", root / "link.md"),
    "directory": lambda root: (root / "sub" / "deep").rename(root / "deep"),
    "permission": lambda root: (root / "sub").chmod(0o500),
    "replaced": lambda root: write_tree(root.rename(root.parent / "old").parent / "store", {"MEMORY.md": ""}),
    "vanished": lambda root: root.rename(root.parent / "old"),
}


def test_nothing_is_missed(tmp_path: Path) -> None:
    glances = {}
    for name in CHANGES:
        copy = tmp_path / name.replace(" ", "-") / "store"
        copy.parent.mkdir()
        write_tree(copy.parent, {"target.md": "t\n"})
        write_tree(copy, {"MEMORY.md": "- a\n", "sub/deep/b.md": "b\n"})
        (copy / "link.md").symlink_to(copy.parent / "target.md")
        (copy / "other").symlink_to("/dev/null")
        glances[name] = copy
    time.sleep(2.1)
    for name, copy in glances.items():
        glance = glance_at_tree(str(copy), CLAUDE_AGENT.owns)
        assert glance.holds(), name
        CHANGES[name](copy)
        assert not glance.holds(), name


def test_what_does_not_belong_to_a_store_does_not_count(root: Path) -> None:
    glance = quiet(root)
    assert glance.holds()
    assert glance.files == 3
    assert glance.directories == tuple(str(root / each) for each in ("", "sub", "sub/deep"))
    (root / "d.txt").write_text("changed\n")
    (root / ".hidden" / "c.md").write_text("changed\n")
    assert glance.holds()


def test_what_is_not_there_is_seen_to_appear(tmp_path: Path) -> None:
    glance = glance_at([str(tmp_path / "a"), "a\0b"])
    assert glance.settled
    assert glance.holds()
    assert glance.device is None
    (tmp_path / "a").mkdir()
    assert not glance.holds()
