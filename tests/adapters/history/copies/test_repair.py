"""A damaged history is made again of what can be read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support import plan_of

from memoryd.adapters.history import History
from memoryd.adapters.history.copies.backup import backup_of
from memoryd.adapters.history.copies.repair import repair
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import MemorydError

ROOT = "/s/rev"
FILES = [f"{ROOT}/{number}.md" for number in range(25)]


def line(name: str, number: int) -> bytes:
    return b"- %s has %d\n" % (name.encode(), number)


def filled(history: History, numbers: range) -> None:
    for number in numbers:
        for name in FILES:
            history.observe(ROOT, [(name, b"".join(line(name, each) for each in range(number + 1)))])
    change = FileChange(ROOT, FILES[0], b"- 1\n", b"- 2\n")
    history.finish(history.begin(plan_of(change)), "done")


def all_versions(path: Path) -> set[tuple[str, bytes | None]]:
    with History(path) as history:
        return {(name, content) for name in FILES for _, content in history.versions(name)}


def checkpointed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def overwrite(path: Path, pages: range) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


def test_a_sound_history_loses_nothing(history: History, path: Path) -> None:
    filled(history, range(4))
    before = all_versions(path)
    history.close()
    done, aside = repair(path)
    assert (done.unreadable, done.operations) == (0, 1)
    assert all_versions(path) == before
    assert all_versions(aside) == before
    with History(path) as again:
        assert again.verify() == ()
        assert again.operations()[0].status == "done"


def test_what_can_be_read_is_kept(tmp_path: Path) -> None:
    kept = []
    for first in range(2, 40, 5):
        path = tmp_path / str(first) / "history.db"
        with History(path) as history:
            filled(history, range(4))
        before = all_versions(path)
        checkpointed(path)
        overwrite(path, range(first, first + 2))
        damaged = path.read_bytes()
        _, aside = repair(path)
        assert aside.read_bytes() == damaged
        after = all_versions(path)
        assert after <= before
        kept.append(len(after) / len(before))
        with History(path) as again:
            assert [each for each in again.verify() if "is lost" not in each] == []
            again.observe(ROOT, [(FILES[0], b"- works\n")])
    assert min(sorted(kept)[3:]) > 1 / 3, kept  # nothing below the first page of a table can be read


def test_a_backup_fills_the_gaps(history: History, path: Path) -> None:
    filled(history, range(3))
    history.backup(backup_of(path))
    before = all_versions(path)
    filled(history, range(3, 4))
    history.close()
    checkpointed(path)
    overwrite(path, range(2, 20))
    repair(path)
    assert before <= all_versions(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        pytest.param(b"no database" * 1000, marks=pytest.mark.slow),
        pytest.param(b"SQLite format 3\0" + b"\xff" * 9000, marks=pytest.mark.slow),
    ],
)
def test_a_file_with_nothing_in_it_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    done, aside = repair(path)
    assert done.versions == 0
    assert aside.read_bytes() == content
    with History(path) as history:
        assert history.verify() == ()


def test_without_a_history_there_is_nothing_to_repair(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with pytest.raises(MemorydError, match="there is no history"):
        repair(path)


def test_the_form_of_another_memoryd_is_left_alone(history: History, path: Path) -> None:
    history._connection.raw.execute("PRAGMA user_version = 99")
    history.close()
    kept = path.read_bytes()
    with pytest.raises(MemorydError, match="another version of memoryd"):
        repair(path)
    assert path.read_bytes() == kept
