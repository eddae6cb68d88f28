"""Whatever happens to files, stores, the index and processes: at the next look it equals one made anew."""

import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import pytest
from faults.disks import fill, tmpfs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support import REPOSITORY, is_root, python, store_of, wait_for, write_tree

from memoryd.adapters.search.index import Index
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.services.search.update_index import drop_deleted, sync

STORES = ("one", "two")
NAMES = st.sampled_from(["MEMORY.md", "a.md", "b.md", "sub/a.md", "sub/deep/c.md", "日.md", ".hidden.md"])
WORDS = st.lists(
    st.sampled_from(["apple", "[x](a.md)", "[[b]]", "# Head", "- item", "日本", "🎉", "\n"]), max_size=6
)
TEXTS = WORDS.map(lambda words: " ".join(words).encode()) | st.sampled_from(
    [b"", b"\xff\xfe bad", b"---\nname: b\ntype: user\nmodified: 2026-01-02\n---\n# T\n\n- one\n", b"\0"]
)
PLACES = st.tuples(st.sampled_from(STORES), NAMES)


class Truth(RuleBasedStateMachine):
    """Any sequence of what people, agents, file systems and crashes do."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(mkdtemp())
        self.stores = [store_of(self.place / "agent-memory" / name) for name in STORES]
        for store in self.stores:
            Path(store.root).mkdir(parents=True)
        self.path = self.place / "index.db"
        self.opened = ExitStack()
        self.index = self.opened.enter_context(Index(self.path))

    def at(self, place: tuple[str, str]) -> Path:
        return self.place / "agent-memory" / place[0] / place[1]

    @rule(place=PLACES, text=TEXTS)
    def write(self, place: tuple[str, str], text: bytes) -> None:
        path = self.at(place)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        with suppress(OSError):  # its directory is a file by now
            write_tree(self.place / "agent-memory" / place[0], {place[1]: text})

    @rule(place=PLACES, letter=st.sampled_from("xyz"))
    def edit_with_the_same_size_and_time(self, place: tuple[str, str], letter: str) -> None:
        path = self.at(place)
        if path.is_file():
            status = path.stat()
            path.write_bytes(letter.encode() * status.st_size)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    @rule(one=PLACES, other=PLACES)
    def swap(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        first, second = self.at(one), self.at(other)
        if first.is_file() and second.is_file() and first != second:
            between = self.place / "between"
            os.replace(first, between)
            os.replace(second, first)
            os.replace(between, second)

    @rule(one=PLACES, other=PLACES)
    def rename(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        with suppress(OSError):
            self.at(other).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.at(one), self.at(other))

    @rule(place=PLACES)
    def delete(self, place: tuple[str, str]) -> None:
        with suppress(OSError):
            self.at(place).unlink()

    @rule(place=PLACES)
    def become_a_directory(self, place: tuple[str, str]) -> None:
        with suppress(OSError):
            self.at(place).unlink()
            self.at(place).mkdir()

    @rule(place=PLACES, to=PLACES)
    def become_a_link(self, place: tuple[str, str], to: tuple[str, str]) -> None:
        with suppress(OSError):
            self.at(place).unlink(missing_ok=True)
            self.at(place).symlink_to(self.at(to))

    @rule(name=st.sampled_from(STORES))
    def move_a_directory_out_and_back(self, name: str) -> None:
        inside, outside = self.place / "agent-memory" / name / "sub", self.place / f"out-{name}"
        one, other = (inside, outside) if inside.is_dir() else (outside, inside)
        with suppress(OSError):
            one.rename(other)

    @rule(name=st.sampled_from(STORES))
    def replace_the_root(self, name: str) -> None:
        root = self.place / "agent-memory" / name
        shutil.copytree(root, self.place / "copy", symlinks=True)
        shutil.rmtree(root)
        (self.place / "copy").rename(root)

    @rule(name=st.sampled_from(STORES))
    def lose_the_store(self, name: str) -> None:
        shutil.rmtree(self.place / "agent-memory" / name)

    @rule(place=PLACES)
    def grow_huge(self, place: tuple[str, str]) -> None:
        if self.at(place).is_file():
            os.truncate(self.at(place), 9 * 2**20)  # more than is read

    @rule(how=st.sampled_from(["delete", "garbage", "older", "newer", "row", "text"]))
    def harm_the_index(self, how: str) -> None:
        if how == "delete":
            for path in self.place.glob("index.db*"):
                path.unlink()
        elif how == "garbage":
            self.path.write_bytes(b"no database\n" * 999)
        else:
            self.opened.close()
            version = {"older": 1, "newer": 999}.get(how)
            with closing(sqlite3.connect(self.path)) as db, suppress(sqlite3.Error):
                db.execute(f"PRAGMA user_version = {version}" if version else "DROP TABLE signatures")
            self.index = self.opened.enter_context(Index(self.path))

    @rule(name=st.sampled_from(STORES))
    def another_process_looks(self, name: str) -> None:
        with Index(self.path) as other:
            sync([each for each in self.existing() if each.root.endswith(name)], other, None)

    def existing(self) -> list[Store]:
        return [store for store in self.stores if Path(store.root).is_dir()]

    @invariant()
    def the_index_equals_one_made_anew(self) -> None:
        for store in self.stores:
            Path(store.root).parent.mkdir(exist_ok=True)
        sync(self.existing(), self.index, None)
        sync(self.existing(), self.index, None)  # a file that was healed away meanwhile is read by now
        drop_deleted(self.index, None)
        demand_true(self.index, self.existing(), self.place)
        for store in self.stores:
            Path(store.root).mkdir(exist_ok=True)

    def teardown(self) -> None:
        self.opened.close()
        shutil.rmtree(self.place)


TestTruth = Truth.TestCase
TestTruth.settings = settings(max_examples=10, stateful_step_count=12)


@pytest.mark.slow
def test_truth_at_length() -> None:
    run_state_machine_as_test(Truth, settings=settings(max_examples=200, stateful_step_count=30))


def demand_true(index: Index, stores: list[Store], place: Path) -> None:
    """That nothing in the index differs from one made anew, and the file is whole."""
    with Index(place / "fresh.db") as fresh:
        sync(stores, fresh, None)
        assert index.differences(fresh) == {}
    for path in place.glob("fresh.db*"):
        path.unlink()
    assert index.problems() == ()


SYNC = """
import sys
from pathlib import Path
from support import store_of
from memoryd.adapters.search.index import Index
from memoryd.services.search.update_index import sync
with Index(Path(sys.argv[1])) as index:
    print("open", flush=True)
    sync([store_of(Path(root)) for root in sys.argv[2:]], index, None)
