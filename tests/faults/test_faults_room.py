"""A disk that was full or read-only and is well again: the daemon goes on by itself."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from faults.disks import fill, tmpfs
from support import is_root, lines_of, long_index, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.daemon import Enforcement
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.errors import MemorydError
from memoryd.services.daemon.enforce import Enforcer
from memoryd.services.daemon.journal import Journal
from memoryd.services.daemon.known_stores import KnownStores

pytestmark = pytest.mark.skipif(not is_root(), reason="only root can mount a small disk")
PARTS = ("store", "history", "index")


class Care:
    """What the daemon does for one store: it reads it, and compacts its index file."""

    def __init__(self, places: dict[str, Path]) -> None:
        self.root = write_tree(places["store"] / "rev", {"MEMORY.md": "- begin\n"})
        self.journal = Journal()
        self.history = History(places["history"] / "history.db", "daemon")
        self.index = Index(places["index"] / "index.db")
        self._enforcer = Enforcer(
            Config(settle=0, enforce=Enforcement()), "/nowhere", self.history, self.journal
        )
        self._known = KnownStores(self.index, self.history, self.journal)
        self._known.search(lambda: FoundStores((store_of(self.root),), (), ()))

    def work(self) -> float | None:
        """Do all that is due at once; return the seconds until the next try."""
        for place in self._known.doubtful():
            with suppress(MemorydError):
                self._known.read(place)
        with suppress(MemorydError):
            self._known.settle()
        return self._enforcer.enforce(store_of(self.root), quiet=60)

    def is_over(self) -> bool:
        return loaded_view((self.root / "MEMORY.md").read_bytes(), CLAUDE_AGENT).cut_offset is not None


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """A small disk for each part."""
    with (
        tmpfs(tmp_path / "store", "1m") as store,
        tmpfs(tmp_path / "history", "1m") as history,
        tmpfs(tmp_path / "index", "1m") as index,
    ):
        yield {"store": store, "history": history, "index": index}


@pytest.fixture
def care(places: dict[str, Path]) -> Iterator[Care]:
    care = Care(places)
    with care.history, care.index:
        care.work()
        yield care


@pytest.mark.parametrize("left", [0, 4096, 20_000, 60_000])
@pytest.mark.parametrize("part", PARTS)
def test_after_a_full_disk_it_goes_on(part: str, left: int, care: Care, places: dict[str, Path]) -> None:
    write_tree(care.root, {"MEMORY.md": long_index()})
    before = lines_of(care.root)
    ballast = fill(places[part], left)
    waits = [care.work() for _ in range(3)]
    if care.is_over():
        assert waits == [5.0, 10.0, 20.0]
    else:
        assert [each.status for each in care.history.operations()][:1] == ["done"]
    assert not [each.name for each in care.root.iterdir() if each.name.startswith(".memoryd")]
    assert before <= lines_of(care.root)
    ballast.unlink()
    care.work()
    assert not care.is_over()
    assert before <= lines_of(care.root)
    care.work()
    now = {f"{care.root}/{path.name}": path.read_bytes() for path in care.root.iterdir()}
    assert {path: care.history.last(path) for path in care.history.present(str(care.root))} == now
    assert care.index.counts() == {str(care.root): len(now)}
    assert not Path(f"{care.history.path}.spool").exists()
    assert care.history.verify() == ()
    assert "bug" not in care.journal.counts


def test_after_a_read_only_store_it_goes_on(care: Care, places: dict[str, Path]) -> None:
    write_tree(care.root, {"MEMORY.md": long_index()})
    subprocess.run(["mount", "-o", "remount,ro", places["store"]], check=True)
    assert [care.work() for _ in range(8)][-1] == 300
    assert care.is_over()
    subprocess.run(["mount", "-o", "remount,rw", places["store"]], check=True)
    care.work()
    assert not care.is_over()


def test_the_last_version_on_a_full_disk_is_there_again(care: Care, places: dict[str, Path]) -> None:
    """What does not fit into the spool either is read again, as it is then."""
    file = care.root / "topic.md"
    ballast = fill(places["history"], 12_000)
    contents = []
    for number in range(60):
        contents.append(b"".join(b"- %d %d\n" % (number, line) for line in range(400)))
        file.write_bytes(contents[-1])
        care.work()
    ballast.unlink()
    care.work()
    known = [content for _, content in care.history.versions(str(file))]
    assert len(known) < len(contents)
    assert known[-1] == contents[-1]
    assert [each for each in contents if each in known] == known
    assert not [each for each in care.history.path.parent.iterdir() if "damaged" in each.name]
    assert care.history.verify() == ()
