from pathlib import Path

import pytest
from cli.program import memoryd, project_store

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"
STORE = ".claude/agent-memory/reviewer"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "topic.md": "- b\n"})
    assert memoryd("log", cwd=tmp_path).code == 0
    return tmp_path


def test_diff_shows_the_last_change_or_all_since_or_between(project: Path) -> None:
    for text in ("- b\n", "- c\n"):
        (project / INDEX).write_text(text)
        memoryd("log", cwd=project)
    assert memoryd("diff", INDEX, cwd=project).out.endswith("@@ -1 +1 @@\n-- b\n+- c\n")
    assert memoryd("diff", f"{INDEX}@1", cwd=project).out.endswith("@@ -1 +1 @@\n-- a\n+- c\n")
    assert memoryd("diff", f"{INDEX}@4", f"{INDEX}@1", cwd=project).out.endswith("@@ -1 +1 @@\n-- c\n+- a\n")
    assert memoryd("diff", f"{INDEX}@now", cwd=project).out == ""
    (project / STORE / "topic.md").unlink()
    whole = memoryd("diff", f"{STORE}@1 hour ago", cwd=project).out
    assert f"+++ b/{INDEX}\n" in whole
    assert "topic.md" not in whole
    for wrong in ([STORE], [f"{INDEX}@99"], [f"{INDEX}@soon"], [f"{STORE}@now", INDEX]):
        assert memoryd("diff", *wrong, cwd=project).code == 2
