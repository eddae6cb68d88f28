import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.domain.agents.definition import AgentDefinition
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.status.survey import survey


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


def test_a_survey_says_how_a_store_looks(store: Store, root: Path) -> None:
    moment = 1_800_000_000
    for path in root.iterdir():
        os.utime(path, (moment - 1000, moment - 1000))
    os.utime(root / "a.md", (moment, moment))
    agent = AgentDefinition(f"{store.base}/agents/reviewer.md", store.base, True, "reviewer", "user")  # noqa: FBT003
    other = AgentDefinition(f"{store.base}/agents/tester.md", store.base, True, "tester", "user")  # noqa: FBT003
    (view,) = survey([store], (agent, other), ALL_RULES)
    assert view.agents == (agent,)
    assert view.changed == datetime.fromtimestamp(moment, UTC)
    assert view.budget is not None
    assert view.budget.view.lines == 3
    assert view.reach["a.md"] == "link"
    assert view.reach["lost.md"] is None
    assert view.unseen_topics == ()
    assert view.report.diagnostics
