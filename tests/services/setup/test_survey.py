from pathlib import Path

from support import long_index, store_of, tree, write_tree

from memoryd.domain.stores.profiles import OTHERS
from memoryd.domain.stores.store import Scope
from memoryd.services.setup.survey import survey_setup


def test_index_files_over_their_limit_are_found_and_nothing_is_changed(tmp_path: Path) -> None:
    write_tree(tmp_path / "long", {"MEMORY.md": long_index()})
    write_tree(tmp_path / "short", {"MEMORY.md": "- a\n"})
    write_tree(tmp_path / "empty", {})
    before = tree(tmp_path)
    survey = survey_setup([store_of(tmp_path / name) for name in ("long", "short", "empty")], None)
    assert tree(tmp_path) == before
    assert survey.scopes == {Scope.USER: 3}
    (over,) = survey.overflows
    assert (over.store.agent, over.can_compact) == ("long", True)
    assert "; now " in over.outcome
    assert survey.unseen == len(over.budget.unseen) > 0


def test_what_cannot_be_compacted_says_why(tmp_path: Path) -> None:
    codex = next(each for each in OTHERS if each.max_units and not each.rewrites)
    text = "- a fact of some length, again and again\n" * (codex.max_units or 0)
    root = write_tree(tmp_path / "long", {codex.index_name: text[: 2 * (codex.max_units or 0)] + "\n"})
    (over,) = survey_setup([store_of(root, codex)], None).overflows
    assert not over.can_compact
    assert over.outcome.startswith("not compacted: ")
    (allowed,) = survey_setup([store_of(root, codex)], None, frozenset({codex.name})).overflows
    assert allowed.outcome != over.outcome
