import time
from pathlib import Path

import pytest
from support import plan_of

from memoryd.adapters.history import History
from memoryd.domain.edits.plan import FileChange

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memoryd" / "history.db"


def change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange(ROOT, f"{ROOT}/{name}", before, after)


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


def finished(history: History, *, undoes: int | None = None, status: str = "done") -> int:
    operation = history.begin(plan_of(change("MEMORY.md", b"a", b"b")), undoes=undoes)
    history.finish(operation, status)
    return operation


def age(history: History, days: int) -> None:
    """Make everything so old."""
    for table in ("versions", "operations"):
        history._connection.raw.execute(
            f"UPDATE {table} SET time = strftime('%Y-%m-%dT%H:%M:%f+00:00', time, ?)",  # noqa: S608
            [f"-{days} days"],
        )


def test_old_versions_leave_if_every_line_of_them_stands_elsewhere(history: History) -> None:
    for content in (b"a\n", b"a\nb\n", b"a\nc\n", b"a\nc\nd\n"):
        history.observe(ROOT, [(FILE, content)])
    age(history, 91)
    gone = history.expire(time.time())
    assert (gone.versions, gone.contents) == (2, 2)
    assert contents(history) == [b"a\nb\n", b"a\nc\nd\n"]
    assert history.verify() == ()
    assert history.expire(time.time()).versions == 0


def test_nothing_leaves_before_ninety_days(history: History) -> None:
    for content in (b"a\n", b"a\nb\n", b"a\nb\nc\n"):
        history.observe(ROOT, [(FILE, content)])
    age(history, 89)
    assert history.expire(time.time()).versions == 0


def test_another_stores_lines_keep_nothing_here(history: History) -> None:
    history.observe(ROOT, [(FILE, b"precious\n")])
    history.observe(ROOT, [(FILE, b"other\n")])
    history.observe("/elsewhere", [("/elsewhere/MEMORY.md", b"precious\n")])
    age(history, 91)
    assert history.expire(time.time()).versions == 0


def test_the_last_thousand_operations_can_be_taken_back_however_old(history: History) -> None:
    unfinished = history.begin(plan_of(change("MEMORY.md", b"a", b"b")))
    for _ in range(1002):
        finished(history)
    age(history, 91)
    gone = history.expire(time.time())
    assert gone.operations == 2
    kept = history.operations()
    assert (kept[-1].id, kept[-2].id, len(kept)) == (unfinished, 4, 1001)
    assert history.plan(kept[-2]).changes == (change("MEMORY.md", b"a", b"b"),)
