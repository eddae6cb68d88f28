from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp_client import Client
from support import write_tree

INDEX = (
    "# Memory\n\n- [Deploy](deploy.md): how releases are made\n- The API times out after 30 s on staging.\n"
)
DEPLOY = "# Deploy\n\nReleases are made on Mondays with two people.\n\n- Tag the commit.\n- Tag the commit.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".claude/agent-memory/reviewer/MEMORY.md": INDEX,
        ".claude/agent-memory/reviewer/deploy.md": DEPLOY,
        "README.md": "secret of the project\n",
    }
    other = tmp_path / "other/.claude/agent-memory/reviewer"
    write_tree(other, {"MEMORY.md": "- releases of another project\n"})
    return write_tree(tmp_path / "project", files)


@pytest.fixture
def client(project: Path) -> Iterator[Client]:
    found = Client(project, write=True)
    yield found
    found.session.close()


@pytest.fixture
def reader(project: Path) -> Iterator[Client]:
    found = Client(project, write=False)
    yield found
    found.session.close()
