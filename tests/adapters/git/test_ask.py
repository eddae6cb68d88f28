"""Questions to git: what it is given, and what is said where it has no answer."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from support import is_root, needs_git, write_tree

from memoryd.adapters.git import ask as module
from memoryd.adapters.git.ask import ask, obstacle, open_repository, troubles
from memoryd.adapters.git.repository import GitError
from memoryd.adapters.git.worktree import committed, departed, ignored, line_times, tracked

pytestmark = needs_git
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b")


def git(top: Path, *arguments: str) -> str:
    command = ["git", *IDENTITY, *arguments]
    return subprocess.run(command, cwd=top, capture_output=True, text=True, check=True).stdout.strip()


def commit(top: Path, **files: str) -> None:
    write_tree(top, {name.replace("_", "."): text for name, text in files.items()})
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q")
    commit(root, a_md="a\n", _gitignore="build/\n")
    return root


def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    write_tree(tmp_path / "bin", {"git": f"#!/bin/sh\n{script}\n"})
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")


def said(top: Path) -> str:
    return " ".join(f"{each.message} {each.hint}" for each in troubles([str(top)]))


def test_nothing_in_the_environment_changes_the_answer(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    commit(other, b_md="b\n")
    want = tracked(str(top)), line_times(f"{top}/a.md"), ignored([f"{top}/build/x"], str(top))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, f"{other}/.git")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    monkeypatch.setenv("GIT_NAMESPACE", "x")
    assert want == (tracked(str(top)), line_times(f"{top}/a.md"), ignored([f"{top}/build/x"], str(top)))
    assert want[0] == {str(top), f"{top}/a.md", f"{top}/.gitignore"}


def test_git_is_given_no_configuration_but_ours(
    top: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(
        home, {"config": "[core]\n\tabbrev = 5\n[user]\n\tname = u\n[diff]\n\texternal = /bin/false\n"}
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "config"))
    git(top, "config", "core.editor", "evil")
    answer = ask(str(top), ["config", "-z", "--list", "--name-only"]).decode().split("\0")
    assert {name.partition(".")[0] for name in answer if name} == {"core", "extensions", "log"}
    assert not {"core.editor", "core.abbrev", "user.name"} & set(answer)


def test_what_the_user_ignores_everywhere_is_ignored(
    top: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(home, {"mine": "secret.md\n", "config": "[core]\n\texcludesFile = ~/mine\n"})
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "config"))
    assert ignored([f"{top}/secret.md"], str(top))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    assert not ignored([f"{top}/secret.md"], str(top))
    write_tree(home, {".config/git/ignore": "secret.md\n"})
    assert ignored([f"{top}/secret.md"], str(top))


def test_what_one_clone_excludes_is_ignored(top: Path) -> None:
    (top / ".git/info").mkdir(exist_ok=True)
    (top / ".git/info/exclude").write_text("mine.md\n")
    assert ignored([f"{top}/mine.md"], str(top))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_empty_lines_of_gitignore_ignore_nothing(top: Path, end: str) -> None:
    (top / ".gitignore").write_bytes(end.join(["*.log", "", "build/", "", "# end", ""]).encode())
    asked = [
        f"{top}/{name}"
        for name in ("gone.md", "gone.md/", "docs/", "a/b.md/", "build/", "build/x.md", "x.log")
    ]
    assert ignored(asked, str(top)) == set(asked[4:])


def test_a_split_index_is_read(top: Path) -> None:
    git(top, "update-index", "--split-index")
    commit(top, b_md="b\n")
    assert f"{top}/a.md" in tracked(str(top))


def test_a_repository_without_commits_has_no_history_and_no_trouble(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {"a.md": "a\n"})
    assert departed(str(tmp_path)) == {}
    assert committed(str(tmp_path)) == {}
    assert line_times(f"{tmp_path}/a.md") == {}
    assert tracked(str(tmp_path)) == {str(tmp_path)}
    assert troubles([str(tmp_path)]) == ()


def test_a_file_that_is_not_committed_is_no_trouble(top: Path) -> None:
    write_tree(top, {"new.md": "n\n"})
    assert line_times(f"{top}/new.md") == {}
    assert troubles([str(top)]) == ()


def test_without_git_it_is_said(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ignored([f"{top}/build/x"], str(top)) == frozenset()
    assert "git is not installed" in said(top)
    with pytest.raises(GitError, match="git is not installed"):
        tracked(str(top))


def test_a_program_of_the_working_directory_is_not_git(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path / "here", {"git": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (tmp_path / "here/git").chmod(0o755)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert f"{top}/a.md" in tracked(str(top))
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(not is_root(), reason="giving a file away needs root")
def test_a_repository_of_another_user_is_asked_only_if_the_user_trusts_it(
    top: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(top, 1234, 1234)
    with pytest.raises(GitError, match="belongs to another user"):
        tracked(str(top))
    assert "safe.directory" in said(top)
    assert "safe.directory" in str(obstacle(str(top)) and obstacle(str(top)).hint)  # type: ignore[union-attr]
    for value, trusted in [("*", True), (str(top), True), (f"{top.parent}/*", True), (f"{top}x", False)]:
        write_tree(home, {value.replace("/", "_"): f"[safe]\n\tdirectory = {value}\n"})
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / value.replace("/", "_")))
        assert (obstacle(str(top)) is None) == trusted, value
    git(top.parent, "config", "--file", f"{top}/.git/config", "safe.directory", "*")
    assert obstacle(str(top))  # a repository cannot say that of itself
    monkeypatch.setenv("SUDO_UID", "1234")
    assert obstacle(str(top)) is None


def test_a_git_that_takes_too_long_is_ended_with_all_that_it_started(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_git(
        tmp_path,
        monkeypatch,
        f'case $* in *get-all*) exit 1;; esac\nsleep 60 & echo $! > "{tmp_path}/pid"; wait',
    )
    with pytest.raises(GitError, match="it took more than 1 second"):
        ask(str(top), ["ls-files"], patience=1)
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (tmp_path / "pid").unlink()
    with pytest.raises(GitError, match="it took more than 1 second"):
        ask(str(top), ["ls-files"])
    assert not (tmp_path / "pid").exists()  # it was not asked again
    assert "did not answer" in said(top)


def test_an_answer_without_end_is_cut_off(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_git(tmp_path, monkeypatch, "case $* in *get-all*) exit 1;; esac\nexec cat /dev/zero")
    monkeypatch.setattr("memoryd.adapters.git.process._MOST_BYTES", 10_000_000)
    with pytest.raises(GitError, match="larger than"):
        ask(str(top), ["ls-files"])


def test_what_git_says_itself_is_repeated(top: Path) -> None:
    (top / ".git/index").write_bytes(b"no index")
    with pytest.raises(GitError, match=r"git cannot answer about .*: .*index"):
        tracked(str(top))


def test_a_shallow_clone_is_said_where_history_is_asked(top: Path, tmp_path: Path) -> None:
    commit(top, a_md="a\nb\n")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{top}", "shallow")
    clone = tmp_path / "shallow"
    assert f"{clone}/a.md" in tracked(str(clone))
    assert troubles([str(clone)]) == ()
    assert line_times(f"{clone}/a.md") == {}  # older than the clone
    assert "is a shallow clone" in said(clone)
    trouble = obstacle(str(clone))
    assert trouble
    assert "--unshallow" in str(trouble.hint)


def test_what_a_partial_clone_lacks_is_not_fetched(top: Path, tmp_path: Path) -> None:
    git(top, "mv", "a.md", "b.md")
    commit(top, c_md="c\n")
    git(top, "rm", "-q", "c.md")
    commit(top)
    git(top, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{top}", "partial")
    clone = tmp_path / "partial"
    objects = sorted((clone / ".git/objects").rglob("*"))
    assert departed(str(clone)).keys() == {"a.md", "c.md"}
    assert departed(str(clone))["a.md"].renamed == "b.md"
    assert line_times(f"{clone}/b.md") == {}
    assert "is a partial clone" in said(clone)
    assert sorted((clone / ".git/objects").rglob("*")) == objects


def test_nothing_is_left_behind(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    before = sorted(top.rglob("*"))
    tracked(str(top))
    line_times(f"{top}/a.md")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert sorted(top.rglob("*")) == before


def test_a_machine_without_a_temporary_directory_is_said(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with pytest.raises(GitError, match="git cannot be asked about"):
        tracked(str(top))


def test_the_configuration_is_disjoint_from_the_repositorys(top: Path) -> None:
    assert "include" not in module._CONFIGURATION
    assert open_repository(str(top)).directory == f"{top}/.git"
