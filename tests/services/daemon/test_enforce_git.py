import subprocess
from pathlib import Path

import pytest
from support import long_index, needs_git, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.config import Config
from memoryd.config.daemon import Enforcement
from memoryd.domain.limits.threshold import Threshold
from memoryd.services.daemon.enforce import Enforcer
from memoryd.services.daemon.journal import Journal

pytestmark = needs_git


def git(cwd: Path, *arguments: str, fails: bool = False) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=cwd, capture_output=True, check=False)
    assert fails or not done.returncode, done.stderr


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store over its limit, in a repository in the middle of a merge that concerns other files."""
    root = write_tree(tmp_path / "r" / "store", {"MEMORY.md": long_index()})
    git(tmp_path / "r", "init", "-q")
    for branch, text in (("main", "base\n"), ("topic", "topic\n"), ("main", "main\n")):
        git(tmp_path / "r", "checkout", "-qB" if text == "topic\n" else "-q", branch, fails=True)
        (tmp_path / "r" / "code").write_text(text)
        git(tmp_path / "r", "add", "-A")
        git(tmp_path / "r", "commit", "-qm", "x")
    return root


def test_a_store_is_left_alone_until_the_merge_is_over(root: Path, tmp_path: Path) -> None:
    git(root.parent, "merge", "topic", fails=True)
    with History(tmp_path / "history.db") as history:
        enforcer = Enforcer(Config(settle=0, enforce=Enforcement()), str(tmp_path), history, Journal())
        seconds = enforcer.enforce(store_of(root), 60)
        assert seconds is not None
        assert enforcer.left[str(root)].state == "postponed"
        assert (root / "MEMORY.md").read_text() == long_index()
        git(root.parent, "merge", "--abort")
        enforcer.enforce(store_of(root), 60)
        assert (root / "MEMORY.md").read_text() != long_index()
        assert enforcer.left == {}


def test_a_store_is_left_alone_while_it_is_staged(root: Path, tmp_path: Path) -> None:
    (root / "MEMORY.md").write_text(long_index(16))
    git(root.parent, "add", "-A")
    with History(tmp_path / "history.db") as history:
        enforcer = Enforcer(Config(settle=0, enforce=Enforcement()), str(tmp_path), history, Journal())
        enforcer.enforce(store_of(root), 60)
        assert enforcer.left[str(root)].state == "postponed"
        git(root.parent, "commit", "-qm", "x")
        enforcer.enforce(store_of(root), 60)
        assert enforcer.left == {}


def test_the_soft_limit_counts_where_the_configuration_says_so(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "store", {"MEMORY.md": long_index(11)})
    with History(tmp_path / "history.db") as history:
        for at, is_changed in ((Threshold.LIMIT, False), (Threshold.SOFT, True)):
            config = Config(settle=0, enforce=Enforcement(at=at))
            Enforcer(config, str(tmp_path), history, Journal()).enforce(store_of(root), 60)
            assert ((root / "MEMORY.md").read_text() != long_index(11)) == is_changed
