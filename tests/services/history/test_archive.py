"""The whole history as a git repository that a person can read, and back."""

import os
import subprocess
from pathlib import Path

import pytest
from support import change_of, needs_git, plan_of, write_tree

from memoryd.adapters.history import History
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.history.archive import export_history, import_export
from memoryd.services.history.undo import plan_undo

pytestmark = needs_git


def known(history: History) -> list[tuple[object, ...]]:
    """All that is recorded, without numbers."""
    titles = {each.id: f"{each.cause} {each.title} {each.actor}" for each in history.operations()}
    return [
        (
            *(each.time, each.root, each.path, history.content(each.digest), each.mode),
            *(titles.get(each.operation or 0, ""), each.actor, each.author),
        )
        for each in history.all_versions()
    ]


def git(top: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=top, check=True, capture_output=True).stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "rev", {"MEMORY.md": "- a\n", "topic.md": "- t\n"})


def filled(path: Path, root: Path) -> History:
    """A history with versions of every kind of writer, a deletion and an operation that was undone."""
    history = History(path, "daemon")
    index, topic = f"{root}/MEMORY.md", f"{root}/topic.md"
    history.observe(str(root), [(index, b"- a\n"), (topic, b"- t\n")], {index: 0o600})
    history.add_past(str(root), [(1e9, index, b"- old\n", "Ann \x1b <x>")])
    history.observe(str(root), [(topic, b"\xff\0\r\n")], by_git={topic: ""})
    (root / "topic.md").write_bytes(b"\xff\0\r\n")
    first = apply(plan_of(change_of(root, "MEMORY.md", b"- b\n")), history)
    operation = history.operation(first)
    assert operation
    apply(plan_undo(history, operation), history, undoes=operation)
    (root / "topic.md").unlink()
    history.observe(str(root), [(topic, None)])
    return history


def test_a_person_reads_it_without_memoryd(tmp_path: Path, root: Path) -> None:
    out = tmp_path / "out"
    with filled(tmp_path / "a.db", root) as history:
        assert export_history(history, out).versions == 7
    inside = out / "files" / str(root)[1:]
    assert {path.name: path.read_bytes() for path in inside.iterdir()} == {"MEMORY.md": b"- a\n"}
    assert (out / "README.md").read_text().startswith("# The history")
    log = git(out, "log", "--reverse", "--format=%an|%s").decode().splitlines()
    assert [line.split("|")[0] for line in log] == [
        *("memoryd", "Ann ? ?x?", "another program", "git", "memoryd daemon", "memoryd daemon"),
        "another program",
    ]
    assert log[4].endswith("|test: change what is to be changed (operation 1)")
    path = f"files/{str(root)[1:]}/topic.md"
    assert git(out, "log", "--format=%H", "--", path).count(b"\n") == 3
    assert git(out, "show", f"HEAD~1:{path}") == b"\xff\0\r\n"
    assert git(out, "status", "--porcelain") == b""
    assert out.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_it_comes_back_with_operations_that_can_be_undone(tmp_path: Path, root: Path) -> None:
    out = tmp_path / "out"
    with filled(tmp_path / "a.db", root) as history:
        export_history(history, out)
        with History(tmp_path / "b.db") as other:
            done = import_export(other, out)
            assert (done.versions, done.operations, done.unreadable) == (7, 2, 0)
            assert known(other) == known(history)
            assert other.verify() == ()
            again = import_export(other, out)
            assert (again.versions, again.operations) == (0, 0)
            assert import_export(history, out).versions == 0
            undo, first = other.operations()
            assert undo.undoes == first.id
            plan = plan_undo(other, undo)
            assert [change.after for change in plan.changes] == [b"- b\n"]


HOSTILE = [
    *(
        "../../../x.md",
        "../.git/hooks/post-checkout",
        ".git/config",
        ".GIT/config",
        "git~1/x",
        ".g\u200cit/x",
    ),
    *(".gitattributes", ".gitmodules", "a\nD files\n.md", 'a"b.md', "a\\..\\b.md", "\udcff.md", "%2E", "."),
    *("a" * 255, "é" * 127, "-rf", "\x1b[2J", "x.md/y.md", "x.md", " ", "...", "a:b", "done"),
]


def test_hostile_names_stay_inside(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    out.parent.mkdir()
    with History(tmp_path / "a.db") as history, History(tmp_path / "b.db") as other:
        for number, name in enumerate(HOSTILE):
            content = b"[core]\n\thooksPath = /\n# %d\n" % number
            history.observe("/r/s", [(f"/r/s/{name}", content)])
        assert export_history(history, out).versions == len(HOSTILE)
        assert [path.name for path in out.parent.iterdir()] == ["out"]
        assert {path.name for path in out.iterdir()} == {".git", "README.md", "files"}
        assert not any(path.is_symlink() for path in out.rglob("*"))
        assert b"hooksPath" not in (out / ".git" / "config").read_bytes()
        assert not (out / ".git" / "hooks").exists()
        done = import_export(other, out)
        refused = [name for name in HOSTILE if {".", ".."} & {*name.split("/")}]
        assert done.unreadable == len(refused)
        assert {each.path for each in other.all_versions()} == {
            f"/r/s/{name}" for name in HOSTILE if name not in refused
        }


@pytest.mark.parametrize("kind", ["file", "full", "link", "repository"])
def test_what_exists_is_left_alone(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("x")
    elif kind == "link":
        (tmp_path / "empty").mkdir()
        out.symlink_to(tmp_path / "empty")
    else:
        write_tree(out, {".git/HEAD" if kind == "repository" else "x.md": "x"})
    before = sorted(each for each in tmp_path.rglob("*"))
    error = r"not an empty directory|not a directory"
    with History(tmp_path / "a.db") as history, pytest.raises(MemorydError, match=error):
        export_history(history, out)
    assert sorted(each for each in tmp_path.rglob("*") if not each.name.startswith("a.db")) == before


def test_an_empty_directory_and_an_empty_history_will_do(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with History(tmp_path / "a.db") as history:
        assert export_history(history, tmp_path / "out").versions == 0
        with pytest.raises(MemorydError, match="no commit that memoryd exported"):
            import_export(history, tmp_path / "out")


def test_a_damaged_version_is_left_out_and_counted(tmp_path: Path, root: Path) -> None:
    with filled(tmp_path / "a.db", root) as history:
        history._connection.raw.execute("UPDATE stored SET data = x'00' WHERE base IS NULL AND id = 1")
        history.tidy()
        done = export_history(history, tmp_path / "out")
        assert done.unreadable
        assert done.versions + done.unreadable == 7


def test_a_changed_export_gives_what_is_still_as_it_was(tmp_path: Path, root: Path) -> None:
    out = tmp_path / "out"
    with filled(tmp_path / "a.db", root) as history:
        export_history(history, out)
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--allow-empty", "-q"]
    (out / "files" / "mine.md").write_text("mine")
    git(out, "add", "-A")
    git(out, *who, "-m", "my own commit")
    for message in ("memoryd: {", "memoryd: {}", 'memoryd: {"version": 2}', "memoryd: []"):
        git(out, *who, "-m", message)
    with History(tmp_path / "b.db") as other:
        done = import_export(other, out)
        assert (done.versions, done.unreadable) == (7, 4)


def test_git_that_is_missing_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with History(tmp_path / "a.db") as history, pytest.raises(MemorydError, match="git is not installed"):
        export_history(history, tmp_path / "out")
    assert not os.path.lexists(tmp_path / "out")
