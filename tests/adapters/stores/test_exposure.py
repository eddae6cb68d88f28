import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.stores.exposure import open_to_others
from memoryd.domain.stores.store import agent_store
from memoryd.rules.security import readable_by_others, writable_by_others
from memoryd.services.checks.check import check


@pytest.fixture
def root() -> Iterator[Path]:
    """A store of user scope that others can enter; the directories of pytest are closed to them."""
    with tempfile.TemporaryDirectory() as directory:
        above = Path(directory)
        if not all(os.stat(each).st_mode & 0o001 for each in above.parents):
            pytest.skip("the directory of temporary files is closed to others")
        above.chmod(0o755)
        store = write_tree(above / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n", "b.md": "- b\n"})
        for path, mode in (
            (store.parent, 0o755),
            (store, 0o755),
            *((each, 0o600) for each in store.iterdir()),
        ):
            path.chmod(mode)
        yield store


def opened(root: Path) -> tuple[set[str], set[str]]:
    readable, writable = open_to_others([str(root), *map(str, root.iterdir()), f"{root}/gone.md"])
    return {Path(each).name for each in readable}, {Path(each).name for each in writable}


def test_a_file_is_open_to_others_by_its_mode(root: Path) -> None:
    assert opened(root) == ({"reviewer"}, set())
    (root / "MEMORY.md").chmod(0o644)
    (root / "b.md").chmod(0o666)
    assert opened(root) == ({"reviewer", "MEMORY.md", "b.md"}, {"b.md"})


def test_a_directory_that_others_cannot_enter_closes_everything_below(root: Path) -> None:
    (root / "b.md").chmod(0o666)
    root.parent.chmod(0o700)
    assert opened(root) == (set(), set())


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another group")
def test_a_group_of_others_may_write(root: Path) -> None:
    (root / "b.md").chmod(0o660)
    assert opened(root)[1] == set()
    os.chown(root / "b.md", 0, 12345)
    assert opened(root)[1] == {"b.md"}


def test_a_store_of_user_scope_has_one_finding(root: Path) -> None:
    rules = (writable_by_others, readable_by_others)
    (root / "MEMORY.md").chmod(0o644)
    (root / "b.md").chmod(0o666)
    found = check([agent_store(str(root), user=True)], rules).diagnostics
    assert [each.message.partition(";")[0] for each in found] == [
        "other users can write to 1 file of this store",
        "other users can read 2 files of this store",
    ]
    assert check([agent_store(str(root), user=False)], rules).diagnostics == ()
