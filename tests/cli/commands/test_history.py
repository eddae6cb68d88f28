"""`log`, `diff`, `cat`, `restore`, `undo` and `history`, as people type them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import memoryd, project_store

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
    assert done.err.startswith("2 damages found")
    assert "is damaged" in memoryd("cat", f"{INDEX}@1", cwd=project).err
    done = memoryd("log", cwd=project)
    assert (done.code, done.out.count("its content is damaged")) == (0, 2)
    Path(path).write_bytes(b"no database" * 100)
    status = memoryd("status", cwd=project)
    assert status.code == 0
    assert "lost updates are unknown" in status.err
    assert "restore a backup" in memoryd("log", cwd=project).err
