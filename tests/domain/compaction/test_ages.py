from domain.compaction.compacting import (
    SECTIONED,
    applied,
    compact,
    index_text,
    snapshot,
)

from memoryd.domain.history.past import Past


def test_known_ages_decide_which_of_equal_sections_leave() -> None:
    lines = [line.strip() for line in SECTIONED.encode().split(b"\n")]
    born = {line: 1.0 if b" 14" in line else 100.0 for line in lines}
    fix = compact(snapshot({"MEMORY.md": SECTIONED}), Past(born))
    assert fix is not None
    after = applied(snapshot({"MEMORY.md": SECTIONED}), fix)
    assert "## Part 14" not in index_text(after), "the last section is the oldest here"
