"""What writes from an old reading took away comes back, and nothing goes for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import store_of, tree, write_tree

from memoryd.adapters.history import History
from memoryd.domain.history.lost_lines import Loss
from memoryd.errors import ConflictError
from memoryd.services.edits import apply
from memoryd.services.history.losses import examine, open_alarms
from memoryd.services.history.restore import RestorePlan, plan_restore_lost
from memoryd.services.search.update_index import observe


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n- b\n", "t/old.md": "old\n"}
    )


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def look(root: Path, history: History) -> None:
    """Record what a store contains, and examine it for losses."""
    observe([store_of(root)], history)
    examine(history, [store_of(root)])


def find_losses(history: History, root: Path) -> tuple[Loss, ...]:
    return tuple(loss for alarm in open_alarms(history, str(root)) for loss in alarm.losses)


def carry_out(restoration: RestorePlan, history: History) -> None:
    apply(restoration.plan, history)


def overwrite(root: Path, history: History) -> None:
    """Agent B writes the whole file from what it had read before agent A added two lines."""
    look(root, history)
    reading = (root / "MEMORY.md").read_text()
    (root / "MEMORY.md").write_text(
        reading + "- A: the cache key holds the locale\n- A: deploys are on Mondays\n"
    )
    look(root, history)
    (root / "MEMORY.md").write_text(reading + "- B: ask Ann about billing\n")
    look(root, history)


def test_what_a_stale_write_took_away_comes_back_beside_what_it_brought(root: Path, history: History) -> None:
    overwrite(root, history)
    (loss,) = find_losses(history, root)
    assert loss.entries == ("- A: the cache key holds the locale", "- A: deploys are on Mondays")
    carry_out(plan_restore_lost(history, str(root)), history)
    added = "".join(f"{line}\n" for line in (*loss.entries, "- B: ask Ann about billing"))
    assert (root / "MEMORY.md").read_text() == f"- a\n- b\n{added}"
    assert find_losses(history, root) == ()
    assert plan_restore_lost(history, str(root)).plan.fixes == ()


def test_bringing_lost_lines_back_takes_nothing_away(root: Path, history: History) -> None:
    write_tree(root, {"MEMORY.md": "- a\n- b\n- c\n"})
    look(root, history)
    (root / "MEMORY.md").write_text("- b, said better\n- c\n\n## New\n- an entry\n- moved\n")
    look(root, history)
    write_tree(root, {"MEMORY.md": "- a\n- b\n- c\n- B: ask Ann about billing\n", "t/new.md": "- moved\n"})
    look(root, history)
    carry_out(plan_restore_lost(history, str(root)), history)
    text = (root / "MEMORY.md").read_text()
    assert sorted(text.split("\n")) == sorted(
        [
            "- a",
            "- b",
            "- b, said better",
            "- c",
            "",
            "## New",
            "- an entry",
            "- B: ask Ann about billing",
            "",
        ]
    )
    assert find_losses(history, root) == ()


def test_lost_lines_that_contradict_what_is_there_are_set_aside(root: Path, history: History) -> None:
    (root / "MEMORY.md").write_text("- a\n- b\n- c\n- d\n- e\n")
    look(root, history)
    (root / "MEMORY.md").write_text("- a\n- b\n- an entry of A, whose place is gone\n- c\n- d\n- e\n")
    look(root, history)
    (root / "MEMORY.md").write_text("- a\n- something else that B wrote\n- d\n- e\n")
    look(root, history)
    before = tree(root)
    with pytest.raises(ConflictError, match="cannot be restored"):
        plan_restore_lost(history, str(root))
    assert tree(root) == before
    assert "whose place is gone" in next((history.path.parent / "conflicts").iterdir()).read_text()


def test_losses_of_another_file_are_left_alone(root: Path, history: History) -> None:
    overwrite(root, history)
    assert plan_restore_lost(history, str(root), path=str(root / "t")).plan.fixes == ()
