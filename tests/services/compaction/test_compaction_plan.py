from pathlib import Path

import pytest
from support import long_index, store_of, write_tree

from memoryd.domain.stores.store import Store
from memoryd.services.compaction import plan_compaction


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / ".claude" / "agent-memory" / "reviewer",
        {
            "MEMORY.md": "- [a](a.md)\n- [gone](gone.md)\n- [made](build/out.md)\n",
            "a.md": "a\n",
            "lost.md": "b\n",
        },
    )


@pytest.fixture
def store(root: Path) -> Store:
    return store_of(root)


def test_compaction_is_planned_where_it_is_needed_and_refused_with_a_reason(
    store: Store, tmp_path: Path
) -> None:
    full = store_of(write_tree(tmp_path / "full", {"MEMORY.md": long_index()}))
    stuck = store_of(write_tree(tmp_path / "stuck", {"MEMORY.md": "- " + "word " * 9000 + "\n"}))
    gone = store_of(tmp_path / "gone")
    planned = plan_compaction([store, full, stuck, gone], None)
    assert planned.plan.cause == "compact"
    assert {change.root for change in planned.plan.changes} <= {full.root, stuck.root}
    assert {change.root for change in planned.plan.changes} >= {full.root}
    assert any(
        problem.startswith(f"{gone.root} is not compacted: cannot list") for problem in planned.problems
    )
