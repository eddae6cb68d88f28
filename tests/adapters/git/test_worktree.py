"""What git knows, asked of real repositories."""

import os
import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.git import worktree
from memoryd.adapters.git.ask import troubles
from memoryd.adapters.git.worktree import blob_id, gone, ignored

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


# --- What became of files ---


def commit(root: Path, message: str) -> None:
    worktree = ["git", "-C", str(root), "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    subprocess.run([*worktree, "add", "-A"], check=True)
    subprocess.run([*worktree, "commit", "-q", "--allow-empty", "-m", message], check=True)


def test_the_top_of_a_working_tree_is_found(repository: Path, tmp_path: Path) -> None:
    assert (
        worktree.repository(f"{repository}/store/deep")
        == worktree.repository(str(repository))
        == str(repository)
    )
    assert worktree.repository("/") == worktree.repository(str(tmp_path)) == ""


def test_a_file_that_was_renamed_is_followed(repository: Path) -> None:
    write_tree(
        repository, {"store/old name.md": "a\nb\n", "store/ä “x”.md": "c\nd\n", "store/gone.md": "e\n"}
    )
    commit(repository, "one")
    (repository / "store/old name.md").rename(repository / "store/new.md")
    (repository / "store/ä “x”.md").rename(repository / "y.md")
    (repository / "store/gone.md").unlink()
    commit(repository, "two")
    paths = [f"{repository}/store/{name}" for name in ("old name.md", "ä “x”.md", "gone.md", "never.md")]
    found = gone([*paths, "/elsewhere/x.md"], f"{repository}/store")
    assert {path: (each.renamed, each.exactly) for path, each in found.items()} == {
        paths[0]: (f"{repository}/store/new.md", True),
        paths[1]: (f"{repository}/y.md", True),
        paths[2]: ("", False),
    }
    contents = (b"a\nb\n", b"c\nd\n", b"e\n")
    assert [found[path].blob for path in paths[:3]] == [
        blob_id(content, like=found[paths[0]].blob) for content in contents
    ]


def test_a_file_that_was_changed_when_it_was_renamed_is_followed_too(repository: Path) -> None:
    write_tree(repository, {"store/old.md": "".join(f"line {number}\n" for number in range(20))})
    commit(repository, "one")
    text = (repository / "store/old.md").read_text()
    (repository / "store/old.md").unlink()
    write_tree(repository, {"store/new.md": text + "more\n"})
    commit(repository, "two")
    found = gone([f"{repository}/store/old.md"], str(repository))[f"{repository}/store/old.md"]
    assert (found.renamed, found.exactly) == (f"{repository}/store/new.md", False)


def test_of_a_file_that_was_there_twice_the_last_content_counts(repository: Path) -> None:
    for text in ("first\n", "second\n"):
        write_tree(repository, {"store/old.md": text})
        commit(repository, "there")
        (repository / "store/old.md").unlink()
        commit(repository, "gone")
    found = gone([f"{repository}/store/old.md"], str(repository))[f"{repository}/store/old.md"]
    assert found.blob == blob_id(b"second\n", like=found.blob)


def test_a_removal_that_is_not_committed_is_known_by_its_content(repository: Path) -> None:
    write_tree(repository, {"store/old.md": "text\n"})
    commit(repository, "one")
    (repository / "store/old.md").unlink()
    found = gone([f"{repository}/store/old.md"], str(repository))[f"{repository}/store/old.md"]
    assert (found.blob, found.renamed) == (blob_id(b"text\n", like=found.blob), "")


def test_nothing_is_known_of_files_outside_of_git(repository: Path, tmp_path: Path) -> None:
    assert gone([f"{tmp_path}/x.md"], str(tmp_path)) == {}
    assert gone([], str(repository)) == gone([f"{repository}/x.md"], str(repository)) == {}


@pytest.mark.parametrize("directory", ["", "store", "store/deep"])
def test_a_pipe_as_gitignore_is_not_waited_for(repository: Path, directory: str) -> None:
    write_tree(repository, {"store/deep/x.md": "", "other/.gitignore": "gone.md\n"})
    (repository / directory / ".gitignore").unlink(missing_ok=True)
    os.mkfifo(repository / directory / ".gitignore")
    paths = [f"{repository}/store/deep/y.md", f"{repository}/other/gone.md"]
    assert ignored(paths, str(repository)) == (set() if directory == "" else {paths[1]})
    assert troubles([str(repository)]) == ()
