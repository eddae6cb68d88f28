import hashlib
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from support import plan_of

from memoryd.adapters.history import History
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
        rows = connection.execute("SELECT hash, size, data FROM contents").fetchall()
    assert len(rows) == len(CONTENTS)
    for digest, size, data in rows:
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
        "UPDATE contents SET data = x'00'",
        "UPDATE contents SET data = NULL",
        "UPDATE contents SET size = size + 1",
        "DELETE FROM contents",
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
    history._connection.raw.execute("UPDATE contents SET data = x'00'")
    with pytest.raises(MemorydError, match=r"the content ca978112ca1b .* is damaged"):
        history.versions(FILE)
