import subprocess
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import needs_git

KEY = "sk-live-4242SECRET"
FILES = {
    "MEMORY.md": (
        f"# Memory\n\n- [Deploy](deploy.md) — token {KEY}\n- [Ann](people/ann-example.md)\n- keep\n"
    ),
    "deploy.md": f"# Deploy\n\n- run it\n- use {KEY} here\n- Example: what Ann said\n",
    "people/ann-example.md": "# Tea\n\n- likes tea\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project_store(project, "reviewer", FILES)
    return project


@pytest.fixture
def store(project: Path) -> Path:
    return project / ".claude" / "agent-memory" / "reviewer"


def test_a_form_in_base64_is_no_proof(project: Path, store: Path) -> None:
    (store / "deploy.md").write_text("# Deploy\n\n- c2stbGl2ZS00MjQyU0VDUkVU\n")
    done = memoryd("forget", KEY, "--purge", "--apply", cwd=project)
    assert done.code == 1
    assert "deploy.md: a base64 form of it" in done.out
    assert "the text is still there" in done.out


def test_the_name_of_a_store_is_masked_too(project: Path, store: Path) -> None:
    store.rename(store.with_name("zebra-fish"))
    (store.with_name("zebra-fish") / "MEMORY.md").write_text("- a\n- zebra fish\n")
    for options in ([], ["--json"]):
        assert "fish" not in memoryd("forget", "Zebra Fish", *options, cwd=project).out


@needs_git
def test_commits_that_hold_it_are_named(project: Path) -> None:
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)
    done = memoryd("forget", KEY.upper(), "--purge", "--apply", cwd=project)
    assert done.code == 0
    assert "the git history of . contains it in 2 places" in done.out
    assert ".claude/agent-memory/reviewer/deploy.md" in done.out
