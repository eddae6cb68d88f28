"""The sentences of compactions, in the title of an operation."""

from pathlib import Path

import pytest
from support import long_index, store_of, write_tree

from memoryd.domain.compaction.telling import outcome_in, outcomes
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


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_sentence_of_a_store_is_found_in_the_title_of_a_plan(tmp_path: Path, count: int) -> None:
    roots = [write_tree(tmp_path / name, {"MEMORY.md": text}) for name, text in list(INDEXES.items())[:count]]
    plan = plan_compaction(map(store_of, roots), None).plan
    for fix in plan.fixes:
        root = fix.changes[0].root
        assert outcome_in(plan.title, root) == fix.title
        assert outcome_in(f"fix L004, S001; {plan.title}", root) == fix.title
    if count > 1:
        assert outcome_in(plan.title, f"{tmp_path}/other") is None


def test_a_title_without_a_compaction_has_no_sentence() -> None:
    assert outcome_in("fix L004", "/s") is None
    assert outcome_in("MEMORY.md had 2 lines; now 1 line; a\nb", "/s") is None


def test_the_order_of_sentences_is_that_of_the_stores(tmp_path: Path) -> None:
    roots = [write_tree(tmp_path / name, {"MEMORY.md": long_index()}) for name in ("b", "a-b", "a")]
    fixes = plan_compaction(map(store_of, roots), None).plan.fixes
    places = [f"{fix.changes[0].root}/" for fix in fixes]
    assert places == sorted(places)
    assert len(places) == 3


def test_other_titles_are_one_sentence() -> None:
    assert outcomes("fix F001; L004") == ["fix F001; L004"]
    assert outcomes("") == [""]
