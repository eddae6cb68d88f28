import json
from pathlib import Path

from cli.program import memoryd, project_store


def test_stores_and_files_are_listed(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "Build.md": "- b\n"})
    project_store(tmp_path, "writer", {"notes.md": "- a\n"})
    done = memoryd("ls", cwd=tmp_path)
    assert [line.split() for line in done.out.splitlines()] == [
        ["AGENT", "SCOPE", "FILES", "STORE"],
        ["reviewer", "project", "2", ".claude/agent-memory/reviewer"],
        ["writer", "project", "1", ".claude/agent-memory/writer"],
    ]
    names = memoryd("ls", "reviewer", cwd=tmp_path).out.splitlines()
    assert names == [f".claude/agent-memory/reviewer/{name}" for name in ("MEMORY.md", "Build.md")]
    value = json.loads(memoryd("ls", "writer", "--json", cwd=tmp_path).out)
    assert value["stores"] == [
        {
            "agent": "writer",
            "scope": "project",
            "store": ".claude/agent-memory/writer",
            "files": ["notes.md"],
        }
    ]
