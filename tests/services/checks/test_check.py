import subprocess
from pathlib import Path

import pytest
from support import needs_git, store_of, write_tree

from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check, read, read_contexts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / ".claude" / "agent-memory" / "reviewer",
        {
            "MEMORY.md": "- [a](a.md)\n- [gone](gone.md)\n- [made](build/out.md)\n",
            "a.md": "a\n",
            "lost.md": "b\n",
        },
    )


@pytest.fixture
def store(root: Path) -> Store:
    return store_of(root)


@needs_git
def test_a_store_is_read_with_what_git_ignores(store: Store, root: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write_tree(tmp_path, {".gitignore": "build/\n"})
    (context,) = read_contexts((store,))
    assert list(context.snapshot.documents) == ["MEMORY.md", "a.md", "lost.md"]
    assert context.around.ignored == {f"{root}/build", f"{root}/build/out.md"}


def test_a_store_that_is_gone_is_read_as_unreadable(tmp_path: Path) -> None:
    snapshot = read(store_of(tmp_path / "gone"))
    assert not snapshot.documents
    assert "cannot list" in snapshot.unread[0].reason


def test_checking_counts_and_finds(store: Store) -> None:
    report = check([store], ALL_RULES)
    messages = [diagnostic.message for diagnostic in report.diagnostics]
    assert any("gone.md" in message for message in messages)
    assert check([store], ()).diagnostics == ()
