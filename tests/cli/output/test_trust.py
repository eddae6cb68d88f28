import json
from pathlib import Path

import pytest
from cli.program import memoryd
from support import write_tree


@pytest.fixture
def repository(tmp_path: Path, home: Path) -> Path:
    write_tree(home / "notes", {"MEMORY.md": "- a marker\n"})
    top = write_tree(tmp_path / "x", {".git/HEAD": "", ".claude/agent-memory/a/MEMORY.md": "- a fact\n"})
    (top / ".claude/agent-memory/vault").symlink_to(home / "notes")
    return top


def test_what_is_not_followed_is_told_in_status_doctor_and_check(repository: Path) -> None:
    status = memoryd("status", cwd=repository)
    line = f"1 directory named by {repository} is outside it and not followed: memoryd trust {repository}"
    assert line in status.out
    link = str(repository / ".claude/agent-memory/vault")
    seen = json.loads(memoryd("status", "--json", cwd=repository).out)["not_followed"]
    assert [each["path"] for each in seen] == [link]
    assert f"{link} → " in memoryd("doctor", cwd=repository).out
    check = memoryd("check", "--format", "concise", "--select", "A009", cwd=repository)
    assert check.code == 1
    assert check.out.startswith(".claude/agent-memory/vault:1:1: error A009 is a symbolic link to ")


def test_links_of_user_scope_are_followed_and_listed(home: Path, tmp_path: Path) -> None:
    write_tree(home / "vault/notes", {"MEMORY.md": "- [b](b.md)\n"})
    write_tree(home / "vault/more", {"b.md": "text\n"})
    (home / ".claude/agent-memory").mkdir(parents=True)
    (home / ".claude/agent-memory/a").symlink_to(home / "vault/notes")
    (home / "vault/notes/b.md").symlink_to("../more/b.md")
    assert "not followed" not in memoryd("status", cwd=tmp_path).out
    seen = memoryd("doctor", cwd=tmp_path).out
    assert "links followed in your own memory: " in seen
    assert "~/.claude/agent-memory/a → ~/vault/notes" in seen
    assert "b.md → ~/vault/more/b.md" in seen
