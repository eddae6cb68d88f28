import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from services.usage.records import record
from support import long_index, plan_of, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.stores.store import Store
from memoryd.domain.usage.bill import StoreBill
from memoryd.services.usage.charge import charge
from memoryd.services.usage.count_uses import count_uses

NOW = datetime.now(UTC)
TITLE = "MEMORY.md had 241 lines, 41 entries unseen; now 2 lines, the newest in view"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    root = write_tree(
        tmp_path / "p/.claude/agent-memory/reviewer",
        {"MEMORY.md": "- [a](a.md)\n", "a.md": "alpha\n", "b.md": "beta\n"},
    )
    old = (NOW - timedelta(days=200)).timestamp()
    for name in ("a.md", "b.md"):
        os.utime(root / name, (old, old))
    return store_of(root)


def compacted(history: History, store: Store, *, undo: bool = False) -> None:
    path = f"{store.root}/MEMORY.md"
    change = FileChange(store.root, path, long_index().encode(), b"- [a](a.md)\n")
    identity = history.begin(plan_of(change, cause="compact"))
    history.finish(identity, "done")
    before = (NOW - timedelta(days=5)).isoformat()
    history._connection.rows("UPDATE operations SET title = ?, time = ?", TITLE, before)
    if undo:
        back = FileChange(store.root, path, change.after, change.before)
        history.finish(history.begin(plan_of(back, cause="undo"), undoes=identity), "done")


def charged(store: Store, counts: UseCounts, tmp_path: Path, history: History | None = None) -> StoreBill:
    for days in (10, 2, 1):
        day = str((NOW - timedelta(days=days)).date())
        path = tmp_path / f"projects/-p/s{days}.jsonl"
        record(path, ("Read", Path(store.root, "a.md")), agent="reviewer", cwd=f"{tmp_path}/p", day=day)
    count_uses(counts, tmp_path / "projects", (store,))
    (bill,) = charge((store,), counts, history, NOW.date())
    return bill


def test_tokens_of_starts_by_day_and_topics_that_are_not_read(
    store: Store, counts: UseCounts, tmp_path: Path
) -> None:
    bill = charged(store, counts, tmp_path)
    assert (bill.usage.loads, bill.usage.reads, bill.usage.tokens_now) == (3, 3, 4)
    assert bill.per_day == pytest.approx(12 / 11)
    assert (bill.usage.unread, bill.usage.older, bill.saved) == (("b.md",), 2, 0)


def test_what_a_compaction_saved_counts_from_the_next_day(
    store: Store, counts: UseCounts, tmp_path: Path
) -> None:
    with History(tmp_path / "history.db") as history:
        compacted(history, store)
        bill = charged(store, counts, tmp_path, history)
    assert bill.saved_at_start > 1000
    assert bill.saved == 2 * bill.saved_at_start


def test_a_compaction_that_was_undone_saves_nothing(store: Store, counts: UseCounts, tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as history:
        compacted(history, store, undo=True)
        assert charged(store, counts, tmp_path, history).saved_at_start == 0
