"""Taking a text out of everything that is recorded."""

import sqlite3
import time
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from support import plan_of

from memoryd import private
from memoryd.adapters.forgetting import cells, chunks, streams
from memoryd.adapters.history import History
from memoryd.adapters.history.copies.backup import backup_of
from memoryd.adapters.history.purge import PurgeResult, purge
from memoryd.adapters.history.records import SeenFile
from memoryd.adapters.history.spool import Spool
from memoryd.domain.edits.plan import FileChange, Plan
from memoryd.domain.forgetting.needle import Needle
from memoryd.services.forgetting.forget import rewritten

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"
KEY = "sk-live-4242SECRET"
NEEDLE = Needle(KEY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


def purged(path: Path, needle: Needle = NEEDLE, final: int | None = None) -> PurgeResult:
    return purge(path, needle.is_in_bytes, rewritten(needle, {}, similar=False), final=final)


def done(history: History, *changes: FileChange) -> int:
    operation = history.begin(plan_of(*changes))
    history.finish(operation, "done")
    return operation


def holds(path: Path, needle: Needle = NEEDLE) -> bool:
    """Whether a text is in any value of the database, or in any byte of its files, compressed or not."""
    found = any(map(needle.is_in_bytes, cells(path)))
    for file in path.parent.glob("history.db*"):
        for chunk in chunks(str(file)):
            found |= needle.is_in_raw(chunk) or any(map(needle.is_in_raw, streams(chunk)))
    return found


def test_versions_lose_what_holds_it_and_nothing_else(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, b"- a\n")])
    history.observe(ROOT, [(FILE, f"- a\n- {KEY}\n".encode())])
    history.observe(ROOT, [(FILE, f"- a\n- {KEY}\n- b\n".encode())])
    assert holds(path)
    assert purged(path) == PurgeResult(rewritten=1, removed=1)
    assert [content for _, content in history.versions(FILE)] == [b"- a\n", b"- a\n- b\n"]
    assert history.verify() == ()
    assert not holds(path)


def test_an_unrelated_operation_can_still_be_taken_back(history: History, path: Path) -> None:
    before, after = f"- {KEY}\n- a\n".encode(), f"- {KEY}\n- b\n".encode()
    identity = done(history, FileChange(ROOT, FILE, before, after))
    purged(path)
    operation = history.operation(identity)
    assert operation is not None
    assert operation.status == "done"
    (change,) = history.plan(operation).changes
    assert (change.before, change.after) == (b"- a\n", b"- b\n")
    assert history.last(FILE) == b"- b\n"


def test_it_is_told_that_a_purge_took_place(history: History, path: Path) -> None:
    began = time.time()
    assert not history.was_purged_since(began)
    purged(path)
    assert history.was_purged_since(began)  # whoever read before does not write after, even here
    history.observe(ROOT, [(FILE, f"- a\n- {KEY}\n".encode())])
    purged(path)
    operation = max(history.operations(ROOT), key=lambda each: each.id)
    assert (operation.cause, operation.title) == (
        "purge",
        "permanently remove a text from 1 version and 0 operations",
    )
    assert list(history.to_undo()) == []


def test_what_went_because_of_a_file_does_not_come_back_after_a_kill(history: History, path: Path) -> None:
    topic = FileChange(ROOT, f"{ROOT}/n.md", f"# {KEY}\n".encode(), None)
    pointer = FileChange(ROOT, FILE, b"- a\n- [n](n.md)\n", b"- a\n")
    operation = history.begin(Plan("forget", plan_of(topic, pointer).fixes))
    history.finish(operation, "done")
    other = done(history, FileChange(ROOT, FILE, b"- a\n", b"- b\n"))
    purged(path)  # by another process, which does not know the operation
    found = {each.id: each.status for each in history.operations()}
    assert (found[operation], found[other]) == ("purged", "done")


def test_an_operation_of_which_nothing_is_left_says_so(history: History, path: Path) -> None:
    identity = done(history, FileChange(ROOT, FILE, f"- {KEY}\n- a\n".encode(), b"- a\n"))
    purged(path)
    operation = history.operation(identity)
    assert operation is not None
    assert operation.status == "purged"
    assert list(history.to_undo()) == []
    assert history.last(FILE) == b"- a\n"
    assert history.verify() == ()


def test_the_operation_that_forgot_it_cannot_be_taken_back_at_all(history: History, path: Path) -> None:
    topic = FileChange(ROOT, f"{ROOT}/a.md", b"- a\n", None)
    identity = done(history, FileChange(ROOT, FILE, f"- {KEY}\n- a\n".encode(), b"- b\n"), topic)
    purged(path, final=identity)
    operation = history.operation(identity)
    assert operation is not None
    assert operation.status == "purged"


@pytest.mark.parametrize(
    "content", [b"\xff" + KEY.encode(), f"# {KEY}\n\n- a\n".encode()], ids=["not UTF-8", "about it"]
)
def test_versions_of_which_nothing_may_stay_go(history: History, path: Path, content: bytes) -> None:
    name = f"{ROOT}/a.md"
    history.observe(ROOT, [(name, b"- a\n")])
    history.observe(ROOT, [(name, content)])
    history.observe(ROOT, [(name, None)])
    purged(path)
    assert [each for _, each in history.versions(name)] == [b"- a\n", None]
    assert not holds(path)


