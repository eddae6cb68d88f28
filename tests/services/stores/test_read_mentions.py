import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.stores.contents import snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.services.stores.read_mentions import read_mentions

STORE = ".claude/agent-memory/reviewer"


def around(project: Path, files: dict[str, str], *, git: bool = True, repository: str = "") -> Surroundings:
    write_tree(project, files)
    store = replace(agent_store(str(project / STORE), user=False), within=str(project))
    return read_mentions(snapshot(store), Surroundings(repository=repository), git=git)


@pytest.mark.parametrize(
    "place",
    [
        "CLAUDE.md",
        "AGENTS.md",
        ".claude/CLAUDE.md",
        ".claude/agents/deep/reviewer.md",
        ".claude/commands/look.md",
        ".claude/skills/look/SKILL.md",
        ".claude/rules/look.md",
        ".claude/hooks/look.sh",
        ".claude/settings.json",
        "skills/look/SKILL.md",
        "session-start/SKILL.md",
        ".github/copilot-instructions.md",
    ],
)
def test_instructions_are_read_where_they_are(tmp_path: Path, place: str) -> None:
    files = {f"{STORE}/MEMORY.md": "- a\n", f"{STORE}/inbox.md": "x\n", f"{STORE}/other.md": "x\n"}
    assert around(tmp_path, files | {place: f"see {STORE}/inbox.md\n"}).named == {"inbox.md"}


def test_only_files_that_need_it_are_looked_for(tmp_path: Path) -> None:
    files = {f"{STORE}/MEMORY.md": "- [a](inbox.md) [b](empty.md)\n", f"{STORE}/inbox.md": "x\n"}
    files |= {
        f"{STORE}/empty.md": "---\nname: empty\n---\n",
        "CLAUDE.md": f"{STORE}/inbox.md {STORE}/empty.md",
    }
    assert around(tmp_path, files).named == {"empty.md"}


def test_notes_of_the_store_are_no_instructions(tmp_path: Path) -> None:
    files = {f"{STORE}/MEMORY.md": "- a\n", f"{STORE}/inbox.md": "x\n", f"{STORE}/rules/b.md": "inbox.md"}
    assert "inbox.md" not in around(tmp_path, files).named


def test_instructions_outside_of_the_bound_or_too_large_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "private.md").write_text(f"{STORE}/inbox.md\n")
    project = tmp_path / "project"
    write_tree(project, {"AGENTS.md": f"{STORE}/inbox.md " + "x" * 300_000})
    (project / "CLAUDE.md").symlink_to("../private.md")
    files = {f"{STORE}/MEMORY.md": "- a\n", f"{STORE}/inbox.md": "x\n"}
    assert around(project, files).named == frozenset()


@pytest.mark.parametrize(
    "place", ["gone.md", "docs/gone.md", ".claude/gone.md", f"{STORE}/../writer/gone.md"]
)
def test_a_name_that_exists_in_the_project_is_elsewhere(tmp_path: Path, place: str) -> None:
    files = {f"{STORE}/MEMORY.md": "- gone.md — x\n- lost.md — x\n", place: "x\n"}
    assert around(tmp_path, files).elsewhere == {"gone.md"}


@needs_git
def test_tracked_files_are_elsewhere_even_if_deleted_now(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write_tree(tmp_path, {"docs/deep/gone.md": "x\n"})
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    files = {f"{STORE}/MEMORY.md": "- gone.md — x\n- lost.md — x\n"}
    assert around(tmp_path, files, repository=str(tmp_path)).elsewhere == {"gone.md"}


def test_without_git_every_name_may_be_elsewhere(tmp_path: Path) -> None:
    files = {f"{STORE}/MEMORY.md": "- gone.md — x\n"}
    assert around(tmp_path, files, git=False).elsewhere == {"gone.md"}
