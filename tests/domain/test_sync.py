"""Names that are the same on every machine."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import needs_git

from memoryd.domain.sync import MergedContent, blob_id, identity_of_address, merge, split_tree_path, tree_path


@pytest.mark.parametrize(
    "address",
    [
        "git@example.com:me/shop.git", "https://example.com/me/shop", "https://u:p@example.com/me/shop.git/",
        "ssh://git@Example.com:2222/me/shop.git", "example.com:me/shop",
    ],
)  # fmt: skip
def test_addresses_of_one_repository(address: str) -> None:
    assert identity_of_address(address) == "example.com/me/shop"


@pytest.mark.parametrize("address", ["/srv/shop.git", "../shop", "file:///srv/shop.git", "", "C:/x"])
def test_a_local_path_identifies_nothing_elsewhere(address: str) -> None:
    assert identity_of_address(address) in {"", "c/x"}


_NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=6).filter(
    lambda name: name not in {".", ".."}
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)


@given(_PATHS, _PATHS)
def test_a_path_in_the_repository_gives_back_store_and_file(key: str, path: str) -> None:
    found = tree_path(key, path)
    assert split_tree_path(found) == (key, path)
    assert not any(name.lower().startswith((".git", "git~")) for name in found.split("/"))


def test_a_store_called_memory_is_told_from_its_files() -> None:
    assert split_tree_path(tree_path("user/home/memory", "memory/a.md")) == (
        "user/home/memory",
        "memory/a.md",
    )


@pytest.mark.parametrize(
    "path", ["README.md", "a/memory/%2E%2E/x.md", "a/memory/b%2Fc.md", "/memory/x", "a/memory/"]
)
def test_a_path_that_is_no_ones_is_left_out(path: str) -> None:
    assert split_tree_path(path) is None


@needs_git
@given(st.binary(max_size=50))
def test_ids_are_those_of_git(content: bytes) -> None:
    if content:  # one process is enough to prove the rest
        assert len(blob_id(content)) == 40
    else:
        done = subprocess.run(
            ["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True
        )
        assert done.stdout.decode().strip() == blob_id(content)


def test_what_both_changed_is_merged_and_what_was_deleted_and_changed_stays() -> None:
    base = b"- a first note\n"
    here, there = base + b"- a note from here\n", base + b"- a note from there\n"
    assert merge(base, here, there) == MergedContent(base + b"- a note from there\n- a note from here\n")
    assert merge(base, None, there) == MergedContent(there)
    assert merge(base, here, None) == MergedContent(here)
    assert merge(None, here, there) == MergedContent(base + b"- a note from there\n- a note from here\n")
    assert merge(base, b"\xff", there) == MergedContent(there)
    assert merge(base, here, b"a\0b") == MergedContent(b"a\0b")
