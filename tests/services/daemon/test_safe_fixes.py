"""Safe fixes of the daemon, which asks no git."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.history import History
from memoryd.config import Config
from memoryd.config.daemon import DaemonConfig
from memoryd.domain.stores.store import agent_store
from memoryd.services.daemon.safe_fixes import SafeFixes

pytestmark = needs_git


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_tree(tmp_path / "p", {".gitignore": "build/\n"})
    subprocess.run(["git", "init", "-q", tmp_path / "p"], check=True)
    return tmp_path / "p"


def planned(project: Path, past: dict[str, bytes]) -> tuple[set[str], bytes | None]:
    """The codes of what is fixed, and the index file afterwards."""
    store = agent_store(str(project / ".claude/agent-memory/a"), user=False)
    config = Config(daemon=DaemonConfig(fixes=("L",)))
    with History(project.parent / "history.db") as history:
        history.observe(store.root, past.items())
        found = SafeFixes(config, str(project.parent), history).plan(store)
    assert found
    after = next((each.after for each in found.plan.changes if each.path.endswith("/MEMORY.md")), None)
    return {each.code for each in found.fixed}, after


def test_a_rename_is_proved_by_the_history(project: Path) -> None:
    root = write_tree(
        project / ".claude/agent-memory/a", {"MEMORY.md": "- see [x](old.md)\n", "new.md": "# New\n\ntext\n"}
    )
    _, after = planned(project, {f"{root}/old.md": b"# New\n\ntext\n"})
    assert after
    assert b"(new.md)" in after


def test_a_missing_file_outside_of_the_store_is_not_judged(project: Path) -> None:
    root = write_tree(
        project / ".claude/agent-memory/a",
        {
            "MEMORY.md": "- [n](n.md): see [x](../../../build/old.md), [y](../../../old.md)\n",
            "n.md": "text\n",
        },
    )
    past = {f"{project}/{name}": b"text\n" for name in ("build/old.md", "old.md")}
    assert planned(project, past) == (set(), None)
    assert (root / "n.md").exists()
