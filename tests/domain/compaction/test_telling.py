"""The sentences of compactions, in the title of an operation."""

from pathlib import Path

import pytest
from support import long_index, store_of, write_tree

from memoryd.domain.compaction.telling import outcomes
from memoryd.services.compaction import plan_compaction

INDEXES = {
    "sections": long_index(),
    "repeated": "# Memory\n" + "- the same fact\n" * 300,
    "large": "# Memory\n" + "".join(f"- fact {number} {'word ' * 60}\n" for number in range(120)),
}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_store_has_its_own_sentence(tmp_path: Path, count: int) -> None:
    roots = [write_tree(tmp_path / name, {"MEMORY.md": text}) for name, text in list(INDEXES.items())[:count]]
    titles = [fix.title for fix in plan_compaction(map(store_of, roots), None).plan.fixes]
    assert len(titles) == count
    assert outcomes("; ".join(titles)) == titles


def test_the_order_of_sentences_is_that_of_the_stores(tmp_path: Path) -> None:
    roots = [write_tree(tmp_path / name, {"MEMORY.md": long_index()}) for name in ("b", "a-b", "a")]
    fixes = plan_compaction(map(store_of, roots), None).plan.fixes
    places = [f"{fix.changes[0].root}/" for fix in fixes]
    assert places == sorted(places)
    assert len(places) == 3


def test_other_titles_are_one_sentence() -> None:
    assert outcomes("fix F001; L004") == ["fix F001; L004"]
    assert outcomes("") == [""]
