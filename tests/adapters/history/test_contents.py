import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import plan_of

from memoryd.adapters.history import History
from memoryd.adapters.history.contents import DEEPEST, DEEPEST_OF_SMALL, Contents, StoredContent, compressed
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import MemorydError

ROOT = "/home/ann/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"
CONTENTS = [
    b"",
    b"no end",
    b"\xef\xbb\xbfBOM\r\n",
    b"\r\n\r\n",
    b"\0\xff\xfe",
    "記憶\n".encode(),
    b"x" * 100_000,
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memoryd" / "history.db"


def change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange(ROOT, f"{ROOT}/{name}", before, after)


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


@pytest.mark.parametrize("content", CONTENTS)
def test_contents_come_back_byte_for_byte(path: Path, content: bytes) -> None:
    with History(path) as history:
        history.observe(ROOT, [(FILE, content)])
    with History(path) as history:
        assert contents(history) == [content]


def test_contents_are_kept_once_by_sha_256_compressed(path: Path, history: History) -> None:
    history.observe(ROOT, [(f"{ROOT}/{number}.md", content) for number, content in enumerate(CONTENTS * 2)])
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT hash, size, base, data FROM stored").fetchall()
    assert len(rows) == len(CONTENTS)
    for digest, size, base, data in rows:
        assert base is None  # none of them resembles another
        content = zlib.decompress(data)
        assert hashlib.sha256(content).hexdigest() == digest
        assert len(content) == size


def finished(history: History, *, undoes: int | None = None, status: str = "done") -> int:
    operation = history.begin(plan_of(change("MEMORY.md", b"a", b"b")), undoes=undoes)
    history.finish(operation, status)
    return operation


def test_a_whole_history_is_verified(history: History) -> None:
    finished(history)
    history.observe(ROOT, [(f"{ROOT}/{number}.md", content) for number, content in enumerate(CONTENTS)])
    assert history.verify() == ()
    assert dict(history.counts())["operation"] == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE stored SET data = x'00'",
        "UPDATE stored SET data = NULL",
        "UPDATE stored SET size = size + 1",
        "DELETE FROM stored",
    ],
)
def test_damage_is_found_and_named(history: History, damage: str) -> None:
    finished(history)
    history._connection.raw.execute(f"{damage} WHERE hash = '{hashlib.sha256(b'b').hexdigest()}'")
    assert [problem.partition(" is lost")[0] for problem in history.verify()] == [
        f"operation 1 of {FILE}",
        f"version 2 of {FILE}",
    ]


def test_a_damaged_content_is_a_clear_error(history: History) -> None:
    history.observe(ROOT, [(FILE, b"a")])
    history._connection.raw.execute("UPDATE stored SET data = x'00'")
    history.tidy()
    with pytest.raises(MemorydError, match=r"the content ca978112ca1b .* is damaged"):
        list(history.versions(FILE))


LINES = [f"- fact {number} of {number % 7} and a word {number * 31 % 1009}\n" for number in range(700)]


def growing(count: int) -> list[bytes]:
    """Return versions of one file with one changed line each."""
    found, lines = [], list(LINES)
    for number in range(count):
        lines[number * 37 % len(lines)] = f"- changed as number {number}\n"
        found.append("".join(lines).encode())
    return found


def stored(history: History) -> list[tuple[str, int, int | None, int, int]]:
    query = "SELECT hash, id, base, depth, length(data) FROM stored ORDER BY id"
    return history._connection.raw.execute(query).fetchall()


def test_a_version_is_stored_as_what_it_changed(history: History) -> None:
    versions = growing(2 * (DEEPEST + 1))
    for content in versions:
        history.observe(ROOT, [(FILE, content)])
    rows = stored(history)
    full = [number for number, (_, _, base, _, _) in enumerate(rows) if base is None]
    assert full == [0, DEEPEST + 1]
    assert sum(row[4] for row in rows) < 4 * sum(rows[number][4] for number in full)
    history.tidy()
    assert contents(history) == versions
    history.tidy()
    assert [history.content(row[0]) for row in reversed(rows)] == versions[::-1]
    assert history.verify() == ()


