from pathlib import Path

from support import store_of, tree, write_tree

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.numbered import NumberedFix, keys_without
from memoryd.domain.checks.selection import Choice
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.choose import ChosenFixes, with_choices
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.fix import FixPlan, plan_fixes
from memoryd.services.checks.judge import Terms

INDEX = "# Memory\n\n- one fact here\n- another fact\n- one fact here\n- one fact here\n- another fact\n"


def examined(store: Store) -> Examination:
    rules = tuple(rule for rule in ALL_RULES if rule.code == "D001")
    terms = Terms(rules=rules, user=Choice("", "/"), command=Choice("--", "/"), history=lambda: None)
    return Examination(FoundStores((store,)), terms)


def planned(root: Path, excluded: frozenset[int]) -> tuple[Examination, tuple[NumberedFix, ...], FixPlan]:
    store = store_of(root)
    examination = examined(store)
    first = plan_fixes(examination.report, [store], cause="check", unsafe=False)
    only = keys_without(first.numbered, excluded)
    return (
        examination,
        first.numbered,
        plan_fixes(examination.report, [store], cause="check", unsafe=False, only=only),
    )


def after(plan_: FixPlan) -> str:
    return (plan_.plan.changes[0].after or b"").decode() if plan_.plan.changes else INDEX


def test_each_number_can_be_left_out_alone(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "reviewer", {"MEMORY.md": INDEX})
    _, fixes, whole = planned(root, frozenset())
    assert [each.number for each in fixes] == list(range(1, len(fixes) + 1))
    assert after(whole) == "# Memory\n\n- one fact here\n- another fact\n"
    for each in fixes:
        _, _, rest = planned(root, frozenset({each.number}))
        assert after(rest) != after(whole)
        assert len(after(rest)) > len(after(whole))
        assert {change.before for change in rest.plan.changes} <= {INDEX.encode()}
    _, _, none = planned(root, frozenset(each.number for each in fixes))
    assert none.plan.fixes == ()


def test_a_finding_that_is_never_wanted_again_is_suppressed(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "reviewer", {"MEMORY.md": INDEX})
    _, fixes, _ = planned(root, frozenset())
    examination, _, rest = planned(root, frozenset({1}))
    plan, _ = with_choices(rest.plan, ChosenFixes(frozenset({1}), (), (fixes[0],)), examination)
    text = (plan.changes[0].after or b"").decode()
    assert text.count("<!-- memoryd: ignore[D001] -->") == len(fixes[0].found)
    assert plan.changes[0].before == INDEX.encode()
    (root / "MEMORY.md").write_text(text)
    assert examined(store_of(root)).report().diagnostics == ()


def test_an_edited_text_is_used_unless_it_contradicts(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "reviewer", {"MEMORY.md": INDEX})
    examination, _, whole = planned(root, frozenset())
    path = str(root / "MEMORY.md")
    titled = INDEX.replace("# Memory", "# My memory").encode()
    good = Fix("mine", Applicability.UNSAFE, (FileChange(str(root), path, INDEX.encode(), titled),))
    plan, problems = with_choices(whole.plan, ChosenFixes(frozenset(), (good,)), examination)
    assert (plan.changes[0].after or b"").startswith(b"# My memory\n\n- one fact here\n- another fact\n")
    assert problems == ()
    removed = FileChange(str(root), path, INDEX.encode(), None)
    bad = Fix("mine", Applicability.UNSAFE, (removed,))
    plan, problems = with_choices(whole.plan, ChosenFixes(frozenset(), (bad,)), examination)
    assert "contradicts another accepted change" in problems[0]
    assert plan.changes == whole.plan.changes
    assert tree(root) == {"MEMORY.md": INDEX.encode()}
