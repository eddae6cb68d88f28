"""Git's own commands with memoryd as merge driver."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from cli.gits import BASE, INDEX, diverged, git, write
from cli.program import called, memoryd
from support import REPOSITORY, needs_git, write_tree

pytestmark = needs_git
OURS = BASE.replace("last notes\n", "last notes\n- a note of ours here\n")
THEIRS = BASE.replace("last notes\n", "last notes\n- a note of theirs here\n")
BOTH = OURS + "- a note of theirs here\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    made = diverged(tmp_path / "repository", OURS, THEIRS, BASE.replace("- one of the first notes\n", ""))
    assert called("merge-driver", "install", cwd=made).code == 0
    git(made, "add", "-A")
    git(made, "commit", "-qm", "attributes")
    return made


def index(top: Path) -> str:
    return (top / INDEX).read_text()


def test_without_the_driver_there_is_a_conflict(tmp_path: Path) -> None:
    top = diverged(tmp_path / "repository", OURS, THEIRS)
    git(top, "merge", "b0", fails=True)


def test_a_merge(top: Path) -> None:
    git(top, "merge", "-q", "b0")
    assert index(top) == BOTH


def test_an_octopus_runs_no_driver_and_its_branches_merge_one_by_one(top: Path) -> None:
    git(top, "checkout", "-qb", "b2", "main")
    write(top, f"{OURS}- a note of a third one\n", "third")
    git(top, "checkout", "-q", "main")
    assert "Should not be doing an octopus" in git(top, "merge", "-q", "b0", "b2", fails=True)
    git(top, "reset", "-q", "--hard")
    for branch in ("b0", "b1", "b2"):
        git(top, "merge", "-q", "--no-edit", branch)
    expected = f"{BOTH}- a note of a third one\n".replace("- one of the first notes\n", "")
    assert sorted(index(top).splitlines()) == sorted(expected.splitlines())


def test_a_rebase(top: Path) -> None:
    git(top, "checkout", "-q", "b0")
    git(top, "rebase", "-q", "main")
    assert index(top) == BOTH


def test_a_cherry_pick(top: Path) -> None:
    git(top, "cherry-pick", "b0")
    assert index(top) == BOTH


def test_a_stash(top: Path) -> None:
    write(top, OURS.replace("of ours here", "of ours here, changed"))
    git(top, "stash", "-q")
    git(top, "merge", "-q", "b0")
    git(top, "stash", "pop", "-q")
    assert index(top) == BOTH.replace("of ours here", "of ours here, changed")


def test_the_action_merges_another_branch(tmp_path: Path) -> None:
    top = diverged(tmp_path / "repository", OURS, THEIRS)
    git(top, "clone", "-q", "--bare", ".", "../remote.git")
    git(top, "remote", "add", "origin", "../remote.git")
    action = yaml.safe_load((REPOSITORY / ".github/actions/merge/action.yml").read_text())
    script = action["runs"]["steps"][-1]["run"]
    assert "${{" not in script
    environment = {"INPUT_BASE": "b0", "INPUT_PUSH": "true", "RUNNER_TEMP": str(tmp_path)}
    environment["PATH"] = f"{tmp_path}/programs:{os.environ['PATH']}"
    environment["PYTHONPATH"] = str(REPOSITORY)
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=top, env=os.environ | environment, check=True
    )
    assert git(tmp_path / "remote.git", "show", f"main:{INDEX}") == index(top) == BOTH


def test_installing_twice_and_removing(tmp_path: Path) -> None:
    top = diverged(tmp_path / "repository", BASE)
    (top / ".gitattributes").write_text("*.png binary")
    before = (top / ".git/config").read_text()
    for _ in range(2):
        assert memoryd("merge-driver", "install", cwd=top).code == 0
    attributes = (top / ".gitattributes").read_text()
    assert attributes == "*.png binary\n/.claude/agent-memory/**/*.md merge=memoryd\n"
    assert git(top, "config", "--get-all", "merge.memoryd.driver") == "memoryd merge-driver %O %A %B %P\n"
    for _ in range(2):
        assert memoryd("merge-driver", "uninstall", cwd=top).code == 0
    assert (top / ".gitattributes").read_text() == "*.png binary\n"
    assert (top / ".git/config").read_text() == before


def test_attributes_of_its_own_are_removed(tmp_path: Path) -> None:
    top = diverged(tmp_path / "repository", BASE)
    memoryd("merge-driver", "install", cwd=top)
    memoryd("merge-driver", "uninstall", cwd=top)
    assert not (top / ".gitattributes").exists()


def test_outside_of_git(tmp_path: Path) -> None:
    done = memoryd("merge-driver", "install", cwd=tmp_path)
    assert (done.code, "is not in a git repository" in done.err) == (2, True)


@pytest.mark.parametrize("side", [b"\xff\xfe", b"a\0b"])
def test_what_is_not_text_is_left_as_it_is_with_a_conflict(top: Path, side: bytes) -> None:
    write(top, side, "binary")
    git(top, "merge", "b0", fails=True)
    assert (top / INDEX).read_bytes() == side
    git(top, "ls-files", "--error-unmatch", "-u", INDEX)


def test_three_files(tmp_path: Path) -> None:
    write_tree(tmp_path, {"base": BASE, "ours": OURS, "theirs": THEIRS})
    (tmp_path / "ours").chmod(0o640)
    done = memoryd("merge-driver", "base", "ours", "theirs", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (tmp_path / "ours").read_text() == BOTH
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "base").read_text() == BASE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "ours", "theirs"]


def test_a_doubt_is_told(tmp_path: Path) -> None:
    removed, edited = (
        BASE.replace("- one of the last notes\n", ""),
        BASE.replace("last notes", "last notes of all"),
    )
    write_tree(tmp_path, {"base": BASE, "ours": removed, "theirs": edited})
    done = memoryd("merge-driver", "base", "ours", "theirs", "MEMORY.md", cwd=tmp_path)
    assert done.err == "MEMORY.md:4: kept, edited on one side, removed on the other\n"


def test_a_strict_merge_has_conflicts(tmp_path: Path) -> None:
    sides = [BASE.replace("last", word) for word in ("newest", "oldest")]
    write_tree(tmp_path, {"base": BASE, "ours": sides[0], "theirs": sides[1]})
    done = memoryd("merge-driver", "--strict", "base", "ours", "theirs", cwd=tmp_path)
    assert (done.code, "<<<<<<< ours" in (tmp_path / "ours").read_text()) == (1, True)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["base"], "OURS and THEIRS are missing"),
        (["base", "ours"], "THEIRS is missing"),
        (["no", "ours", "base"], "cannot read no: No such file or directory"),
        (["install", "--strict"], "OURS and THEIRS are missing"),
    ],
)
def test_what_is_missing(tmp_path: Path, words: list[str], error: str) -> None:
    write_tree(tmp_path, {"base": BASE, "ours": OURS})
    done = memoryd("merge-driver", *words, cwd=tmp_path)
    assert (done.code, error in done.err) == (2, True)
    assert (tmp_path / "ours").read_text() == OURS
