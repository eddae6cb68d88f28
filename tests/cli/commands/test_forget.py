"""`forget`, as people use it."""

import json
import os
import signal
import subprocess
import unicodedata
from pathlib import Path

import pytest
from cli.program import COMMAND, ROOT, Terminal, memoryd, project_store
from support import wait_for

KEY = "sk-live-4242SECRET"
FILES = {
    "MEMORY.md": (
        f"# Memory\n\n- [Deploy](deploy.md) — token {KEY}\n- [Ann](people/ann-example.md)\n- keep\n"
    ),
    "deploy.md": f"# Deploy\n\n- run it\n- use {KEY} here\n- Example: what Ann said\n",
    "people/ann-example.md": "# Tea\n\n- likes tea\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project_store(project, "reviewer", FILES)
    return project


@pytest.fixture
def store(project: Path) -> Path:
    return project / ".claude" / "agent-memory" / "reviewer"


def traces(home: Path, text: str = KEY) -> list[str]:
    """Files of memoryd's own that hold a text in plain bytes."""
    wanted = text.lower().encode()
    found = [path for path in home.rglob("*") if path.is_file() and wanted in path.read_bytes().lower()]
    return [str(path) for path in found]


def test_it_shows_and_changes_nothing(project: Path, store: Path) -> None:
    done = memoryd("forget", KEY, cwd=project)
    assert done.code == 0
    assert 'Contains "sk-l…" (2)' in done.out
    assert "-- use sk-l… here" in done.out
    assert "4242" not in done.out + done.err
    assert "Use --apply" in done.err
    assert (store / "deploy.md").read_text() == FILES["deploy.md"]


def test_it_removes_and_undo_brings_back(project: Path, store: Path) -> None:
    done = memoryd("forget", KEY, "--apply", cwd=project)
    assert done.code == 0
    assert "(undo: memoryd undo 1)" in done.err
    assert "--purge" in done.err
    assert (store / "MEMORY.md").read_text() == (
        "# Memory\n\n- [Deploy](deploy.md)\n- [Ann](people/ann-example.md)\n- keep\n"
    )
    assert (store / "deploy.md").read_text() == "# Deploy\n\n- run it\n- Example: what Ann said\n"
    assert "4242" not in done.out + done.err
    assert memoryd("undo", cwd=project).code == 0
    assert (store / "deploy.md").read_text() == FILES["deploy.md"]
    assert (store / "MEMORY.md").read_text() == FILES["MEMORY.md"]


def test_a_file_goes_with_the_lines_that_point_at_it(project: Path, store: Path) -> None:
    done = memoryd("forget", "Ann Example", "--apply", cwd=project)
    assert "Contains its words, kept without --similar (1)" in done.out
    assert not (store / "people/ann-example.md").exists()
    assert "Ann" not in (store / "MEMORY.md").read_text()
    assert "what Ann said" in (store / "deploy.md").read_text()


def test_similar_parts_go_or_are_not_shown(project: Path, store: Path) -> None:
    assert "what Ann" not in memoryd("forget", "Ann Example", "--exact", cwd=project).out
    memoryd("forget", "Ann Example", "--similar", "--apply", cwd=project)
    assert "what Ann said" not in (store / "deploy.md").read_text()


def test_the_text_comes_from_standard_input(project: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "forget", "-", "--json"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=f"{KEY}\n".encode(),
        capture_output=True,
        check=False,
    )
    value = json.loads(done.stdout)
    assert (done.returncode, value["text"], value["operation"], value["proof"]) == (0, "sk-l…", None, None)
    assert [(each["line"], each["what"], each["exact"]) for each in value["found"]] == [
        (3, "entry", True),
        (4, "entry", True),
    ]
    assert [each["action"] for each in value["plan"]] == ["modify", "modify"]
    assert b"4242" not in done.stdout + done.stderr


def test_purge_takes_it_out_of_everything_and_proves_it(project: Path, store: Path, home: Path) -> None:
    memoryd("search", "run", cwd=project)
    (store / "MEMORY.md").write_text(FILES["MEMORY.md"] + f"- again {KEY}\n- new\n")
    memoryd("log", cwd=project)
    memoryd("compact", cwd=project)
    assert traces(home)
    done = memoryd("forget", KEY, "--purge", "--apply", cwd=project)
    assert done.code == 0, done.err
    assert "--purge cannot be undone" in done.err
    assert "the text was removed everywhere" in done.out
    assert "4242" not in done.out + done.err
    assert traces(home) == []
    assert memoryd("history", "verify", cwd=project).code == 0
    assert "4242" not in memoryd("log", "--patch", "--all", cwd=project).out
    assert "operation 1 cannot be undone: what it changed was purged" in memoryd("undo", "1", cwd=project).err
    assert memoryd("search", "run", cwd=project).out.count("deploy.md") == 1
    assert memoryd("history", "expire", cwd=project).code == 0
    assert memoryd("forget", KEY, "--purge", "--apply", cwd=project).code == 0


def test_purge_without_apply_changes_nothing(project: Path, store: Path) -> None:
    memoryd("log", cwd=project)
    done = memoryd("forget", KEY, "--purge", cwd=project)
    assert done.code == 0
    assert "Nothing changed." in done.err
    assert (store / "deploy.md").read_text() == FILES["deploy.md"]
    assert "4242" in memoryd("log", "--patch", "--all", cwd=project).out


def test_other_operations_can_be_taken_back_after_a_purge(project: Path, store: Path) -> None:
    entries = "".join(f"- fact {number}\n" for number in range(250))
    (store / "MEMORY.md").write_text(f"{FILES['MEMORY.md']}\n## Facts\n\n{entries}\n## More\n\n{entries}")
    assert memoryd("compact", "--apply", cwd=project).code == 0
    assert memoryd("forget", KEY, "--purge", "--apply", cwd=project).code == 0
    assert memoryd("undo", cwd=project).code == 0
    text = (store / "MEMORY.md").read_text()
    assert text.count("- fact 7\n") == 2
    assert "4242" not in text


def test_purge_is_refused_while_a_file_holds_it(project: Path, store: Path) -> None:
    (store / "notes.txt").write_text(f"x {KEY} y")
    done = memoryd("forget", KEY, "--purge", "--apply", cwd=project)
    assert done.code == 2
    assert "the text is still in" in done.err
    assert "notes.txt" in done.err
    assert "4242" not in done.err
    (store / "notes.txt").unlink()
    assert memoryd("forget", KEY, "--purge", "--apply", cwd=project).code == 0


def test_purge_is_refused_where_a_file_cannot_be_changed(project: Path, store: Path) -> None:
    (store / "odd.md").write_bytes(b"- \xff " + KEY.encode())
    done = memoryd("forget", KEY, "--purge", "--apply", cwd=project)
    assert done.code == 2
    assert "not UTF-8" in done.err
    assert (store / "deploy.md").read_text() == FILES["deploy.md"]


def test_directories_that_it_leaves_empty_go_and_come_back(project: Path, store: Path) -> None:
    (store / "people/ann-example.md").rename(store / "deploy2.md")
    (store / "ann-example").mkdir()
    (store / "ann-example" / "tea.md").write_text("- likes tea\n")
    done = memoryd("forget", "Ann Example", "--apply", cwd=project)
    assert "removed 1 empty directory" in done.err
    assert not (store / "ann-example").exists()
    assert memoryd("undo", cwd=project).code == 0
    assert (store / "ann-example" / "tea.md").read_text() == "- likes tea\n"


def test_a_purge_stands_in_the_log_and_cannot_be_taken_back(project: Path) -> None:
    memoryd("log", cwd=project)
    assert memoryd("forget", KEY, "--purge", "--apply", cwd=project).code == 0
    log = memoryd("log", cwd=project).out
    assert "purge, operation 2: permanently remove a text from" in log
    assert "4242" not in log
    assert "a purge cannot be undone" in memoryd("undo", "2", cwd=project).err


def test_a_secret_in_the_name_of_a_file_goes(project: Path, store: Path, home: Path) -> None:
    (store / f"{KEY}.md").write_text("- x\n")
    memoryd("search", "run", cwd=project)
    done = memoryd("forget", KEY, "--purge", "--apply", cwd=project)
    assert done.code == 0, done.err
    assert not (store / f"{KEY}.md").exists()
    assert "4242" not in done.out + done.err
    assert traces(home) == []


@pytest.mark.parametrize("text", ["記憶の秘密番号", "비밀번호는", "Zoë Ångström", "a.*b(c)[d]+$ x"])
def test_any_script_and_any_sign(project: Path, store: Path, home: Path, text: str) -> None:
    (store / "MEMORY.md").write_text(f"- keep\n- x {unicodedata.normalize('NFD', text)} y\n")
    memoryd("search", "keep", cwd=project)
    done = memoryd("forget", text, "--purge", "--apply", cwd=project)
    assert (done.code, "the text was removed everywhere" in done.out) == (0, True), done.out + done.err
    assert (store / "MEMORY.md").read_text() == "- keep\n"
    for form in ("NFC", "NFD"):
        assert traces(home, unicodedata.normalize(form, text)) == []


def test_stores_elsewhere_that_history_knows_are_looked_through(
    project: Path, store: Path, tmp_path: Path
) -> None:
    memoryd("log", cwd=project)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert memoryd("forget", KEY, "--purge", "--apply", cwd=elsewhere).code == 0
    assert KEY not in (store / "deploy.md").read_text()


def test_beside_the_daemon(project: Path, store: Path, home: Path) -> None:
    daemon = subprocess.Popen(
        [*COMMAND, "run"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MEMORYD_RESCAN": "0.2", "MEMORYD_ENFORCE": "off"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: traces(home))
        done = memoryd("forget", KEY, "--purge", "--apply", cwd=project)
        assert done.code == 0, done.out + done.err
        (store / "new.md").write_text("- written later\n")
        wait_for(lambda: "new.md" in memoryd("log", cwd=project).out)
        assert traces(home) == []
        assert memoryd("forget", KEY, "--purge", "--apply", cwd=project).code == 0
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0


def test_on_a_terminal_it_asks(project: Path, store: Path) -> None:
    terminal = Terminal("forget", KEY, cwd=project)
    terminal.read_until("Remove this? [y/N]")
    terminal.type("y\n")
    assert terminal.finish().code == 0
    assert KEY not in (store / "deploy.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["..."], "no letter or digit"),
        (["x1", "--similar", "--exact"], "cannot be used together"),
        (["x1", "--purge", "--user"], "always searches all stores"),
    ],
)
def test_what_makes_no_sense_is_refused(project: Path, arguments: list[str], message: str) -> None:
    done = memoryd("forget", *arguments, cwd=project)
    assert done.code == 2
    assert message in done.err


def test_what_stands_nowhere_is_no_error(project: Path) -> None:
    done = memoryd("forget", "nobody knows", cwd=project)
    assert (done.code, done.out) == (0, "")
    assert "nothing found" in done.err
