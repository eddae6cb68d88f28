"""The file of an open history is deleted, moved, replaced, overwritten or migrated."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support import plan_of

from memoryd.adapters.history import History
from memoryd.adapters.history.schema import MIGRATIONS
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import MemorydError

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


def fill(history: History, *names: str) -> None:
    for name in names:
        history.observe(ROOT, [(FILE, f"- {name}\n".encode())])
        operation = history.begin(plan_of(FileChange(ROOT, f"{ROOT}/{name}.md", None, b"x")))
        history.finish(operation, "done")


def expect(path: Path, *names: str) -> None:
    """What is at the path has all of these versions and operations, and nothing is wrong with it."""
    with History(path) as again:
        assert contents(again) == [f"- {name}\n".encode() for name in names]
        plans = (again.plan(each).changes[0].path for each in reversed(again.operations()))
        assert list(plans) == [f"{ROOT}/{name}.md" for name in names]
        assert again.verify() == ()


def delete(path: Path) -> None:
    for each in path.parent.glob("history.db*"):
        each.unlink()


def delete_only_the_database(path: Path) -> None:
    path.unlink()


def delete_directory(path: Path) -> None:
    shutil.rmtree(path.parent)


def move_directory(path: Path) -> None:
    path.parent.rename(path.parent.with_name("away"))


def move(path: Path) -> None:
    path.rename(path.with_name("away.db"))


WAYS = [delete, delete_only_the_database, delete_directory, move_directory, move]


@pytest.mark.parametrize("lose", WAYS)
def test_a_history_whose_file_is_lost_is_written_back(
    history: History, path: Path, lose: Callable[[Path], None]
) -> None:
    fill(history, "a", "b")
    lose(path)
    fill(history, "c")
    (notice,) = history.notices()
    assert "written back" in notice
    fill(history, "d")
    assert history.notices() == ()
    expect(path, "a", "b", "c", "d")
    assert not list(path.parent.glob("*.new"))


@pytest.mark.parametrize("lose", WAYS)
def test_two_processes_that_have_a_lost_history_open_end_in_one(
    history: History, path: Path, lose: Callable[[Path], None]
) -> None:
    with History(path) as other:
        fill(history, "a")
        fill(other, "b")
        lose(path)
        fill(history, "c")
        fill(other, "d")
        fill(history, "e")
    expect(path, "a", "b", "c", "d", "e")


def test_a_new_history_made_meanwhile_is_joined(history: History, path: Path) -> None:
    fill(history, "a", "b")
    delete(path)
    with History(path) as new:
        fill(new, "c", "d")
    fill(history, "e")
    assert "both were joined" in history.notices()[0]
    expect(path, "a", "b", "c", "d", "e")


def test_a_new_history_that_is_open_is_joined(history: History, path: Path) -> None:
    fill(history, "a")
    delete(path)
    with History(path) as new:
        fill(new, "b")
        fill(history, "c")
        fill(new, "d")
        fill(history, "e")
    expect(path, "a", "b", "c", "d", "e")


def test_an_older_copy_in_its_place_gets_what_it_has_not(history: History, path: Path) -> None:
    fill(history, "a", "b")
    history.backup(path.with_name("copy.db"))
    fill(history, "c", "d")
    path.with_name("copy.db").replace(path)
    fill(history, "e")
    assert "versions were added" in history.notices()[0]
    expect(path, "a", "b", "c", "d", "e")


def test_a_copy_that_went_its_own_way_is_joined_in_order_of_time(history: History, path: Path) -> None:
    fill(history, "a", "b")
    copy = path.with_name("copy.db")
    history.backup(copy)
    fill(history, "c")
    with History(copy) as other:
        fill(other, "d")
    fill(history, "e")
    copy.replace(path)
    history.observe(ROOT, [(FILE, b"- f\n")])
    assert contents(history) == [b"- %c\n" % letter for letter in b"abcdef"]
    assert len(history.operations()) == 5
    assert history.verify() == ()


def test_a_copy_written_over_its_file_stops_it(history: History, path: Path, tmp_path: Path) -> None:
    fill(history, "a")
    history.backup(tmp_path / "copy.db")
    fill(history, "b")
    history._connection.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy, closing(sqlite3.connect(path)) as target:
        copy.backup(target)
    with pytest.raises(MemorydError, match="overwritten with another copy"):
        history.begin(plan_of(FileChange(ROOT, FILE, b"1", b"2")))
    with pytest.raises(MemorydError, match="overwritten with another copy"):
        history.observe(ROOT, [(FILE, b"- c\n")])
    with History(path) as again:  # which takes in what was spooled
        assert contents(again) == [b"- a\n", b"- c\n"]


def test_a_database_of_a_newer_memoryd_is_left_alone(history: History, path: Path) -> None:
    fill(history, "a")
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(MemorydError, match="migrated by another version of memoryd") as raised:
        history.begin(plan_of(FileChange(ROOT, FILE, b"1", b"2")))
    assert "restart" in str(raised.value.hint)
    with pytest.raises(MemorydError, match="migrated by another version"):
        history.observe(ROOT, [(FILE, b"- b\n")])
    with closing(sqlite3.connect(path)) as newer:
        assert newer.execute("SELECT count(*) FROM operations").fetchone() == (1,)
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    assert "- b" in Path(f"{path}.spool").read_text()
    history.observe(ROOT, [(FILE, b"- c\n")])
    assert contents(history) == [b"- a\n", b"- b\n", b"- c\n"]


@pytest.mark.parametrize("content", [b"no database" * 1000, b"", b"SQLite format 3\0" + b"\xff" * 8000])
def test_something_else_in_its_place_stops_it_or_is_joined(
    history: History, path: Path, content: bytes
) -> None:
    fill(history, "a")
    delete(path)
    path.write_bytes(content)
    if content:
        with pytest.raises(MemorydError, match="the history was replaced meanwhile"):
            history.begin(plan_of(FileChange(ROOT, FILE, b"1", b"2")))
        assert path.read_bytes() == content
        path.unlink()
    fill(history, "b")
    expect(path, "a", "b")


def test_where_it_cannot_be_written_back_nothing_is_edited(history: History, path: Path) -> None:
    fill(history, "a")
    move_directory(path)
    path.parent.write_bytes(b"")
    with pytest.raises(MemorydError, match="cannot be written back") as raised:
        history.begin(plan_of(FileChange(ROOT, FILE, b"1", b"2")))
    assert "this process still has it" in str(raised.value.hint)
    path.parent.unlink()
    fill(history, "b")
    expect(path, "a", "b")