"""


def has_written(process: subprocess.Popen[bytes], log: Path, before: int) -> bool:
    return process.poll() is not None or (log.exists() and log.stat().st_size > before)


def test_killed_in_the_middle_of_an_update(tmp_path: Path) -> None:
    stores = []
    for number in range(3):
        texts = {f"{n}.md": f"# T{n}\n\n- apple {n}\n" * 40 for n in range(120)}
        stores.append(store_of(write_tree(tmp_path / "agent-memory" / f"s{number}", texts)))
    paths = os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "tests")))
    wal = tmp_path / "index.db-wal"
    for _ in range(4):
        process = subprocess.Popen(
            python("-c", SYNC, str(tmp_path / "index.db"), *(store.root for store in stores)),
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
        )
        assert process.stdout
        process.stdout.readline()
        before = wal.stat().st_size if wal.exists() else 0
        wait_for(partial(has_written, process, wal, before))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with Index(tmp_path / "index.db") as index:
        sync(stores, index, None)
        demand_true(index, stores, tmp_path)


def test_a_full_disk_is_said_and_heals(tmp_path: Path) -> None:
    if not is_root():
        pytest.skip("mounting a small disk needs root")
    store = store_of(
        write_tree(tmp_path / "agent-memory" / "r", {f"{n}.md": f"apple {n}\n" * 300 for n in range(200)})
    )
    with tmpfs(tmp_path / "disk", "4m") as disk, Index(disk / "index.db") as index:
        ballast = fill(disk, 65536)
        with pytest.raises(MemorydError, match="full") as caught:
            sync([store], index, None)
        assert "disk" in str(caught.value.hint)
        ballast.unlink()
        sync([store], index, None)
        assert len(index.search("apple", limit=500)) == 200
        assert index.healed is None
        demand_true(index, [store], tmp_path)
