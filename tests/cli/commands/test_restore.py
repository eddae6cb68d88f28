import json
import shutil
from pathlib import Path

import pytest
from cli.program import called, memoryd, project_store

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"
STORE = ".claude/agent-memory/reviewer"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "topic.md": "- b\n"})
    assert memoryd("log", cwd=tmp_path).code == 0
    return tmp_path


def test_restore_brings_a_deleted_file_back(project: Path) -> None:
    (project / STORE / "topic.md").unlink()
    done = memoryd("restore", f"{STORE}/topic.md", cwd=project)
    assert (done.code, done.out) == (0, f"create  {STORE}/topic.md\n")
    assert done.err == "Applied as operation 1 (undo: memoryd undo 1)\n"
    assert (project / STORE / "topic.md").read_text() == "- b\n"
    memoryd("undo", cwd=project)
    assert not (project / STORE / "topic.md").exists()


def test_restore_takes_a_file_once(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    done = memoryd("restore", f"{INDEX}@1", INDEX, cwd=project)
    assert (done.code, done.err) == (
        2,
        f"error: {INDEX} is given twice\n  hint: give each file once\n",
    )


def test_restore_takes_versions_and_moments(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    memoryd("restore", f"{INDEX}@1", cwd=project)
    assert (project / INDEX).read_text() == "- a\n"
    memoryd("restore", INDEX, cwd=project)
    assert (project / INDEX).read_text() == "- c\n"
    same = memoryd("restore", f"{INDEX}@now", cwd=project)
    assert (same.code, same.err) == (0, "Nothing to restore: everything is as it was then\n")
    value = json.loads(memoryd("restore", f"{INDEX}@1", "--json", cwd=project).out)
    assert ([each["action"] for each in value["plan"]], value["operation"]) == (["modify"], 3)


def test_a_number_is_that_of_the_file_or_with_a_mark_that_over_all_files(project: Path) -> None:
    topic = project / STORE / "topic.md"
    for text in ("- c\n", "- d\n"):
        topic.write_text(text)
        assert called("log", cwd=project).code == 0
    events = json.loads(called("log", f"{STORE}/topic.md", "--json", cwd=project).out)["events"]
    versions = {each["number"]: each["version"] for event in events for each in event["files"]}
    assert sorted(versions) == [1, 2, 3]
    assert versions[2] != 2
    for number, expected in ((2, "- c\n"), (1, "- b\n"), (3, "- d\n")):
        assert called("restore", f"{STORE}/topic.md@{number}", cwd=project).code == 0
        assert topic.read_text() == expected
        topic.write_text("- x\n")
        assert called("restore", f"{STORE}/topic.md@#{versions[number]}", cwd=project).code == 0
        assert topic.read_text() == expected
    missing = called("restore", f"{STORE}/topic.md@#{versions[1] + 1000}", cwd=project)
    assert (missing.code, "has no version #" in missing.err) == (2, True)
    other = next(number for number in range(1, 9) if number not in versions.values())
    assert called("restore", f"{STORE}/topic.md@#{other}", cwd=project).code == 2  # of another file


def test_restore_brings_a_deleted_store_back(project: Path) -> None:
    shutil.rmtree(project / ".claude")
    assert memoryd("restore", STORE, cwd=project).code == 0
    assert (project / INDEX).read_text() == "- a\n"
    assert (project / STORE / "topic.md").read_text() == "- b\n"
    assert "which of its states" in memoryd("restore", STORE, cwd=project).err


def test_restore_at_a_moment_leaves_or_deletes_what_came_since(project: Path) -> None:
    value = json.loads(memoryd("log", "--json", cwd=project).out)
    moment = value["events"][0]["time"]
    (project / STORE / "new.md").write_text("- n\n")
    (project / INDEX).write_text("- c\n")
    done = memoryd("restore", STORE, "--at", moment, cwd=project)
    assert done.err.startswith("kept 1 newer file; --delete removes them\n")
    assert (project / INDEX).read_text() == "- a\n"
    memoryd("restore", STORE, "--at", moment, "--delete", cwd=project)
    assert not (project / STORE / "new.md").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--lost", "--at", "now", STORE),
        ("--delete", STORE),
        ("--at", "now", f"{INDEX}@1"),
        ("--at", "soon", STORE),
        (f"{STORE}@7",),
        (".claude/elsewhere",),
    ],
)
def test_what_restore_cannot_do_is_2(project: Path, arguments: tuple[str, ...]) -> None:
    done = memoryd("restore", *arguments, cwd=project)
    assert (done.code, done.out) == (2, "")
    assert (project / INDEX).read_text() == "- a\n"
