from pathlib import Path

import pytest
from cli.program import Terminal, memoryd, project_store

INDEX = """# Memory

- [Trial](trial.md) — of the runner
- [Ann](ann.md) — how she works
- [Deploy](deploy.md) — how we ship
- [Gone](gone.md) — nowhere
- deploys are frozen (valid until 2020-03-31)

## Tasks

- [x] move the tests
- ~~ask for the key~~

## Notes

Broke yesterday.
"""


TRIAL = "---\nname: trial\ntype: project\nexpires: 2020-06-30\n---\nThe trial of the runner.\n"
ANN = "---\nname: ann\ntype: user\nexpires: 2020-06-30\nmodified: 2020-01-01\n---\nShort answers.\n"
DEPLOY = "---\nname: deploy\nmodified: 2024-01-01\n---\nShip, see [the trial](trial.md).\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"MEMORY.md": INDEX, "trial.md": TRIAL, "ann.md": ANN, "deploy.md": DEPLOY}
    project_store(tmp_path, "reviewer", files)
    return tmp_path


@pytest.fixture
def store(project: Path) -> Path:
    return project / ".claude/agent-memory/reviewer"


def test_diff_is_1_where_there_is_one(project: Path) -> None:
    assert memoryd("prune", "--diff", cwd=project).code == 1
    memoryd("prune", "--apply", cwd=project)
    assert memoryd("prune", "--diff", cwd=project).code == 0
    assert memoryd("prune", "--diff", "--apply", cwd=project).code == 2


def test_on_a_terminal_it_asks(project: Path, store: Path) -> None:
    terminal = Terminal("prune", cwd=project)
    terminal.read_until("Apply these changes? [y/N] ")
    terminal.type("n\n")
    assert "Nothing changed." in terminal.finish().out
    terminal = Terminal("prune", cwd=project)
    terminal.read_until("Apply these changes? [y/N] ")
    terminal.type("y\n")
    assert terminal.finish().code == 0
    assert not (store / "trial.md").exists()
