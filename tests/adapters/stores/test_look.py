"""A look tells what a scan tells, and changes with everything that it does not show."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.stores.contents import scan
from memoryd.adapters.stores.look import look, mark_of

FILES = {"MEMORY.md": "- a\n", "notes/b.md": "b\n", ".hidden.md": "c\n", "logo.png": "d\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "store", FILES)


def test_it_lists_what_a_scan_lists(root: Path) -> None:
    store = store_of(root)
    seen = look(store)
    assert seen is not None
    assert seen.files == scan(store).files
    assert list(seen.files) == ["MEMORY.md", "notes/b.md"]
    assert seen.names == {"notes", "logo.png"}


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "notes/b.md").write_text("c\n"),
        lambda root: (root / "c.md").write_text("c\n"),
        lambda root: (root / "c.png").write_text("c\n"),
        lambda root: (root / "notes/b.md").unlink(),
        lambda root: (root / "notes/c").mkdir(),
        lambda root: (root / "notes").rename(root / "others"),
        lambda root: (root / "MEMORY.md").chmod(0o666),
        lambda root: root.chmod(0o755),
        lambda root: os.utime(root / "MEMORY.md", (1, 1)),
    ],
)
def test_its_mark_changes_with(root: Path, change: Callable[[Path], object]) -> None:
    root.chmod(0o700)
    before = look(store_of(root))
    change(root)
    after = look(store_of(root))
    assert before is not None
    assert after is not None
    assert after.mark != before.mark


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "c.md").symlink_to("MEMORY.md"),
        lambda root: os.mkfifo(root / "c.md"),
        lambda root: os.mkdir(os.fsencode(root) + b"/\xff.md"),
        lambda root: Path(os.fsdecode(os.fsencode(root) + b"/\xff.md")).write_text(""),
        lambda root: root.rename(root.with_name("other")),
    ],
)
def test_a_scan_must_tell_of(root: Path, change: Callable[[Path], object]) -> None:
    change(root)
    seen = look(store_of(root))
    assert seen is None or seen.files == scan(store_of(root)).files


def test_a_mark_of_what_changed_just_now_is_no_mark(root: Path) -> None:
    path = root / "MEMORY.md"
    changed = path.stat().st_ctime_ns
    assert mark_of(str(path), changed) is None
    assert mark_of(str(path), changed + 2_000_000_000) == mark_of(str(path))
    assert mark_of(str(root / "missing")) == mark_of(str(root / "missing"), changed) == ""
