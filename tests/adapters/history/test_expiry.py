import base64
import random
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import plan_of

from memoryd.adapters.history import History
from memoryd.adapters.history.schema import text_of
from memoryd.domain.edits.plan import FileChange

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"
ROOM = 10**9
DAY = 86400.0
LINES = [b"- line %d\n" % number for number in range(6)]


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
    gone = history.expire(time.time(), ROOM)
    assert (gone.versions, gone.contents) == (2, 2)
    assert contents(history) == [b"a\nb\n", b"a\nc\nd\n"]
    assert history.verify() == ()
    assert history.expire(time.time(), ROOM).versions == 0


def test_nothing_leaves_before_ninety_days(history: History) -> None:
    for content in (b"a\n", b"a\nb\n", b"a\nb\nc\n"):
        history.observe(ROOT, [(FILE, content)])
    age(history, 89)
    assert history.expire(time.time(), ROOM).versions == 0


def test_another_stores_lines_keep_nothing_here(history: History) -> None:
    history.observe(ROOT, [(FILE, b"precious\n")])
    history.observe(ROOT, [(FILE, b"other\n")])
    history.observe("/elsewhere", [("/elsewhere/MEMORY.md", b"precious\n")])
    age(history, 91)
    assert history.expire(time.time(), ROOM).versions == 0


def test_the_last_thousand_operations_can_be_taken_back_however_old(history: History) -> None:
    unfinished = history.begin(plan_of(change("MEMORY.md", b"a", b"b")))
    for _ in range(1002):
        finished(history)
    age(history, 91)
    gone = history.expire(time.time(), ROOM)
    assert gone.operations == 2
    kept = history.operations()
    assert (kept[-1].id, kept[-2].id, len(kept)) == (unfinished, 4, 1001)
    assert history.plan(kept[-2]).changes == (change("MEMORY.md", b"a", b"b"),)


def filled(history: History, roots: dict[str, int], now: float) -> None:
    """Record versions of which each has 2 KB of its own and of which every line comes back at the end."""
    for root, count in roots.items():
        path = f"{root}/MEMORY.md"
        lines = [random_line(f"{root} {number}") for number in range(count)]
        for number in range(count):
            history.observe(root, [(path, b"".join(lines[:number]))])
        history._connection.raw.execute("UPDATE versions SET time = ?", [text_of(now - 40 * DAY)])
        history.observe(root, [(path, b"".join(lines))])


def random_line(seed: str) -> bytes:
    chance = random.Random(seed)  # noqa: S311  # the same each time
    return base64.b64encode(chance.randbytes(1500)) + b"\n"


def test_a_store_with_more_than_its_share_is_thinned_and_others_are_not(history: History) -> None:
    now = time.time()
    filled(history, {"/s/small": 20, "/s/large": 300}, now)
    whole = history.size(now).total
    assert history.expire(now, whole).versions == 0
    gone = history.expire(now, whole // 2)
    assert gone.versions > 250
    assert gone.over == []
    assert len(list(history.versions("/s/small/MEMORY.md"))) == 21
    assert history.size(now).total <= whole // 2
    assert history.verify() == ()


def test_no_line_leaves_for_want_of_room_and_that_is_told(history: History) -> None:
    now = time.time()
    for number in range(50):
        history.observe(ROOT, [(FILE, random_line(str(number)))])
    history._connection.raw.execute("UPDATE versions SET time = ?", [text_of(now - 40 * DAY)])
    gone = history.expire(now, 10_000)
    assert (gone.versions, gone.over) == (0, [ROOT])
    assert contents(history) == [random_line(str(number)) for number in range(50)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.none() | st.lists(st.sampled_from(LINES), max_size=4),
            st.floats(0, 120),
        ),
        max_size=12,
    ),
    st.sampled_from([0, 60_000, 10**9]),
)
def test_law_no_line_ever_leaves(seen: list[tuple[str, list[bytes] | None, float]], most: int) -> None:
    with tempfile.TemporaryDirectory() as directory, History(Path(directory, "history.db")) as history:
        for name, lines, _ in seen:
            history.observe(ROOT, [(f"{ROOT}/{name}.md", None if lines is None else b"".join(lines))])
        now = time.time()
        ages = sorted((age for _, _, age in seen), reverse=True)
        rows = history._connection.raw.execute("SELECT id FROM versions ORDER BY id").fetchall()
        for (identity,), age in zip(rows, ages, strict=False):
            stamp = [text_of(now - age * DAY), identity]
            history._connection.raw.execute("UPDATE versions SET time = ? WHERE id = ?", stamp)
        before = all_lines(history), present(history)
        history.expire(now, most)
        assert (all_lines(history), present(history)) == before
        assert history.verify() == ()


def all_lines(history: History) -> set[bytes]:
    found = (content or b"" for name in "abc" for _, content in history.versions(f"{ROOT}/{name}.md"))
    return {line for content in found for line in content.split(b"\n")} - {b""}


def present(history: History) -> dict[str, bytes | None]:
    return {path: history.last(path) for path in history.present(ROOT)}
