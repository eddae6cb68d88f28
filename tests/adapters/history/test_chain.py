"""The hashes of operations show what was changed or removed."""

import time
from pathlib import Path

import pytest
from support import plan_of

from memoryd.adapters.history import History
from memoryd.domain.edits.plan import FileChange

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"


@pytest.fixture
def filled(history: History) -> History:
    for number in range(5):
        change = FileChange(ROOT, FILE, b"%d" % number, b"%d" % (number + 1))
        history.finish(history.begin(plan_of(change)), "done")
    assert history.verify() == ()
    return history


@pytest.mark.parametrize(
    ("sentence", "operations"),
    [
        ("UPDATE operations SET title = 'another' WHERE id = 3", [3]),
        ("UPDATE operations SET time = '2020-01-01T00:00:00.000+00:00' WHERE id = 1", [1]),
        ("UPDATE operations SET actor = 'daemon' WHERE id = 5", [5]),
        ("UPDATE operations SET link = 'x' WHERE id = 2", [2, 3]),
        ("UPDATE changes SET after = before WHERE operation = 4", [4]),
        ("DELETE FROM changes WHERE operation = 2", [2]),
        ("DELETE FROM operations WHERE id = 3", [4]),
        ("DELETE FROM operations WHERE id = 1", [2]),
        ("INSERT INTO changes SELECT 1, root, path || 'x', before, after, mode FROM changes LIMIT 1", [1]),
    ],
)
def test_a_changed_record_is_found(filled: History, sentence: str, operations: list[int]) -> None:
    filled._connection.raw.execute(sentence)
    assert [each for each in filled.verify() if each.startswith("operation")] == [
        f"operation {number} is not as it was recorded, or operations before it are missing"
        for number in operations
    ]


def test_how_an_operation_ended_is_no_part_of_it(filled: History, path: Path) -> None:
    operation = filled.begin(plan_of(FileChange(ROOT, FILE, b"5", b"6")))
    assert filled.verify() == ()
    filled.finish(operation, "aborted")
    assert filled.verify() == ()
    with History(path) as again:
        assert again.verify() == ()


def test_what_expires_leaves_no_gap(filled: History) -> None:
    for _ in range(1000):
        filled.begin(plan_of())
    filled._connection.raw.execute(
        "UPDATE operations SET status = 'done', time = '2020-01-01T00:00:00.000+00:00'"
    )
    filled._connection.raw.execute("UPDATE operations SET link = ''")
    assert filled.verify()
    assert filled.expire(time.time(), 10**9).operations == 5
    assert filled.verify() == ()
