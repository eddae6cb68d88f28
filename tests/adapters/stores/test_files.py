"""Reading stores from the disk: whatever lies there, nothing hangs and nothing is passed off as read."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support import is_root, store_of, write_tree

from memoryd.adapters.stores import contents, files
from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.stores.profiles import CLAUDE_AUTO
from memoryd.domain.stores.store import Store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n", "topics/one.md": "one\n"}
    )


@pytest.fixture
def store(root: Path) -> Store:
    return store_of(root)


def reasons(store: Store) -> dict[str, str]:
    return {each.path: each.reason for each in contents.snapshot(store).unread}


def test_markdown_files_are_listed_sorted_with_what_stat_says(store: Store, root: Path) -> None:
    write_tree(root, {"b.md": "", "a.md": "x", "notes.txt": "", "topics/deep/er.md": ""})
    found = contents.scan(store)
    assert list(found.files) == ["MEMORY.md", "a.md", "b.md", "topics/deep/er.md", "topics/one.md"]
    status = (root / "a.md").stat()
    assert found.files["a.md"] == (status.st_ino, 1, status.st_mtime_ns, status.st_ctime_ns)
    assert not found.unread


def test_hidden_files_and_directories_are_left_out(store: Store, root: Path) -> None:
    write_tree(root, {".hidden.md": "", ".git/x.md": "", "topics/.memoryd.1.1.x.md": ""})
    assert list(contents.scan(store).files) == ["MEMORY.md", "topics/one.md"]


def test_private_directories_are_left_out_at_the_top_only(store: Store, root: Path) -> None:
    write_tree(root, {"logs/x.md": "", "topics/logs/y.md": ""})
    assert "logs/x.md" in contents.scan(store).files
    assert list(contents.scan(replace(store, profile=CLAUDE_AUTO)).files) == [
        "MEMORY.md",
        "topics/logs/y.md",
        "topics/one.md",
    ]


def test_directories_behind_links_are_left_out_and_files_behind_links_are_read(
    store: Store, root: Path, tmp_path: Path
) -> None:
    write_tree(tmp_path / "other", {"x.md": "there\n"})
    (root / "way").symlink_to(tmp_path / "other")
    (root / "x.md").symlink_to(tmp_path / "other" / "x.md")
    (root / "circle").symlink_to(root)
    assert list(contents.snapshot(store).documents) == ["MEMORY.md", "topics/one.md", "x.md"]


def test_a_fifo_and_a_socket_do_not_hang(store: Store, root: Path) -> None:
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as connection:
        here = os.getcwd()
        os.chdir(root)  # the name of a socket must be short
        try:
            connection.bind("socket.md")
        finally:
            os.chdir(here)
    assert reasons(store) == {"pipe.md": "is not a regular file", "socket.md": "is not a regular file"}
    with pytest.raises(files.UnreadableError, match="not a regular file"):
        files.read(str(root / "pipe.md"))


def test_a_directory_named_like_a_file_is_looked_into(store: Store, root: Path) -> None:
    write_tree(root, {"sub.md/x.md": ""})
    assert "sub.md/x.md" in contents.scan(store).files
    with pytest.raises(files.UnreadableError):
        files.read(str(root / "sub.md"))


def test_a_huge_file_is_reported_and_not_read(store: Store, root: Path) -> None:
    with (root / "huge.md").open("wb") as file:
        file.truncate(files.MOST_BYTES + 1)
    assert "larger than 8 MiB" in reasons(store)["huge.md"]
    with (root / "huge.md").open("wb") as file:
        file.truncate(files.MOST_BYTES)
    assert len(files.read(str(root / "huge.md"))) == files.MOST_BYTES


def test_names_that_are_not_utf_8_are_reported_in_printable_form(store: Store, root: Path) -> None:
    try:
        (root / os.fsdecode(b"caf\xe9.md")).write_bytes(b"")
        (root / os.fsdecode(b"\xff")).mkdir()
    except OSError:
        pytest.skip("such names are not possible here")
    (root / os.fsdecode(b"\xff") / "x.md").write_bytes(b"")
    found = reasons(store)
    assert found == {"caf\\xe9.md": "its name is not UTF-8", "\\xff/x.md": "its name is not UTF-8"}
    assert all(path.encode() for path in found)


def test_a_dangling_link_and_a_circle_of_links_are_reported(store: Store, root: Path) -> None:
    (root / "gone.md").symlink_to("nowhere.md")
    (root / "round.md").symlink_to("round.md")
    found = reasons(store)
    assert found["gone.md"] == "cannot be read: No such file or directory"
    assert "cannot be read" in found["round.md"]


def test_a_file_that_vanishes_between_listing_and_reading_was_never_there(store: Store, root: Path) -> None:
    found = contents.scan(store)
    (root / "topics" / "one.md").unlink()
    documents, unread = contents.load(store, found.files)
    assert [document.path for document in documents] == ["MEMORY.md"]
    assert not unread


def test_a_store_that_is_gone_cannot_be_listed(tmp_path: Path) -> None:
    with pytest.raises(files.UnreadableError, match="cannot list"):
        contents.snapshot(store_of(tmp_path / "gone"))


@pytest.mark.skipif(is_root(), reason="root may read everything")
def test_what_is_not_permitted_is_reported(store: Store, root: Path) -> None:
    (root / "MEMORY.md").chmod(0)
    (root / "topics").chmod(0)
    try:
        found = reasons(store)
    finally:
        (root / "topics").chmod(0o755)
    assert "Permission denied" in found["MEMORY.md"]
    assert found["topics/"] == "cannot be listed: Permission denied"


def test_bytes_come_back_as_they_are(root: Path) -> None:
    content = b"\xef\xbb\xbfa\r\nb\0\xff\n\n" * 3000
    (root / "x.md").write_bytes(content)
    assert files.read(str(root / "x.md")) == content


def listings_of(store: Store) -> dict[str, frozenset[str] | None]:
    meant = (
        absolute(store.root, document.path, files.expanded(path))
        for document in contents.snapshot(store).documents.values()
        for link in document.links
        for path in file_paths(link.destination)
    )
    return files.listings(meant, store.root)


def test_listings_are_exact_to_the_letter_and_of_the_directories_that_links_look_into(
    store: Store, root: Path, home: Path
) -> None:
    write_tree(home, {"notes/x.md": ""})
    write_tree(
        root,
        {
            "MEMORY.md": "[a](Topics/one.md) [b](topics/one.md) [c](absent/x.md)\n",
            "a.md": "[d](../x.md) [e](~/notes/x.md)\n",
        },
    )
    found = listings_of(store)
    assert found[f"{root}/topics"] == frozenset({"one.md"})
    assert found[f"{root}/Topics"] is None
    assert found[f"{root}/absent"] is None
    assert found[str(root.parent)] == frozenset({"reviewer"})
    assert found[f"{home}/notes"] == frozenset({"x.md"})


def test_a_link_into_a_file_as_if_it_were_a_directory_has_no_listing(store: Store, root: Path) -> None:
    write_tree(root, {"MEMORY.md": "[a](topics/one.md/x.md)\n"})
    assert listings_of(store)[f"{root}/topics/one.md"] is None


# --- Around a store ---


def test_the_topics_of_the_stores_beside_are_known_by_name(tmp_path: Path) -> None:
    around = write_tree(
        tmp_path / ".claude",
        {
            "agent-memory/reviewer/own.md": "",
            "agent-memory/writer/MEMORY.md": "",
            "agent-memory/writer/deep/style.md": "---\nname: tabs\n---\n",
            "agent-memory/writer/bare.md": "text\n",
            "agent-memory/writer/broken.md": b"---\nname: caf\xe9\n---\n",
            "agent-memory-local/tester/x.md": "",
            "agent-memory/.hidden/x.md": "",
            "agent-memory/file.md": "",
            "projects/x/memory/y.md": "",
        },
    )
    store = store_of(around / "agent-memory" / "reviewer")
    assert contents.siblings(store) == {
        f"{around}/agent-memory/writer/bare.md": "",
        f"{around}/agent-memory/writer/broken.md": "caf\ufffd",
        f"{around}/agent-memory/writer/deep/style.md": "tabs",
        f"{around}/agent-memory-local/tester/x.md": "",
    }
    (around / "agent-memory/writer/bare.md").write_text("---\nname: dressed\n---\n")
    assert contents.siblings(store)[f"{around}/agent-memory/writer/bare.md"] == "dressed"


def test_other_kinds_of_memory_have_no_stores_beside(tmp_path: Path) -> None:
    write_tree(tmp_path, {"projects/x/memory/MEMORY.md": "", "projects/y/memory/a.md": ""})
    assert contents.siblings(store_of(tmp_path / "projects/x/memory", CLAUDE_AUTO)) == {}


def test_files_of_no_store_are_parsed_where_they_can_be_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.md": "# A\n"})
    os.mkfifo(tmp_path / "pipe.md")
    paths = [f"{tmp_path}/{name}" for name in ("a.md", "pipe.md", "gone.md")]
    found = files.parsed(paths, "/")
    assert {path: document.anchors for path, document in found.items()} == {paths[0]: ("a",)}
