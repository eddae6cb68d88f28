"""The repository in which memory travels."""

from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git.repository import GitError
from memoryd.adapters.git.transport import DamagedError, RejectedError, Transport, make_remote

pytestmark = needs_git


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    make_remote(tmp_path / "remote")
    return tmp_path / "remote"


def transport(tmp_path: Path, remote: Path, name: str = "own") -> Transport:
    return Transport(tmp_path / name, str(remote))


def test_files_travel(tmp_path: Path, remote: Path) -> None:
    one, two = (transport(tmp_path, remote, name) for name in ("one", "two"))
    assert (one.fetch(), one.tree("")) == ("", {})
    first = one.commit("", {"a/é.md": b"x\n", "b": b""}, "m <x>\n", "title\n")
    one.push(first)
    assert two.fetch() == first == two.fetched() == one.fetched()
    tree = two.tree(first)
    assert two.contents(sorted(tree.values()), 100) == {tree["a/é.md"]: b"x\n", tree["b"]: b""}
    second = two.commit(first, {"b": None}, "two", "gone")
    two.push(second)
    assert list(one.tree(one.fetch())) == ["a/é.md"]
    assert one.has(first, second)
    assert not one.has(second, first)
    assert not one.has("0" * 40, first)


def test_the_slower_one_is_told(tmp_path: Path, remote: Path) -> None:
    one, two = (transport(tmp_path, remote, name) for name in ("one", "two"))
    one.push(one.commit("", {"a": b"1"}, "one", "x"))
    with pytest.raises(RejectedError):
        two.push(two.commit("", {"a": b"2"}, "two", "x"))


def test_a_remote_that_is_gone(tmp_path: Path, remote: Path) -> None:
    one = transport(tmp_path, remote)
    remote.rename(tmp_path / "away")
    with pytest.raises(GitError, match="cannot fetch from"):
        one.fetch()
    with pytest.raises(GitError, match="cannot push to"):
        one.push(one.commit("", {"a": b"1"}, "one", "x"))


def test_missing_contents_are_left_out(tmp_path: Path, remote: Path) -> None:
    assert transport(tmp_path, remote).contents(["0" * 40], 9) == {}


def test_damage_is_told(tmp_path: Path, remote: Path) -> None:
    one = transport(tmp_path, remote)
    with pytest.raises(DamagedError):
        one.tree("1" * 40)


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/file").touch()
    make_remote(tmp_path / "x")
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["file"]


def test_hooks_and_settings_of_the_remote_run_nothing_here(tmp_path: Path, remote: Path) -> None:
    one = transport(tmp_path, remote)
    (tmp_path / "own" / "hooks").mkdir(exist_ok=True)
    hook = tmp_path / "own/hooks/pre-push"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/canary\n")
    hook.chmod(0o755)
    one.push(one.commit("", {"a": b"1"}, "one", "x"))
    assert not (tmp_path / "canary").exists()
