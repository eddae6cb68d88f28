import time
from pathlib import Path

from services.usage.records import record
from support import store_of, write_tree

from memoryd.adapters.usage.counts import UseCounts
from memoryd.services.report.costs import costs


def test_the_costs_of_stores_come_from_the_session_records(tmp_path: Path) -> None:
    files = {"MEMORY.md": "- [a](a.md)\n", "a.md": "alpha\n"}
    store = store_of(write_tree(tmp_path / "p/.claude/agent-memory/reviewer", files))
    day = time.strftime("%Y-%m-%d", time.gmtime())
    record(
        tmp_path / "projects/-p/s.jsonl", ("Read", Path(store.root, "a.md")), agent="reviewer", day=day,
        cwd=f"{tmp_path}/p",
    )  # fmt: skip
    now = time.time()
    with UseCounts(tmp_path / "usage.db") as counts:
        found = costs(counts, tmp_path / "projects", [store], None, (now - 60, now))
    assert list(found) == [store.root]
    bill = found[store.root]
    assert (bill.usage.loads, bill.usage.reads, bill.per_day) == (1, 1, 4.0)