def test_of_a_small_content_there_are_more_full_copies(history: History) -> None:
    for number in range(70):
        history.observe(ROOT, [(FILE, b"- a line of some length that stays\n" * 9 + b"- %d\n" % number)])
    full = [number for number, (_, _, base, _, _) in enumerate(stored(history)) if base is None]
    assert full == [0, DEEPEST_OF_SMALL + 1, 2 * (DEEPEST_OF_SMALL + 1)]


@pytest.mark.parametrize("number", [0, 1, 20, DEEPEST])
def test_damage_is_found_with_all_that_differs_from_it(history: History, number: int) -> None:
    versions = growing(DEEPEST + 3)
    for content in versions:
        history.observe(ROOT, [(FILE, content)])
    history._connection.raw.execute("UPDATE stored SET data = x'00' WHERE id = ?", [number + 1])
    lost = [problem.partition(" of ")[0] for problem in history.verify()]
    assert sorted(lost) == sorted(f"version {each}" for each in range(number + 1, DEEPEST + 2))
    history.tidy()
    assert history.content(hashlib.sha256(versions[-1]).hexdigest()) == versions[-1]


def test_a_content_after_a_damaged_one_is_stored_in_full(history: History) -> None:
    *versions, last = growing(3)
    for content in versions:
        history.observe(ROOT, [(FILE, content)])
    history._connection.raw.execute("UPDATE stored SET data = x'00'")
    history.tidy()
    history.observe(ROOT, [(FILE, last)])
    history.tidy()
    assert history.content(hashlib.sha256(last).hexdigest()) == last


def test_differences_in_a_circle_are_damage_and_no_endless_loop(history: History) -> None:
    for content in growing(3):
        history.observe(ROOT, [(FILE, content)])
    history._connection.raw.execute("UPDATE stored SET base = 3 WHERE id = 1")
    history.tidy()
    assert len(history.verify()) == 3
    with pytest.raises(MemorydError, match="is damaged"):
        list(history.versions(FILE))


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 39)), st.data())
def test_what_stays_is_whole_when_others_leave(doomed: set[int], data: st.DataObject) -> None:
    database = sqlite3.connect(":memory:")
    columns = "id INTEGER PRIMARY KEY, hash TEXT UNIQUE, size INT, base INT, depth INT, data BLOB"
    database.execute(f"CREATE TABLE stored ({columns})")
    with closing(database):
        kept = Contents(database)
        versions = [*growing(30), *(b"%d" % number for number in range(10))]
        digests: list[str] = []
        for content in versions:
            near = data.draw(st.sampled_from(digests[-5:])) if digests else None
            digests.append(kept.keep(content, near) or "")
        kept.forget()
        kept.drop(digests[number] for number in doomed)
        kept.forget()
        staying = {digest for number, digest in enumerate(digests) if number not in doomed}
        assert {each.digest for each in kept.walk() if each.content is not None} == staying
        for number, content in enumerate(versions):
            if number not in doomed:
                assert kept.get(digests[number]) == content


def test_what_is_written_meanwhile_is_no_damage(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, b"- a\n")])
    contents = history._connection.contents
    walk = contents.walk

    def walk_slowly() -> Iterator[StoredContent]:
        yield from walk()
        with History(path) as other:
            other.observe(ROOT, [(FILE, b"- b\n")])

    contents.walk = walk_slowly  # type: ignore[method-assign]
    assert history.verify() == ()


@given(st.binary() | st.binary(max_size=50).map(lambda part: part * 1_000))
def test_what_is_compressed_can_be_found_and_read_without_memoryd(data: bytes) -> None:
    stored = compressed(data)
    assert zlib.decompress(stored) == data
    assert stored.startswith(zlib.compress(data)[:2]), "`forget` looks for these bytes in deleted rows"