def test_a_file_whose_name_holds_it_was_never_there(history: History, path: Path) -> None:
    name = f"{ROOT}/notes/{KEY}.md"
    history.observe(ROOT, [(name, b"- a\n"), (FILE, b"- a\n")])
    identity = done(
        history, FileChange(ROOT, name, b"- a\n", None), FileChange(ROOT, FILE, b"- a\n", b"- b\n")
    )
    purged(path)
    assert list(history.versions(name)) == []
    assert history.present(ROOT) == (FILE,)
    operation = history.operation(identity)
    assert operation is not None
    assert [change.path for change in history.plan(operation).changes] == [FILE]
    assert not holds(path)


def test_a_title_that_holds_it_is_withheld(history: History, path: Path) -> None:
    identity = done(history, FileChange(ROOT, FILE, b"- a\n", b"- b\n"))
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE operations SET title = ?", [f"move {KEY}"])
        database.commit()
    assert purged(path).operations == 1
    operation = history.operation(identity)
    assert operation is not None
    assert (operation.title, operation.status) == ("(purged)", "done")


@pytest.mark.usefixtures("history")
def test_what_was_set_aside_for_a_person_goes(path: Path) -> None:
    kept, gone = (path.parent / "conflicts" / name for name in "ab")
    private.write_file(kept, b"- a\n")
    private.write_file(gone, f"- {KEY}\n".encode())
    assert purged(path).asides == 1
    assert kept.exists()
    assert not gone.exists()


def test_two_files_of_one_content_each_lose_it_in_their_way(history: History, path: Path) -> None:
    content = f"# {KEY}\n\n- a\n".encode()
    history.observe(ROOT, [(FILE, content), (f"{ROOT}/a.md", content)])
    purged(path)
    assert history.last(FILE) == b"- a\n"
    assert history.last(f"{ROOT}/a.md") is None


def test_doing_it_again_changes_nothing(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, f"- a\n- {KEY}\n".encode())])
    purged(path)
    assert purged(path) == PurgeResult()


def test_a_process_killed_before_the_file_was_overwritten_leaves_it_to_the_next(
    history: History, path: Path
) -> None:
    for number in range(50):
        history.observe(ROOT, [(FILE, f"- {number}\n- {KEY}\n".encode())])
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM stored")
        database.execute("DELETE FROM versions")
        database.commit()
    assert holds(path)  # in the bytes of the file
    purged(path)
    assert not holds(path)


@pytest.mark.slow
def test_thousands_of_versions(history: History, path: Path) -> None:
    lines = "".join(f"- fact {number} of {number % 7}\n" for number in range(20))
    history.observe(ROOT, [(FILE, f"{lines}- {KEY}\n- {number}\n".encode()) for number in range(2000)])
    assert purged(path) == PurgeResult(rewritten=2000)
    assert history.counts()[:2] == (("content", 2000), ("version", 2000))
    assert history.verify() == ()
    assert not holds(path)


def test_what_can_be_read_of_a_damaged_content_counts(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, f"- {KEY}\n".encode() + b"- a b c d e f\n" * 50)])
    with closing(sqlite3.connect(path)) as database:
        (data,) = database.execute("SELECT data FROM stored").fetchone()
        database.execute("UPDATE stored SET data = ?", [data[:-8]])
        database.commit()
    with pytest.raises(zlib.error):
        zlib.decompress(data[:-8])
    purged(path)
    assert list(history.versions(FILE)) == []
    assert not holds(path)


LINES = [f"- fact {number} with a word {number * 31 % 1009}\n" for number in range(100)]


def test_a_text_whose_halves_are_in_two_versions_goes(history: History, path: Path) -> None:
    text = f"{''.join(LINES)}- {'fact ' * 1_000}"  # a long line, of which a part may be copied
    for end in ("sk-live-", KEY, f"{KEY} as well", ""):
        history.observe(ROOT, [(FILE, f"{text}{end}\n- the last line\n".encode())])
    assert holds(path) is False  # the first half is copied from the version before
    purged(path)
    assert [KEY.encode() in (content or b"") for _, content in history.versions(FILE)] == [False] * 3
    assert history.verify() == ()


@pytest.mark.parametrize("number", [0, 1, 40, 149])
def test_versions_that_differ_from_one_with_it_stay_whole(history: History, path: Path, number: int) -> None:
    versions = []
    for each in range(150):
        lines = [*LINES, f"- {KEY}\n" * (each == number), f"- the version {each}\n"]
        versions.append("".join(lines).encode())
        history.observe(ROOT, [(FILE, versions[-1])])
    assert holds(path)
    assert purged(path) == PurgeResult(rewritten=1)
    versions[number] = versions[number].replace(f"- {KEY}\n".encode(), b"")
    history.tidy()
    assert [content for _, content in history.versions(FILE)] == versions
    assert history.verify() == ()
    assert not holds(path)


def test_the_backup_is_written_again(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, f"- a\n- {KEY}\n".encode())])
    history.backup(backup_of(path))
    purged(path)
    assert not holds(path)  # `history.db*` are all searched
    with History(backup_of(path)) as again:
        assert again.last(FILE) == b"- a\n"


def test_what_is_in_the_spool_goes(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, b"- a\n")])
    Spool(path).add([SeenFile(ROOT, FILE, f"- {KEY}\n".encode())])
    assert holds(path)
    with History(path):
        purged(path)
    assert not holds(path)
