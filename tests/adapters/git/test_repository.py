"""Repositories are described without running git, and followed only where they name the way back."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import needs_git, write_tree

from memoryd.adapters.git import repository as module
from memoryd.adapters.git.ask import open_repository
from memoryd.adapters.git.repository import GitError, read_repository, reflog_ids, top_of
from memoryd.adapters.git.worktree import line_times, tracked

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always")


def git(top: Path, *arguments: str) -> str:
    command = ["git", *IDENTITY, *arguments]
    return subprocess.run(command, cwd=top, capture_output=True, text=True, check=True).stdout.strip()


def made(path: Path, *arguments: str) -> Path:
    write_tree(path, {"a.md": "a\n"})
    git(path, "init", "-q", *arguments)
    git(path, "add", "-A")
    git(path, "commit", "-qm", "one")
    return path


def reason(top: Path) -> str:
    with pytest.raises(GitError) as caught:
        read_repository(str(top))
    return f"{caught.value.message} {caught.value.hint}"


@needs_git
def test_a_repository_is_described(tmp_path: Path) -> None:
    top = made(tmp_path / "r")
    found = read_repository(str(top))
    assert (found.directory, found.common, found.object_format) == (f"{top}/.git", f"{top}/.git", "sha1")
    assert (found.is_shallow, found.is_partial, found.ignores_case) == (False, False, False)
    assert found.head == (top / ".git/HEAD").read_bytes()


@needs_git
def test_repositories_of_the_other_hash_function_can_be_asked(tmp_path: Path) -> None:
    top = made(tmp_path / "r", "--object-format=sha256")
    assert read_repository(str(top)).object_format == "sha256"
    assert tracked(str(top)) == {str(top), f"{top}/a.md"}


@needs_git
def test_linked_worktrees_and_submodules_are_followed(tmp_path: Path) -> None:
    top = made(tmp_path / "r")
    git(top, "worktree", "add", "-q", "../w", "-b", "w")
    git(made(tmp_path / "above"), "submodule", "add", "-q", str(top), "sub")
    for other in (tmp_path / "w", tmp_path / "above/sub"):
        assert open_repository(str(other)).directory != f"{other}/.git"
        assert tracked(str(other)) == {str(other), f"{other}/a.md"}
    assert read_repository(str(tmp_path / "w")).common == f"{top}/.git"


@needs_git
def test_worktrees_with_a_configuration_of_their_own_are_followed(tmp_path: Path) -> None:
    """With `worktreeConfig` git keeps the way back of a submodule in another file."""
    above = made(tmp_path / "above")
    git(above, "submodule", "add", "-q", str(made(tmp_path / "r")), "sub")
    sub = above / "sub"
    git(sub, "sparse-checkout", "init")  # switches the extension on, and moves core.worktree
    assert git(sub, "config", "extensions.worktreeConfig") == "true"
    assert "worktree =" not in (above / ".git/modules/sub/config").read_text()
    git(sub, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    for top in (sub, tmp_path / "linked"):
        assert tracked(str(top)) == {str(top), f"{top}/a.md"}


@needs_git
def test_a_configuration_of_one_worktree_counts_only_where_git_reads_it(tmp_path: Path) -> None:
    private = made(tmp_path / "private")
    top = write_tree(tmp_path / "hostile", {".git": f"gitdir: {private}/.git\n"})
    (private / ".git/config.worktree").write_text(f"[core]\n\tworktree = {top}\n")
    assert "does not name" in reason(top)


REFTABLE = ("init", "-q", "--ref-format=reftable")


def knows_reftable(tmp_path: Path) -> bool:
    done = subprocess.run(["git", *REFTABLE, tmp_path / "probe"], capture_output=True, check=False)
    return done.returncode == 0


@needs_git
def test_reftable_is_read_or_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    if not knows_reftable(tmp_path):
        pytest.skip("this git has no reftable: it needs 2.45")
    top = made(tmp_path / "r", "--ref-format=reftable")
    git(top, "worktree", "add", "-q", "../w", "-b", "w")
    assert tracked(str(top)) == {str(top), f"{top}/a.md"}
    assert line_times(f"{top}/a.md")
    assert "linked worktree with reftable" in reason(tmp_path / "w")


@needs_git
def test_a_linked_worktree_with_reftable_is_said_to_be_unread(tmp_path: Path) -> None:
    top = made(tmp_path / "r")
    git(top, "worktree", "add", "-q", "../w", "-b", "w")
    with (top / ".git/config").open("a") as file:
        file.write("[extensions]\n\trefStorage = reftable\n")
    assert "linked worktree with reftable" in reason(tmp_path / "w")
    assert read_repository(str(top)).ref_storage == "reftable"


@needs_git
def test_a_submodule_with_a_name_that_must_be_quoted_is_followed(tmp_path: Path) -> None:
    name = 'a;b # "c" ä\\d'
    git(made(tmp_path / "above"), "submodule", "add", "-q", str(made(tmp_path / "r")), name)
    assert tracked(str(tmp_path / "above" / name)) == {
        str(tmp_path / "above" / name),
        str(tmp_path / "above" / name / "a.md"),
    }


@needs_git
@pytest.mark.parametrize("how", ["file", "relative file", "link"])
def test_a_git_directory_that_does_not_name_the_way_back_is_not_followed(tmp_path: Path, how: str) -> None:
    private = made(tmp_path / "private")
    top = write_tree(tmp_path / "hostile", {"a.md": ""})
    if how == "link":
        (top / ".git").symlink_to(private / ".git")
    else:
        (top / ".git").write_text(f"gitdir: {'../private' if how != 'file' else private}/.git\n")
    assert "does not name" in reason(top)
    git(private, "config", "core.worktree", str(top))
    assert read_repository(str(top)).directory == f"{private}/.git"


@needs_git
def test_a_worktree_of_another_place_is_not_followed(tmp_path: Path) -> None:
    top = made(tmp_path / "r")
    git(top, "worktree", "add", "-q", "../w", "-b", "w")
    other = write_tree(tmp_path / "other", {".git": (tmp_path / "w/.git").read_bytes()})
    assert "does not name" in reason(other)


@needs_git
def test_a_common_directory_elsewhere_is_not_borrowed(tmp_path: Path) -> None:
    private = made(tmp_path / "private")
    top = write_tree(tmp_path / "hostile", {".git/HEAD": "ref: refs/heads/main\n"})
    (top / ".git/commondir").write_text(f"{private}/.git\n")
    assert "is not a git repository" in reason(top)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "does not name a git directory"),
        ("gitdir: \0\n", "does not name a git directory"),
        ("gitdir: gone\n", "is not a git repository"),
        ("gitdir: .git\n", "is not a git repository"),
        ("x" * 100_000, "does not name a git directory"),
    ],
)
def test_a_git_file_that_leads_nowhere_is_named(tmp_path: Path, content: str, said: str) -> None:
    assert said in reason(write_tree(tmp_path, {".git": content}))


@needs_git
@pytest.mark.parametrize("extension", ["objectFormat = md5", "refStorage = x", "newThing = true"])
def test_what_needs_another_git_is_named(tmp_path: Path, extension: str) -> None:
    top = made(tmp_path / "r")
    with (top / ".git/config").open("a") as file:
        file.write(f"[extensions]\n\t{extension}\n")
    assert f"extensions.{extension.partition(' ')[0].lower()}" in reason(top)


@needs_git
def test_shallow_and_partial_clones_are_known(tmp_path: Path) -> None:
    origin = made(tmp_path / "r")
    git(origin, "commit", "-q", "--allow-empty", "-m", "two")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "shallow")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{origin}", "partial")
    assert read_repository(str(tmp_path / "shallow")).is_shallow
    assert read_repository(str(tmp_path / "partial")).is_partial


@needs_git
def test_reflogs_name_commits_that_no_branch_has(tmp_path: Path) -> None:
    top = made(tmp_path / "r")
    git(top, "commit", "-q", "--allow-empty", "-m", "two")
    dropped = git(top, "rev-parse", "HEAD")
    git(top, "reset", "-q", "--hard", "HEAD~1")
    assert dropped.encode() in reflog_ids(read_repository(str(top)))


def test_the_nearest_git_counts(tmp_path: Path) -> None:
    (tmp_path / "r/.git").mkdir(parents=True)
    (tmp_path / "r/a/.git").mkdir(parents=True)
    assert top_of(f"{tmp_path}/r/a/b/c") == f"{tmp_path}/r/a"
    assert top_of(f"{tmp_path}/r/b") == f"{tmp_path}/r"


@needs_git
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20).map(
            str.strip
        ),
        min_size=1,
        max_size=4,
    )
)
def test_values_are_read_as_git_wrote_them(tmp_path: Path, values: list[str]) -> None:
    path = tmp_path / "config"
    path.write_text("")
    for number, value in enumerate(values):
        git(tmp_path, "config", "--file", str(path), f"core.k{number}", value)
    assert list(module._settings(str(path))) == [(f"core.k{n}", value) for n, value in enumerate(values)]


@given(st.binary())
def test_no_configuration_makes_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config").write_bytes(content)
    list(module._settings(str(tmp_path / "config")))
