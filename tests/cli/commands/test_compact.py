import json
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, Done, memoryd, project_store

SUMMARY = "Nothing changed. Use --apply to apply the changes.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    return tmp_path


@pytest.fixture
def index_file(project: Path) -> Path:
    return project / ".claude/agent-memory/reviewer/MEMORY.md"


def apply(project: Path) -> Done:
    return memoryd("compact", "--apply", cwd=project)


def test_compact_shows_a_diff_and_changes_nothing(project: Path, index_file: Path) -> None:
    done = memoryd("compact", cwd=project)
    assert done.code == 0
    assert "--- a/.claude/agent-memory/reviewer/MEMORY.md\n" in done.out
    title, end = done.err.splitlines()
    assert title.startswith(".claude/agent-memory/reviewer: ")
    assert end + "\n" == SUMMARY
    assert index_file.read_text() == OVER_LIMIT


def test_diff_is_1_where_there_is_one_and_0_where_there_is_none(project: Path, index_file: Path) -> None:
    done = memoryd("compact", "--diff", cwd=project)
    assert done.code == 1
    assert (
        ": MEMORY.md had 241 lines, 37 entries unseen; now 158 lines, the newest in view; 74 entries"
        in done.err
    )
    assert done.out == memoryd("compact", cwd=project).out
    index_file.write_text("- a\n")
    done = memoryd("compact", "--diff", cwd=project)
    assert (done.code, done.out, done.err) == (
        0,
        "",
        "Nothing to compact; within the limit: reviewer 0 % (1 of 200 lines)\n",
    )


def test_apply_does_it_and_names_the_way_back(project: Path, index_file: Path) -> None:
    done = apply(project)
    assert done.code == 0
    assert "Applied as operation 1 (undo: memoryd undo 1)\n" in done.err
    assert index_file.read_text() != OVER_LIMIT
    assert memoryd("check", cwd=project).code == 0
    told = memoryd("compact", cwd=project).err
    assert told == "Nothing to compact; within the limit: reviewer 79 % (158 of 200 lines)\n"


def test_json_has_plan_and_operation(project: Path) -> None:
    shown = json.loads(memoryd("compact", "--json", cwd=project).out)
    assert shown["operation"] is None
    assert {change["action"] for change in shown["plan"]} == {"modify", "create"}
    assert all(change.keys() >= {"path", "action", "diff"} for change in shown["plan"])
    done = json.loads(memoryd("compact", "--json", "--apply", cwd=project).out)
    assert done["plan"] == shown["plan"]
    assert done["operation"] == 1
    nothing = json.loads(memoryd("compact", "--json", cwd=project).out)
    assert (nothing["plan"], nothing["operation"]) == ([], None)


def test_what_cannot_be_compacted_is_2_and_a_sentence(project: Path, index_file: Path) -> None:
    before = b"---\n" + b"front: matter stays where it is\n" * 300 + b"---\n- a fact\n"
    index_file.write_bytes(before)
    done = memoryd("compact", "--apply", cwd=project)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert str(index_file.parent) in done.err
    assert index_file.read_bytes() == before


def test_several_stores_are_one_operation(project: Path) -> None:
    writer = project_store(project, "writer", {"MEMORY.md": OVER_LIMIT})
    assert "Applied as operation 1 " in apply(project).err
    assert memoryd("undo", cwd=project).code == 0
    assert (writer / "MEMORY.md").read_text() == OVER_LIMIT


def test_undo_takes_the_last_operation_back_byte_for_byte(project: Path, index_file: Path) -> None:
    apply(project)
    done = memoryd("undo", cwd=project)
    assert done.code == 0
    assert "modify  .claude/agent-memory/reviewer/MEMORY.md\n" in done.out
    assert done.err.startswith("Undid operation 1 (compact: ")
    assert done.err.endswith(") as operation 2\n")
    assert index_file.read_text() == OVER_LIMIT
    assert [path.name for path in index_file.parent.iterdir()] == ["MEMORY.md"]


def test_an_undo_can_be_taken_back(project: Path, index_file: Path) -> None:
    apply(project)
    compacted = index_file.read_bytes()
    memoryd("undo", cwd=project)
    value = json.loads(memoryd("undo", "2", "--json", cwd=project).out)
    assert value["operation"] == 3
    assert index_file.read_bytes() == compacted


def test_undo_of_nothing_is_2(project: Path) -> None:
    done = memoryd("undo", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: nothing to undo\n  hint: ")


def test_undo_of_an_unknown_operation_is_2(project: Path) -> None:
    assert memoryd("undo", "7", cwd=project).err.startswith("error: there is no operation 7\n")
    for identity in ("x", "0", "9" * 30):
        assert memoryd("undo", identity, cwd=project).code == 2


def test_undo_keeps_what_was_written_since(project: Path, index_file: Path) -> None:
    apply(project)
    with index_file.open("a") as file:
        file.write("- newer\n")
    assert memoryd("undo", "1", cwd=project).code == 0
    assert index_file.read_text() == OVER_LIMIT + "- newer\n"


def test_undo_of_what_was_rewritten_since_is_a_conflict_and_changes_nothing(
    project: Path, index_file: Path
) -> None:
    apply(project)
    index_file.write_text("- all new\n")
    done = memoryd("undo", "1", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: operation 1 cannot be undone: ")
    assert "both versions are in " in done.err
    assert index_file.read_text() == "- all new\n"
