"""What git ignores, asked of real repositories."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.git import ignored

pytestmark = needs_git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = write_tree(tmp_path / "repository", {".gitignore": "build/\n*.local.md\n", "store/MEMORY.md": ""})
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


def test_existing_and_absent_paths_are_judged(repository: Path) -> None:
    write_tree(repository, {"build/here.md": ""})
    paths = [f"{repository}/{name}" for name in ("build/here.md", "build/absent.md", "x.local.md", "x.md")]
    assert ignored(paths, str(repository / "store")) == set(paths[:3])


def test_paths_outside_of_the_repository_do_not_silence_git(repository: Path) -> None:
    inside = f"{repository}/build/x.md"
    assert ignored(["/aaa/x.md", inside, "/zzz/x.md", f"{repository}2/x.md"], str(repository)) == {inside}


def test_paths_behind_links_do_not_silence_git(repository: Path, tmp_path: Path) -> None:
    (repository / "aaa").symlink_to(tmp_path)
    (repository / "bbb").symlink_to(repository / "build")
    paths = [f"{repository}/{name}" for name in ("aaa/x.md", "bbb/x.md", "build/x.md")]
    assert ignored(paths, str(repository)) == set(paths[1:])


def test_a_repository_reached_through_a_link_is_the_same_repository(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(repository)
    path = f"{tmp_path}/way/build/x.md"
    assert ignored([path], f"{tmp_path}/way/store") == {path}


def test_names_with_odd_bytes_and_line_ends(repository: Path) -> None:
    paths = {f"{repository}/build/a\nb.md", f"{repository}/build/\udcff.md", f"{repository}/build/ä “x”.md"}
    assert ignored(paths, str(repository)) == paths


def test_outside_of_git_nothing_is_ignored(tmp_path: Path, repository: Path) -> None:
    assert ignored([f"{tmp_path}/x.md"], str(tmp_path)) == frozenset()
    assert ignored([f"{tmp_path}/x.md"], str(repository)) == frozenset()
    assert ignored([], str(repository)) == frozenset()
    assert ignored([f"{tmp_path}/x.md"], str(tmp_path / "absent")) == frozenset()


def test_without_git_nothing_is_ignored(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert ignored([f"{repository}/build/x.md"], str(repository)) == frozenset()
