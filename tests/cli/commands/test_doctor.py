"""`memoryd doctor` in situations that people get into."""

import json
import os
import re
from pathlib import Path

import pytest
from cli.program import memoryd
from services.doctor.looking import Look, Seen, files
from support import write_tree


@pytest.fixture
def look(tmp_path: Path, home: Path) -> Look:
    write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})

    def look(**environment: str) -> Seen:
        before = files(home)
        done = memoryd("doctor", "--json", cwd=tmp_path, **environment)
        assert done.err == ""
        assert files(home) == before  # it changes nothing
        return Seen(done.code, done.out)

    return look


@pytest.fixture
def known(look: Look, tmp_path: Path) -> Look:
    """With history and index."""
    assert look().code == 0
    assert memoryd("search", "a", cwd=tmp_path).code == 0
    assert memoryd("log", "--all", cwd=tmp_path).code == 0
    return look


def test_all_is_well_where_nothing_is_wrong(known: Look, tmp_path: Path) -> None:
    seen = known()
    assert seen.code == 0
    assert {each["state"] for each in seen.checks if each["name"] not in {"daemon", "service"}} == {"ok"}
    shown = memoryd("doctor", cwd=tmp_path)
    assert shown.out.count("✓") == sum(each["state"] == "ok" for each in seen.checks)
    assert shown.out.count("\n  → ") == sum(each["remedy"] is not None for each in seen.checks)
    assert re.search(r"^0 errors, [12] warnings?$", shown.out, re.MULTILINE)


def test_a_machine_without_any_memory_is_not_ill(tmp_path: Path) -> None:
    done = memoryd("doctor", cwd=tmp_path)
    assert done.code == 0
    assert "⚠ no memory store is known\n  → " in done.out


@pytest.mark.parametrize(
    ("version", "state"), [("2.1.329", "ok"), ("2.1.332", "ok"), ("2.1.328", "warning"), ("3.0.0", "warning")]
)
def test_the_client_is_compared_with_those_measured(home: Path, look: Look, version: str, state: str) -> None:
    project = home / ".claude" / "projects" / "-shop"
    write_tree(project, {"a.jsonl": '{"version": "1.0.0"}\n', "b.jsonl": "not json\n"})
    os.utime(project / "a.jsonl", (1, 1))
    record = json.dumps({"cwd": "/shop", "version": version})
    (project / "b.jsonl").write_text(f'{record}\n{{"version": 7}}\n{{"version": cut')
    seen = look().of("client")
    assert seen[0] == state
    assert "2.1.329 to 2.1.332" in seen[1]
    assert f"runs {version}" in seen[1]


def test_without_session_records_there_is_nothing_to_say_of_the_client(look: Look) -> None:
    assert "client" not in look().names()
