"""The index follows the disk, and the history holds every version that was seen."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from support import is_root, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.domain.stores.store import Store
from memoryd.services.search.update_index import drop_deleted, observe, sync


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- apple\n", "t/x.md": "pear\n"})


@pytest.fixture
def store(root: Path) -> Store:
    return store_of(root)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "cache" / "index.db") as index:
        yield index


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def found(index: Index, query: str) -> set[str]:
    return {hit.path for hit in index.search(query, limit=100)}


def versions(history: History, path: Path) -> list[bytes | None]:
    return [content for _, content in history.versions(str(path))]


def test_what_has_changed_is_counted_indexed_and_recorded(
    store: Store, root: Path, index: Index, history: History
) -> None:
    (first,) = sync([store], index, history)
    assert (first.changed, first.files, first.unread, first.unrecorded) == (2, 2, (), None)
    (again,) = sync([store], index, history)
    assert (again.changed, again.files) == (0, 2)
    write_tree(root, {"MEMORY.md": "- plum\n"})
    (root / "t" / "x.md").unlink()
    (third,) = sync([store], index, history)
    assert (third.changed, third.files) == (2, 1)
    assert versions(history, root / "MEMORY.md") == [b"- apple\n", b"- plum\n"]
    assert versions(history, root / "t" / "x.md") == [b"pear\n", None]
    assert found(index, "apple") | found(index, "pear") == set()


def test_without_a_history_the_index_is_brought_up_to_date(store: Store, index: Index) -> None:
    sync([store], index, None)
    assert found(index, "apple") == {"MEMORY.md"}


def test_a_history_that_cannot_be_written_stops_no_search(
    store: Store, index: Index, history: History
) -> None:
    history._connection.raw.execute("DROP TABLE stored")
    (synced,) = sync([store], index, history)
    assert "cannot write the history" in str(synced.unrecorded)
    assert found(index, "apple") == {"MEMORY.md"}


def test_a_store_that_cannot_be_listed_keeps_what_is_known(
    store: Store, root: Path, index: Index, history: History
) -> None:
    sync([store], index, history)
    root.rename(root.with_name("elsewhere"))
    (synced,) = sync([store], index, history)
    assert synced.changed == 0
    assert "cannot list" in synced.unread[0].reason
    assert found(index, "apple") == {"MEMORY.md"}
    assert versions(history, root / "MEMORY.md") == [b"- apple\n"]


@pytest.mark.skipif(is_root(), reason="root may list everything")
def test_a_directory_that_cannot_be_listed_keeps_what_is_known(
    store: Store, root: Path, index: Index, history: History
) -> None:
    sync([store], index, history)
    (root / "t").chmod(0)
    try:
        (synced,) = sync([store], index, history)
    finally:
        (root / "t").chmod(0o755)
    assert [each.path for each in synced.unread] == ["t/"]
    assert found(index, "pear") == {"t/x.md"}
    assert versions(history, root / "t" / "x.md") == [b"pear\n"]


def test_bad_files_are_named_and_the_others_are_indexed(
    store: Store, root: Path, index: Index, history: History
) -> None:
    os.mkfifo(root / "pipe.md")
    write_tree(root, {"latin.md": b"caf\xe9 banana\n"})
    (synced,) = sync([store], index, history)
    assert [each.path for each in synced.unread] == ["pipe.md"]
    assert found(index, "banana") == {"latin.md"}
    assert versions(history, root / "latin.md") == [b"caf\xe9 banana\n"]


def test_deleted_stores_are_forgotten_and_unmounted_ones_are_not(
    tmp_path: Path, store: Store, root: Path, index: Index, history: History
) -> None:
    far = store_of(write_tree(tmp_path / "mount" / "agent-memory" / "tester", {"MEMORY.md": "- fig\n"}))
    sync([store, far], index, history)
    shutil.rmtree(root)
    shutil.rmtree(tmp_path / "mount")
    drop_deleted(index, history)
    assert index.roots() == (far.root,)
    assert versions(history, root / "MEMORY.md") == [b"- apple\n", None]
    assert versions(history, Path(far.root, "MEMORY.md")) == [b"- fig\n"]


def test_what_was_not_recorded_is_recorded_the_next_time(
    store: Store, root: Path, index: Index, history: History
) -> None:
    sync([store], index, history)
    (root / "MEMORY.md").write_text("- plum\n")
    (root / "t" / "x.md").unlink()
    history._connection.raw.execute("ALTER TABLE versions RENAME TO hidden")
    (synced,) = sync([store], index, history)
    assert synced.unrecorded
    history._connection.raw.execute("ALTER TABLE hidden RENAME TO versions")
    sync([store], index, history)
    assert versions(history, root / "MEMORY.md") == [b"- apple\n", b"- plum\n"]
    assert versions(history, root / "t" / "x.md")[-1] is None


def test_what_went_while_there_was_no_index_is_recorded_as_gone(
    store: Store, root: Path, index: Index, history: History, tmp_path: Path
) -> None:
    sync([store], index, history)
    for path in root.rglob("*.md"):
        path.unlink()
    with Index(tmp_path / "another.db") as empty:
        sync([store], empty, history)
    assert versions(history, root / "MEMORY.md") == [b"- apple\n", None]
    assert history.present(store.root) == ()


def test_what_the_history_saw_go_and_come_back_is_recorded_though_the_index_never_missed_it(
    store: Store, root: Path, index: Index, history: History
) -> None:
    sync([store], index, history, thorough=True)
    (root / "t").rename(root.parent / "away")
    observe([store], history)
    (root.parent / "away").rename(root / "t")
    (synced,) = sync([store], index, history, thorough=True)
    assert synced.changed == 0
    assert versions(history, root / "t" / "x.md") == [b"pear\n", None, b"pear\n"]


def test_a_new_history_learns_what_the_index_knows_already(
    store: Store, root: Path, index: Index, history: History, tmp_path: Path
) -> None:
    sync([store], index, history)
    with History(tmp_path / "new.db") as new:
        sync([store], index, new, thorough=True)
        assert versions(new, root / "MEMORY.md") == [b"- apple\n"]


def test_observing_needs_no_index(store: Store, root: Path, history: History) -> None:
    (root / "MEMORY.md").chmod(0o640)
    assert observe([store], history) == ()
    (root / "MEMORY.md").unlink()
    assert observe([store], history) == ()
    first, *_ = [each for each in history.record(store.root) if each.path.endswith("MEMORY.md")]
    assert first.mode == 0o640
    assert versions(history, root / "MEMORY.md") == [b"- apple\n", None]
    shutil.rmtree(root)
    assert observe([store], history)[0].startswith("cannot list")


_NAMES = st.sampled_from(["MEMORY.md", "a.md", "b.md", "sub/a.md", "sub/deep/c.md", ".hidden.md", "a.txt"])
_WORDS = ("apple", "pear", "plum", "fig", "grape")
_TEXTS = st.lists(st.sampled_from(_WORDS), max_size=3).map(lambda words: " ".join(words).encode())


class Files(RuleBasedStateMachine):
    """Any sequence of what people and agents do to files."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(mkdtemp())
        self.root = self.place / "store"
        self.root.mkdir()
        self.store = store_of(self.root)
        self.opened = ExitStack()
        self.index = self.opened.enter_context(Index(self.place / "index.db"))
        self.history = self.opened.enter_context(History(self.place / "history.db"))
        self.seen: dict[str, list[bytes | None]] = {}

    @rule(name=_NAMES, text=_TEXTS)
    def write(self, name: str, text: bytes) -> None:
        write_tree(self.root, {name: text})

    @rule(name=_NAMES, text=_TEXTS)
    def write_with_the_old_size_and_time(self, name: str, text: bytes) -> None:
        path = self.root / name
        if path.is_file():
            status = path.stat()
            path.write_bytes(text.ljust(status.st_size)[: status.st_size])
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    @rule(name=_NAMES, text=_TEXTS)
    def replace(self, name: str, text: bytes) -> None:
        write_tree(self.root, {"new": text, name: b""})
        os.replace(self.root / "new", self.root / name)

    @rule(name=_NAMES, days=st.integers(-3, 3))
    def date(self, name: str, days: int) -> None:
        path = self.root / name
        if path.is_file():
            moment = path.stat().st_mtime_ns + days * 86_400 * 10**9
            os.utime(path, ns=(moment, moment))

    @rule(name=_NAMES)
    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    @rule(old=_NAMES, new=_NAMES)
    def rename(self, old: str, new: str) -> None:
        if (self.root / old).is_file():
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.root / old, self.root / new)

    @rule()
    def delete_directory(self) -> None:
        shutil.rmtree(self.root / "sub", ignore_errors=True)

    @rule()
    def lose_the_index(self) -> None:
        for path in self.place.glob("index.db*"):
            path.unlink()

    @invariant()
    def after_a_sync_the_index_is_as_if_made_anew_and_the_history_holds_what_was_seen(self) -> None:
        sync([self.store], self.index, self.history)
        self.check_index()
        self.check_history()

    def check_index(self) -> None:
        with Index(self.place / "other.db") as fresh:
            sync([self.store], fresh, None)
            assert self.index.listing(self.store)[0] == fresh.listing(self.store)[0]
            for word in _WORDS:
                assert [hit.path for hit in self.index.search(word, limit=99)] == [
                    hit.path for hit in fresh.search(word, limit=99)
                ]
        for path in self.place.glob("other.db*"):
            path.unlink()

    def check_history(self) -> None:
        for path in self.root.rglob("[!.]*.md"):
            assert versions(self.history, path)[-1] == path.read_bytes()
            self.seen.setdefault(str(path), []).append(path.read_bytes())
        for name, contents in self.seen.items():
            assert set(contents) <= set(versions(self.history, Path(name)))

    def teardown(self) -> None:
        self.opened.close()
        shutil.rmtree(self.place)


TestFiles = Files.TestCase
TestFiles.settings = settings(max_examples=15, stateful_step_count=12)


def test_what_can_no_longer_be_read_is_not_found_as_it_was(
    store: Store, index: Index, history: History
) -> None:
    path = Path(store.root) / "MEMORY.md"
    path.write_text("- zebra\n")
    sync([store], index, history)
    os.truncate(path, 9 * 2**20)  # more than is read
    (synced,) = sync([store], index, history)
    assert [each.path for each in synced.unread] == ["MEMORY.md"]
    assert index.search("zebra") == ()
    assert history.last(str(path)) == b"- zebra\n"
    path.write_text("- zebra again\n")
    sync([store], index, history)
    assert [hit.path for hit in index.search("zebra")] == ["MEMORY.md"]
