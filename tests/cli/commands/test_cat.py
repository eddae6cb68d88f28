from pathlib import Path

import pytest
from cli.program import Terminal, memoryd, project_store

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "topic.md": "- b\n"})
    assert memoryd("log", cwd=tmp_path).code == 0
    return tmp_path


def test_cat_prints_a_version_byte_for_byte(project: Path) -> None:
    raw = b"\xef\xbb\xbfcaf\xc3\xa9\r\n\x1b[31m no end"
    (project / INDEX).write_bytes(raw)
    assert memoryd("cat", INDEX, cwd=project).out.encode() == raw
    assert memoryd("cat", f"{INDEX}@1", cwd=project).out == "- a\n"
    (project / INDEX).unlink()
    assert memoryd("cat", INDEX, cwd=project).out.encode() == raw
    assert "did not exist" in memoryd("cat", f"{INDEX}@now", cwd=project).err
    assert "\\x1b" in Terminal("cat", INDEX, cwd=project).finish().out
