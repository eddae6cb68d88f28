import os
import subprocess
from pathlib import Path

import pytest
from support import (
    change_of,
    is_root,
    tree,
    write_tree,
)

from memoryd.adapters.edits import refuse
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import RefusedError

OLD = b"# Memory\n- one\n"
NEW = b"# Memory\n- one\n- two\n"


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


def test_an_absent_directory_is_refused(store: Path) -> None:
    assert "directory is missing" in refusal_of(change_of(store, "gone/x.md", NEW))


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
