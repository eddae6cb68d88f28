import pytest
from domain.compaction.compacting import (
    SECTIONED,
    compacted,
    index_text,
    snapshot,
)

from memoryd.domain.limits.budget import band, budget_of
from memoryd.domain.stores.profiles import CLAUDE_AGENT

LEAST, MOST = band(CLAUDE_AGENT)


@pytest.mark.parametrize(
    "place", ["## Part 0\n<!-- memoryd: pin -->\n", "## Part 0 <!-- memoryd: pin why -->\n"]
)
def test_a_pinned_section_stays(place: str) -> None:
    text = SECTIONED.replace("## Part 0\n", place)
    after = compacted(snapshot({"MEMORY.md": text}))
    assert place + "- fact 0.0 is worth knowing\n" in index_text(after)
    assert "- fact 0.13 is worth knowing\n" in index_text(after)
    assert "part-0.md" not in after.documents


def test_whole_sections_leave_one_pointer_below_the_title() -> None:
    before = snapshot({"MEMORY.md": SECTIONED})
    after = compacted(before)
    index, topic = index_text(after), after.documents["earlier-notes.md"].text
    assert index.startswith("# Notes\n- [Earlier notes](earlier-notes.md) — Part 0, Part 1,")
    assert index.endswith(SECTIONED[SECTIONED.index("## Part 14") :]), "of equal sections the newest stay"
    assert "\n## Part 0\n- fact 0.0 is worth knowing\n" in topic
    assert "## Part 0\n" not in index
    budget = budget_of(after)
    assert budget is not None
    assert LEAST <= budget.used <= MOST


def test_a_giant_section_is_taken_apart_rather_than_moved_whole() -> None:
    parts = "".join(
        f"\n### Step {step}\n" + "".join(f"- fact {step}.{fact}\n" for fact in range(20))
        for step in range(11)
    )
    after = compacted(snapshot({"MEMORY.md": "# T\n\n## Everything\n" + parts}))
    budget = budget_of(after)
    assert budget is not None
    assert budget.used > 0.4
    assert "## Everything\n" in index_text(after)
