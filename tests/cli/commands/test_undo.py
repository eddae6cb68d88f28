from pathlib import Path

from cli.program import memoryd, project_store
from support import write_tree


def test_undo_of_a_move_leaves_no_empty_directory(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- [A](deep/a.md)\n", "deep/a.md": "# A\n"})
    assert memoryd("move", "reviewer", "critic", "--apply", cwd=tmp_path).code == 0
    assert memoryd("undo", cwd=tmp_path).code == 0
    assert [path.name for path in (tmp_path / ".claude/agent-memory").iterdir()] == ["reviewer"]
    assert (tmp_path / ".claude/agent-memory/reviewer/deep/a.md").read_text() == "# A\n"


def test_undo_keeps_what_came_after_a_move(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    assert memoryd("move", "reviewer", "critic", "--apply", cwd=tmp_path).code == 0
    write_tree(tmp_path / ".claude/agent-memory/critic", {"later.md": "# Later\n"})
    assert memoryd("undo", cwd=tmp_path).code == 0
    assert (tmp_path / ".claude/agent-memory/critic/later.md").read_text() == "# Later\n"


def test_nothing_to_undo_is_a_sentence(tmp_path: Path) -> None:
    done = memoryd("undo", cwd=tmp_path)
    hint = "`memoryd log` lists the operations; --all looks at every store, --daemon at what the daemon did"
    assert (done.code, done.err) == (2, f"error: nothing to undo\n  hint: {hint}\n")
