from pathlib import Path

import pytest
from cli.program import Terminal, called, project_store

TOPIC = "---\nname: {0}\ntype: project\nexpires: 2020-06-30\n---\nThe {0}.\n"
NAMES = ("apple", "berry", "cherry", "damson", "elder")
INDEX = "# Memory\n\n" + "".join(f"- [{name}]({name}.md)\n" for name in NAMES)
QUESTION = "Apply this change? [y,n,a,q,e,never,?] "


@pytest.fixture
def store(tmp_path: Path) -> Path:
    files = {f"{name}.md": TOPIC.format(name) for name in NAMES}
    return project_store(tmp_path, "reviewer", {"MEMORY.md": INDEX, **files})


def test_each_answer_does_what_it_says(store: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/# Memory/# Mine/" "$1"\n')
    editor.chmod(0o700)
    terminal = Terminal("prune", "-i", cwd=tmp_path, EDITOR=str(editor), VISUAL="")
    for number, answer in enumerate(("?\ny", "n", "e", "never", "q"), 1):
        terminal.read_until(f"Change {number} of 5: ")
        terminal.read_until(QUESTION)
        terminal.seen = ""
        terminal.type(f"{answer}\n")
        if answer.startswith("?"):
            terminal.read_until("never  leave it out, and write a comment")
    done = terminal.finish()
    assert done.code == 0, done.out
    assert "Applied as operation 1 (undo: memoryd undo 1)" in done.out
    assert {path.stem for path in store.glob("*.md")} == {"MEMORY", "berry", "damson", "elder"}
    index = (store / "MEMORY.md").read_text()
    assert index.startswith("# Mine\n")
    assert "apple" not in index
    assert "cherry" not in index
    assert "ignore-file[P001]" in (store / "damson.md").read_text()
    again = called("prune", "--diff", cwd=tmp_path).out
    assert "damson.md:" not in again
    assert "1  .claude/agent-memory/reviewer/berry.md:" in again


def test_numbers_leave_out_changes(store: Path, tmp_path: Path) -> None:
    done = called("prune", "--exclude", "1,3", "--exclude", "5", "--stat", cwd=tmp_path)
    assert done.code == 0
    listed = [line for line in done.out.splitlines() if " P001 " in line]
    assert [line.split()[0] for line in listed] == ["2", "4"]
    assert done.out.splitlines()[-1] == " 3 files changed, 14 lines removed"
    assert called("prune", "--exclude", "2", "--apply", cwd=tmp_path).code == 0
    assert {path.stem for path in store.glob("*.md")} == {"MEMORY", "berry"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["prune", "--exclude", "9"], "--exclude: there is no change 9"),
        (["prune", "--exclude", "x"], '--exclude: "x" is not a number'),
        (["prune", "-i"], "-i needs a terminal"),
        (["prune", "-i", "--apply"], "-i and --apply cannot be used together"),
        (["dedupe", "-i", "--diff"], "-i and --diff cannot be used together"),
        (["prune", "--stat", "--json"], "--stat and --json cannot be used together"),
        (["check", "-i"], "-i needs --fix"),
        (["check", "--fix", "-i"], "-i needs a terminal"),
        (["check", "--exclude", "1"], "--exclude needs --fix or --diff"),
        (["check", "--stat"], "--stat needs --diff or -i"),
    ],
)
@pytest.mark.usefixtures("store")
def test_what_cannot_be_chosen_is_refused(tmp_path: Path, options: list[str], message: str) -> None:
    done = called(*options, cwd=tmp_path)
    assert done.code == 2
    assert message in done.err + done.out
