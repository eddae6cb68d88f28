"""`log`, `diff`, `cat`, `restore`, `undo` and `history`, as people type them."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import called, memoryd, project_store
from support import needs_git

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "topic.md": "- b\n"})
    assert memoryd("log", cwd=tmp_path).code == 0
    return tmp_path


def test_status_makes_no_history(tmp_path: Path, home: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    assert memoryd("status", cwd=tmp_path).code == 0
    assert not (home / ".local").exists()


def test_the_history_can_be_found_and_verified(project: Path) -> None:
    path = Path(memoryd("history", "path", cwd=project).out.strip())
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert (
        memoryd("history", "verify", cwd=project).err == "2 contents, 2 versions, 0 operations: all intact\n"
    )
    assert memoryd("history", "expire", cwd=project).err == (
        "0 versions, 0 operations, 0 contents deleted, 0 KiB\n"
    )


def test_a_damaged_history_is_1_and_named(project: Path) -> None:
    path = memoryd("history", "path", cwd=project).out.strip()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE stored SET data = x'00'")
        connection.commit()
    done = memoryd("history", "verify", cwd=project)
    assert done.code == 1
    assert f"version 1 of {project / INDEX} is lost" in done.out
    assert done.err.startswith("2 damages found; `memoryd history repair`")
    assert "is damaged" in memoryd("cat", f"{INDEX}@1", cwd=project).err
    done = memoryd("log", cwd=project)
    assert (done.code, done.out.count("its content is damaged")) == (0, 2)
    Path(path).write_bytes(b"no database" * 100)
    status = memoryd("status", cwd=project)
    assert status.code == 0
    assert "losses are unknown" in status.err
    assert "restore a backup" in memoryd("log", cwd=project).err


def test_size_names_the_largest_stores(project: Path) -> None:
    done = memoryd("history", "size", cwd=project)
    assert "more a day" in done.out.splitlines()[0]
    assert ".claude/agent-memory/reviewer" in done.out.splitlines()[1]


def test_a_backup_comes_back_by_import(project: Path, tmp_path: Path, home: Path) -> None:
    backup = tmp_path / "backup.db"
    assert memoryd("history", "backup", str(backup), cwd=project).code == 0
    again = memoryd("history", "backup", str(backup), cwd=project)
    assert (again.code, "exists" in again.err) == (2, True)
    for path in (home / ".local" / "state" / "memoryd").glob("history.db*"):
        path.unlink()
    done = memoryd("history", "import", str(backup), cwd=project)
    assert (done.code, done.err) == (0, "2 versions, 0 operations added\n")
    assert memoryd("history", "import", str(backup), cwd=project).err == "0 versions, 0 operations added\n"
    assert memoryd("cat", f"{INDEX}@1", cwd=project).out == "- a\n"
    assert "all intact" in memoryd("history", "verify", cwd=project).err


@needs_git
def test_an_export_comes_back_by_import(project: Path, tmp_path: Path, home: Path) -> None:
    out = tmp_path / "deep" / "out"
    done = memoryd("history", "export", str(out), cwd=project)
    assert (done.code, done.err) == (0, f"{out}: 2 versions; read them with `git log -p`\n")
    assert (out / "files" / str(project / INDEX)[1:]).read_text() == "- a\n"
    again = memoryd("history", "export", str(out), cwd=project)
    assert (again.code, "not an empty directory" in again.err) == (2, True)
    for path in (home / ".local" / "state" / "memoryd").glob("history.db*"):
        path.unlink()
    done = memoryd("history", "import", str(out), cwd=project)
    assert (done.code, done.err) == (0, "2 versions, 0 operations added\n")


@pytest.mark.parametrize("content", [None, b"", b"no history" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_history_is_not_imported(project: Path, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    done = memoryd("history", "import", str(file), cwd=project)
    assert done.err
    assert "Traceback" not in done.err
    assert done.code == 2 or done.err.startswith("0 versions")


def test_a_half_written_copy_gives_what_can_be_read(project: Path, tmp_path: Path, home: Path) -> None:
    for number in range(40):
        (project / INDEX).write_text("".join(f"- {number} {line} {line * 31}\n" for line in range(200)))
        assert memoryd("log", cwd=project).code == 0
    whole, half = tmp_path / "whole.db", tmp_path / "half.db"
    assert memoryd("history", "backup", str(whole), cwd=project).code == 0
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    for path in (home / ".local" / "state" / "memoryd").glob("history.db*"):
        path.unlink()
    done = memoryd("history", "import", str(half), cwd=project)
    assert done.code in {0, 1}
    assert int(done.err.split()[0]) > 5
    assert "all intact" in memoryd("history", "verify", cwd=project).err


def test_a_damaged_history_is_repaired(project: Path, home: Path) -> None:
    path = home / ".local" / "state" / "memoryd" / "history.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE stored SET data = x'00' WHERE id = 1")
        connection.commit()
    done = memoryd("history", "repair", cwd=project)
    assert done.code == 1
    assert "1 version cannot be read" in done.err
    assert any(path.parent.glob("history.db.damaged-*"))
    assert "all intact" in memoryd("history", "verify", cwd=project).err
    assert "- a" in memoryd("cat", INDEX, cwd=project).out


@needs_git
def test_commits_are_imported_and_logged_with_their_author(project: Path) -> None:
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-qm", "x", "--date", "2025-01-01T12:00:00Z"],
    ):
        who = ["-c", "user.name=Ann Example", "-c", "user.email=a@example.org"]
        dates = {"GIT_COMMITTER_DATE": "2025-01-01T12:00:00Z"}
        subprocess.run(["git", *who, *arguments], cwd=project, check=True, env=os.environ | dates)
    done = memoryd("history", "import-git", str((project / INDEX).parent), cwd=project)
    assert (done.code, done.err.endswith("2 versions added\n")) == (0, True)
    log = memoryd("log", cwd=project).out
    assert "committed by Ann Example" in log
    events = json.loads(memoryd("log", "--json", cwd=project).out)["events"]
    assert [event["author"] for event in events] == [None, "Ann Example"] or len(events) == 1


@pytest.mark.parametrize("command", ["status", "show reviewer", "doctor", "history size", "forget x", "log"])
def test_a_state_directory_that_cannot_be_looked_at_is_no_bug(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    monkeypatch.setenv("MEMORYD_STATE_DIR", str(tmp_path / ("x" * 300)))
    done = called(*command.split(), cwd=tmp_path)
    assert done.code in {0, 1, 2}
    assert "bug" not in done.err
