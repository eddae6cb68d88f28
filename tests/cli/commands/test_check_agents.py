"""`check` of agent definitions, with and without stores."""

import json
from pathlib import Path

from cli.program import make_store, memoryd, project_store

INVALID = "---\nname: reviewer\nmemory: Project\n---\nYou review.\n"


def agents(project: Path, text: str) -> Path:
    return make_store(project / ".claude/agents", {"reviewer.md": text})


def test_an_invalid_definition_alone_is_something_to_check(tmp_path: Path) -> None:
    agents(tmp_path, INVALID)
    done = memoryd("check", "--format", "concise", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith('.claude/agents/reviewer.md:3:1: error A002 "Project" is none of ')


def test_a_definition_may_be_named(tmp_path: Path) -> None:
    agents(tmp_path, INVALID)
    done = memoryd("check", "--json", ".claude/agents/reviewer.md", cwd=tmp_path)
    [diagnostic] = json.loads(done.out)["diagnostics"]
    assert (done.code, diagnostic["code"]) == (1, "A002")
    assert (diagnostic["store"], diagnostic["path"]) == (".claude/agents", ".claude/agents/reviewer.md")


def test_a_pasted_prompt_is_found_wherever_the_definition_lies(tmp_path: Path) -> None:
    prompt = "You have a persistent Agent Memory directory at `/Users/ann/p/.claude/agent-memory/a/`."
    text = f"---\nname: a\ndescription: d\nmodel: opus\nmemory: project\n---\n{prompt}\n"
    make_store(tmp_path / "seeds", {"a.md": text})
    done = memoryd("check", "--format", "concise", "seeds", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("seeds/a.md:7:")
    assert " A001 " in done.out


def test_a_sound_definition_alone_is_clean(tmp_path: Path) -> None:
    agents(tmp_path, INVALID.replace("Project", "project"))
    assert memoryd("check", cwd=tmp_path).code == 0


def test_what_the_user_defines_is_no_business_of_a_repository(tmp_path: Path, home: Path) -> None:
    agents(home, INVALID)
    assert memoryd("check", cwd=tmp_path).code == 2
    assert memoryd("check", "--user", cwd=tmp_path).code == 1
    project_store(tmp_path, "other", {"MEMORY.md": "- a fact\n"})
    assert memoryd("check", cwd=tmp_path).code == 0


def test_an_agent_is_checked_with_its_store(tmp_path: Path) -> None:
    agents(tmp_path, INVALID)
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a fact\n"})
    done = memoryd("check", "--agent", "reviewer", "--format", "concise", cwd=tmp_path)
    assert done.code == 1
    assert "A002" in done.out
