from pathlib import Path

import pytest
from cli.program import memoryd, project_store

STORE = ".claude/agent-memory/reviewer"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "topic.md": "- b\n"})
    assert memoryd("log", cwd=tmp_path).code == 0
    return tmp_path


def test_restore_knows_an_at_that_belongs_to_a_deleted_name(project: Path) -> None:
    topic = project / STORE / "ann@home.md"
    topic.write_text("- h\n")
    memoryd("log", cwd=project)
    topic.unlink()
    assert memoryd("cat", f"{STORE}/ann@home.md", cwd=project).out == "- h\n"
    assert memoryd("restore", f"{STORE}/ann@home.md@3", cwd=project).code == 0
    assert topic.read_text() == "- h\n"
