"""Checking, planning and looking at stores, each read whole from the disk."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import long_index, needs_git, store_of, write_tree

from memoryd.adapters.stores import contents
from memoryd.domain.agents.definition import AgentDefinition
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check, read, read_contexts
from memoryd.services.compaction import plan_compaction
from memoryd.services.status import survey
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


@needs_git
def test_a_store_is_read_with_what_git_ignores(store: Store, root: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write_tree(tmp_path, {".gitignore": "build/\n"})
    (context,) = read_contexts((store,))
    assert list(context.snapshot.documents) == ["MEMORY.md", "a.md", "lost.md"]
    assert context.around.ignored == {f"{root}/build/out.md"}


def test_a_store_that_is_gone_is_read_as_unreadable(tmp_path: Path) -> None:
    snapshot = read(store_of(tmp_path / "gone"))
    assert not snapshot.documents
    assert "cannot list" in snapshot.unread[0].reason


def test_checking_counts_and_finds(store: Store) -> None:
    report = check([store], ALL_RULES)
    messages = [diagnostic.message for diagnostic in report.diagnostics]
    assert any("gone.md" in message for message in messages)
    assert check([store], ()).diagnostics == ()


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


def test_topics_behind_the_cut_are_unseen(tmp_path: Path) -> None:
    index = "- filler\n" * 250 + "- [late](late.md)\n"
    store = store_of(write_tree(tmp_path / "store", {"MEMORY.md": index, "late.md": "x\n"}))
    (view,) = survey([store], (), ())
    assert view.unseen_topics == ("late.md",)


def test_an_empty_store_has_no_budget_and_no_time(tmp_path: Path) -> None:
    (view,) = survey([store_of(write_tree(tmp_path / "store", {}))], (), ALL_RULES)
    assert (view.budget, view.changed, view.unseen_topics, view.reach) == (None, None, (), {})


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
