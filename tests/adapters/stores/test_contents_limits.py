"""A store of any depth, size and kind of files is read up to its limits, and what is beyond is named."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support import deep_tree, store_of, write_tree

from memoryd import beneath
from memoryd.adapters.stores import contents, files
from memoryd.domain.stores.listing import compare
from memoryd.domain.stores.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(write_tree(tmp_path / "agent-memory/reviewer", {"MEMORY.md": "- [x](d/x.md)\n"}))


def reasons(store: Store) -> dict[str, str]:
    return {each.path: each.reason for each in contents.snapshot(store).unread}


@pytest.mark.parametrize("depth", [10, 1200])
def test_directories_are_read_down_to_a_limit(store: Store, depth: int) -> None:
    with deep_tree(Path(store.root, "d"), depth):
        write_tree(Path(store.root), {"d/" * min(depth, 60) + "x.md": "fact\n"})
        found = contents.snapshot(store)
        assert len(found.documents) == 2
        deep = [each for each in found.unread if "directories deep" in each.reason]
        assert len(deep) == (depth > beneath.MOST_DEPTH)
        assert all(each.path.endswith("/") for each in deep)


def test_links_into_deep_directories_are_looked_for(store: Store) -> None:
    path = f"{store.root}/" + "d/" * 1500 + "x.md"
    assert files.listings([path], store.root)[path.rpartition("/")[0]] is None


def test_files_are_listed_up_to_a_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_FILES", 3)
    write_tree(Path(store.root), {f"{number // 2}/{number}.md": "" for number in range(8)})
    found = contents.scan(store)
    assert len(found.files) <= 5
    assert [(each.path, "more than 3 files" in each.reason) for each in found.unread] == [("", True)]
    assert not compare({}, found.files, 0).gone


def test_odd_kinds_of_files_are_named_and_never_block(store: Store) -> None:
    root = Path(store.root)
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server, (root / "sparse.md").open("wb") as sparse:
        before = Path.cwd()
        os.chdir(root)  # names of sockets are short
        try:
            server.bind("socket.md")
        finally:
            os.chdir(before)
        sparse.truncate(2**31)
        (root / "circle.md").symlink_to("circle.md")
        (root / "zero.md").symlink_to("/dev/zero")
        found = reasons(store)
    assert found["pipe.md"] == found["socket.md"] == "is not a regular file"
    assert "larger than 8 MiB" in found["sparse.md"]
    assert "symbolic links" in found["circle.md"]
    assert found["zero.md"] == contents.ESCAPES


def test_a_link_out_is_marked_and_one_that_stays_is_read(store: Store, tmp_path: Path) -> None:
    write_tree(tmp_path, {"agent-memory/other.md": "inside\n", "private.md": "secret\n"})
    bounded = replace(store, within=str(tmp_path / "agent-memory"))
    Path(store.root, "in.md").symlink_to("../other.md")
    Path(store.root, "out.md").symlink_to("../../private.md")
    found = contents.snapshot(bounded)
    assert found.documents["in.md"].raw == b"inside\n"
    assert [(each.path, each.escapes) for each in found.unread] == [("out.md", True)]
    assert contents.snapshot(store).documents["out.md"].raw == b"secret\n"  # a person's own


def test_a_file_that_grows_while_it_is_read_has_the_same_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    with pytest.raises(files.UnreadableError, match="larger than"):
        files.read(str(Path(store.root, "MEMORY.md")))


@pytest.mark.parametrize(
    ("content", "is_text"),
    [
        (b"\0" * 100_000, False),
        (b"- a fact\n" * 5000 + b"\0" * 2000, False),
        (b"- a\0fact\n" * 900, True),
        (("- ä fact\n" * 5000).encode("utf-16"), True),
    ],
)
def test_binary_files_are_refused_before_any_rule_reads_them(
    store: Store, content: bytes, *, is_text: bool
) -> None:
    Path(store.root, "x.md").write_bytes(content)
    assert reasons(store) == (
        {} if is_text else {"x.md": f"cannot read {store.root}/x.md: it is binary, not text"}
    )
