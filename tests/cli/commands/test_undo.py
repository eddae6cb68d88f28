"""`undo`, by number, by scope and on a terminal."""

import os
from pathlib import Path

import pytest
from cli.program import Terminal, called, memoryd, project_store
from support import change_of, plan_of, write_tree

from memoryd.adapters.history import History
from memoryd.config.locations import locate
from memoryd.services.edits import apply


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


def operate(actor: str, root: Path, text: str) -> None:
    """Rewrite the index file of a store as an operation of a person or the daemon."""
    with History(locate(os.environ).history, actor) as history:
        apply(plan_of(change_of(root, "MEMORY.md", text.encode()), cause="prune"), history)


@pytest.fixture
def stores(tmp_path: Path, home: Path) -> dict[str, Path]:
    """Four stores, each with an operation of its own, the last one by the daemon."""
    found = {
        "project": project_store(tmp_path / "project", "reviewer", {"MEMORY.md": "- a\n"}),
        "user": project_store(home, "helper", {"MEMORY.md": "- a\n"}),
        "other": project_store(tmp_path / "other", "reviewer", {"MEMORY.md": "- a\n"}),
        "daemon": project_store(tmp_path / "project", "writer", {"MEMORY.md": "- a\n"}),
    }
    for name, root in found.items():
        operate("daemon" if name == "daemon" else "command", root, "- b\n")
    return found


def undone(stores: dict[str, Path]) -> list[str]:
    return [name for name, root in stores.items() if (root / "MEMORY.md").read_text() == "- a\n"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [((), "project"), (("--user",), "user"), (("--all",), "other"), (("--daemon",), "daemon")],
)
def test_undo_by_scope(
    options: tuple[str, ...], expected: str, stores: dict[str, Path], tmp_path: Path
) -> None:
    done = called("undo", *options, cwd=tmp_path / "project")
    assert done.code == 0
    assert undone(stores) == [expected]
    again = called("undo", *options, cwd=tmp_path / "project")
    if expected == "other":  # the last one of all stores is that of the user now
        assert undone(stores) == ["user", "other"]
    else:
        assert (again.code, again.err.splitlines()[0]) == (2, "error: nothing to undo")


def test_undo_elsewhere_is_about_the_stores_of_the_user(stores: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert called("undo", cwd=tmp_path / "empty").code == 0
    assert undone(stores) == ["user"]


@pytest.mark.parametrize("option", ["--user", "--all", "--daemon"])
def test_a_number_needs_no_scope(option: str, stores: dict[str, Path], tmp_path: Path) -> None:
    done = called("undo", "3", option, cwd=tmp_path)
    assert (done.code, undone(stores)) == (2, [])
    assert "leave one of them out" in done.err
    assert called("undo", "3", cwd=tmp_path / "project").code == 0
    assert undone(stores) == ["other"]


def test_undo_asks_on_a_terminal_if_something_else_changed(stores: dict[str, Path], tmp_path: Path) -> None:
    index = stores["project"] / "MEMORY.md"
    (index.parent / "later.md").write_text("- later\n")
    assert called("log", cwd=tmp_path / "project").code == 0
    for answer, expected in (("n", "- b\n"), ("y", "- a\n")):
        terminal = Terminal("undo", cwd=tmp_path / "project")
        terminal.read_until("Undo it?")
        assert "1 other change since" in terminal.seen
        assert "Operation 1 (prune: " in terminal.seen
        terminal.type(f"{answer}\n")
        done = terminal.finish()
        assert (done.code, index.read_text()) == (0, expected)
    assert (index.parent / "later.md").read_text() == "- later\n"
    terminal = Terminal("undo", "--all", cwd=tmp_path)  # nothing else changed there: no question
    assert "Undo it?" not in terminal.finish().out
    assert undone(stores) == ["project", "other"]
