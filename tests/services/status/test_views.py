from pathlib import Path

from support import store_of, write_tree

from memoryd.rules import ALL_RULES
from memoryd.services.status.survey import survey


def test_topics_behind_the_cut_are_unseen(tmp_path: Path) -> None:
    index = "- filler\n" * 250 + "- [late](late.md)\n"
    store = store_of(write_tree(tmp_path / "store", {"MEMORY.md": index, "late.md": "x\n"}))
    (view,) = survey([store], (), ())
    assert view.unseen_topics == ("late.md",)


def test_an_empty_store_has_no_budget_and_no_time(tmp_path: Path) -> None:
    (view,) = survey([store_of(write_tree(tmp_path / "store", {}))], (), ALL_RULES)
    assert (view.budget, view.changed, view.unseen_topics, view.reach) == (None, None, (), {})
