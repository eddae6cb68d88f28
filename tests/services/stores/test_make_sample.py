from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.stores import contents
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.stores.store import Store
from memoryd.services.compaction import plan_compaction
from memoryd.services.stores.make_sample import make_sample


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


def test_the_sample_is_over_the_limit_can_be_compacted_and_is_made_afresh(tmp_path: Path) -> None:
    root = make_sample(tmp_path / ".claude")
    first = (root / "MEMORY.md").read_bytes()
    store = store_of(root)
    budget = budget_of(contents.snapshot(store))
    assert budget is not None
    assert budget.is_over
    assert plan_compaction([store], None).plan.fixes
    write_tree(root, {"other.md": "x", "MEMORY.md": "y"})
    assert make_sample(tmp_path / ".claude") == root
    assert [path.name for path in root.iterdir()] == ["MEMORY.md"]
    assert (root / "MEMORY.md").read_bytes() == first
