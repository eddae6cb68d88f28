import json
from pathlib import Path

import pytest
from cli.program import memoryd, project_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    text = "# Memory\n\n- The tests of the client run on every push, and nightly on the staging machines.\n"
    return project_store(tmp_path, "reviewer", {"MEMORY.md": text})


def test_a_note_is_added_through_the_history_and_can_be_undone(store: Path, tmp_path: Path) -> None:
    before = (store / "MEMORY.md").read_text()
    again = "The tests of the client run on every push, and nightly on the staging machine."
    done = memoryd("add", "reviewer", again, cwd=tmp_path)
    assert done.code == 0, done.err
    assert (store / "MEMORY.md").read_text() == f"{before}- {again}\n"
    assert done.err.startswith("Applied as operation 1 (undo: memoryd undo 1)\n")
    assert "MEMORY.md now has 4 of 200 lines, " in done.err
    assert "D00" in done.err  # it says nearly the same
    assert memoryd("undo", "1", cwd=tmp_path).code == 0
    assert (store / "MEMORY.md").read_text() == before


def test_the_same_note_is_added_once_and_json_has_the_operation(store: Path, tmp_path: Path) -> None:
    made = json.loads(
        memoryd("add", "reviewer", "a new fact", "--topic", "Facts", "--json", cwd=tmp_path).out
    )
    assert (made["operation"], [each["action"] for each in made["plan"]]) == (1, ["modify", "create"])
    assert (store / "facts.md").read_text().endswith("\n- a new fact\n")
    done = memoryd("add", "reviewer", "- A new fact", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Nothing added: .claude/agent-memory/reviewer/facts.md:")
    done = memoryd("add", "reviever", "x", cwd=tmp_path)
    assert (done.code, "reviewer" in done.err) == (2, True)
