"""`resolve`, from git's index and from conflict markers."""

from pathlib import Path

import pytest
from cli.gits import BASE, INDEX, diverged, git
from cli.program import memoryd
from support import needs_git, write_tree

OURS = BASE.replace("last notes\n", "last notes\n- a note of ours here\n")
THEIRS = BASE.replace("last notes\n", "last notes\n- a note of theirs here\n")
BOTH = OURS + "- a note of theirs here\n"
MARKED = f"{BASE}<<<<<<< HEAD\n- a note of ours here\n=======\n- a note of theirs here\n>>>>>>> b0\n"


@needs_git
def test_a_merge_that_git_left_is_finished(tmp_path: Path) -> None:
    top = diverged(tmp_path / "repository", OURS, THEIRS)
    git(top, "merge", "b0", fails=True)
    left = (top / INDEX).read_text()
    done = memoryd("resolve", INDEX, cwd=top)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"resolved {INDEX} (undo: memoryd undo ")
    assert (top / INDEX).read_text() == BOTH
    assert memoryd("undo", cwd=top).code == 0
    assert (top / INDEX).read_text() == left
    memoryd("resolve", INDEX, cwd=top)
    git(top, "add", INDEX)
    git(top, "commit", "-qm", "merged")


@pytest.mark.parametrize("base", ["", "||||||| base\n"])
def test_markers_alone_will_do(tmp_path: Path, base: str) -> None:
    write_tree(tmp_path, {"MEMORY.md": MARKED.replace("=======", f"{base}=======")})
    assert memoryd("resolve", "MEMORY.md", cwd=tmp_path).code == 0
    assert (tmp_path / "MEMORY.md").read_text() == BOTH


def test_with_a_base_between_the_markers_what_a_side_removed_is_gone(tmp_path: Path) -> None:
    marked = "<<<<<<< x\n- mine\n||||||| y\n- an old note\n- mine\n=======\n- an old note\n>>>>>>> z\n"
    text = f"- a first note\n{marked}"
    write_tree(tmp_path, {"MEMORY.md": text})
    assert memoryd("resolve", "MEMORY.md", cwd=tmp_path).code == 0
    assert (tmp_path / "MEMORY.md").read_text() == "- a first note\n"


def test_a_file_without_a_conflict_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, {"MEMORY.md": BASE})
    done = memoryd("resolve", "MEMORY.md", cwd=tmp_path)
    assert (done.code, done.out) == (0, "MEMORY.md has no conflict\n")


def test_a_strict_one_leaves_conflicts(tmp_path: Path) -> None:
    text = "<<<<<<< x\n- [A](a.md) one\n||||||| y\n- [A](a.md)\n=======\n- [A](a.md) two\n>>>>>>> z\n"
    write_tree(tmp_path, {"MEMORY.md": text})
    assert memoryd("resolve", "--strict", "MEMORY.md", cwd=tmp_path).code == 1
    assert "<<<<<<< ours" in (tmp_path / "MEMORY.md").read_text()


@pytest.mark.parametrize("name", ["missing.md", "."])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    assert memoryd("resolve", name, cwd=tmp_path).code == 2


def test_what_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "MEMORY.md").write_bytes(MARKED.encode() + b"\xff\n")
    done = memoryd("resolve", "MEMORY.md", cwd=tmp_path)
    assert (done.code, "is not UTF-8 text" in done.err) == (2, True)
