import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import REPOSITORY, tree, undo, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.checks.rule import Rule, RuleContext, context_of, rule
from memoryd.domain.checks.selection import Choice
from memoryd.domain.edits.combine import Pending, with_changes
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.profiles import OTHERS
from memoryd.domain.stores.store import Scope, Store, agent_store
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.runtime import Selection, build
from memoryd.services.checks.check import check_contexts, read
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.fix import FixPlan, plan_fixes
from memoryd.services.checks.judge import Terms
from memoryd.services.edits import apply

TROUBLED = {
    "MEMORY.md": "# Memory\n\n- [A](a.md) — one\n- [A](a.md) — one\n- fine <!-- memoryd: ignore[L001] -->\n",
    "a.md": "---\nname: a\ndescription: it: breaks\n---\ntext\n",
    "unlisted.md": "# Unlisted\n\ntext\n",
}


def store_at(root: Path) -> Store:
    return agent_store(str(root / ".claude" / "agent-memory" / "reviewer"), user=False)


def examined(store: Store, rules: tuple[Rule, ...] = ALL_RULES) -> Examination:
    nothing = Choice("", "/")
    return Examination(FoundStores((store,)), Terms(rules, nothing, nothing, plans=True))


def planned_for(store: Store, *, unsafe: bool = False, rewrites: frozenset[str] = frozenset()) -> FixPlan:
    return plan_fixes(examined(store).report, [store], cause="check", unsafe=unsafe, rewrites=rewrites)


def test_all_that_is_safe_is_mended_at_once(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    root = write_tree(Path(store.root), TROUBLED)
    planned = planned_for(store)
    assert {each.code for each in planned.fixed} == {"F001", "F010", "L004", "L006"}
    assert planned.report.diagnostics == ()
    assert [change.path for change in planned.plan.changes] == [f"{root}/MEMORY.md", f"{root}/a.md"]
    assert tree(root) == {name: text.encode() for name, text in TROUBLED.items()}


def test_what_is_applied_is_what_was_planned_and_nothing_is_left(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    root = write_tree(Path(store.root), TROUBLED)
    planned = planned_for(store)
    with History(tmp_path / "history.db") as history:
        operation = apply(planned.plan, history)
        assert examined(store).report().diagnostics == planned.report.diagnostics
        assert planned_for(store).plan.fixes == ()
        undo(history, operation)
    assert tree(root) == {name: text.encode() for name, text in TROUBLED.items()}


WORDS = [
    "apple",
    "pear",
    "plum",
    "fig",
    "grape",
    "lemon",
    "melon",
    "olive",
    "peach",
    "quince",
    "cherry",
    "mango",
    "guava",
    "date",
]


def test_compaction_waits_for_the_rest_and_happens_too(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    sections = "".join(f"\n## Part {n}\n" + "".join(f"- {w}{n}\n" for w in WORDS) for n in range(15))
    write_tree(Path(store.root), TROUBLED | {"MEMORY.md": TROUBLED["MEMORY.md"] + sections})
    planned = planned_for(store)
    assert {"S001", "L006"} <= {each.code for each in planned.fixed}
    assert not [each for each in planned.report.diagnostics if each.level is not Severity.INFO]


def test_other_memory_is_not_rewritten_unless_it_is_allowed(tmp_path: Path) -> None:
    goose = next(profile for profile in OTHERS if profile.name == "goose")
    root = write_tree(tmp_path / "memory", {"a.md": "- x <!-- memoryd: ignore[L001] -->\n"})
    store = Store(str(root), Scope.PROJECT, "goose", str(tmp_path), goose)
    assert planned_for(store).plan.fixes == ()
    assert "memory of goose is rewritten only" in str(planned_for(store).problems[0])
    assert planned_for(store, rewrites=frozenset({"goose"})).plan.fixes != ()


def test_a_file_that_is_never_rewritten_is_named_and_the_others_are_mended(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    root = write_tree(Path(store.root), TROUBLED)
    (root / "a.md").rename(root / "real.txt")
    (root / "a.md").symlink_to("real.txt")
    planned = planned_for(store)
    assert "a.md is not rewritten: it is a symbolic link" in str(planned.problems[0])
    assert [change.path for change in planned.plan.changes] == [f"{root}/MEMORY.md"]


@rule("T001", "never-enough", Severity.INFO)
def never_enough(context: RuleContext) -> Iterator[Finding]:
    """Whatever stands there is to be the other thing."""
    snapshot = context.snapshot
    (document,) = snapshot.documents.values()
    after = b"b\n" if document.raw == b"a\n" else b"a\n"
    change = FileChange(snapshot.store.root, f"{snapshot.store.root}/{document.path}", document.raw, after)
    yield Finding(document, Span(0, 1), "no", fix=Fix("turn", Applicability.SAFE, (change,)))


def test_fixes_without_end_are_a_bug_and_said_to_be_one(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    write_tree(Path(store.root), {"MEMORY.md": "a\n"})

    def judge(pending: Pending) -> CheckResult:
        return check_contexts((context_of(with_changes(read(store), pending)),), (never_enough,))

    with pytest.raises(MemorydError, match=re.escape("applying fixes does not end: T001")):
        plan_fixes(judge, [store], cause="check", unsafe=False)


CORPUS = REPOSITORY.parent / "shared" / "corpus"
CASES = sorted(path for path in (REPOSITORY / "tests" / "cases").glob("*/store"))


def demand_an_end(found: FoundStores, *, unsafe: bool) -> None:
    """Planning ends, leaves nothing that it could fix, and, if only safe, adds nothing new."""
    nothing = Choice("", "/")
    examination = Examination(found, Terms(ALL_RULES, nothing, nothing, plans=True))
    planned = plan_fixes(examination.report, found.stores, cause="check", unsafe=unsafe)
    pending = {change.path: change for change in planned.plan.changes}
    after = examination.report(pending)
    assert after == planned.report
    before = Counter((each.code, each.path) for each in examination.report().diagnostics)
    new = Counter((each.code, each.path) for each in after.diagnostics) - before
    assert unsafe or not new
    allowed = set(Applicability) if unsafe else {Applicability.SAFE}
    left = [each for each in after.diagnostics if each.fix and each.fix.applicability in allowed]
    assert not left or planned.problems


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)
def test_mending_a_golden_case_comes_to_an_end(case: Path, tmp_path: Path, *, unsafe: bool) -> None:
    store = store_at(tmp_path)
    shutil.copytree(case, store.root)
    demand_an_end(FoundStores((store,)), unsafe=unsafe)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="real memory lies in ../shared, which is absent here")
@pytest.mark.parametrize("unsafe", [False, True])
def test_mending_real_memory_comes_to_an_end(tmp_path: Path, *, unsafe: bool) -> None:
    shutil.copytree(CORPUS, tmp_path, ignore=shutil.ignore_patterns("_*"), dirs_exist_ok=True)
    for path in tmp_path.rglob("*"):
        path.chmod(path.stat().st_mode | 0o200)
    found = build().subject(Selection((tmp_path,)))
    assert len(found.stores) > 100
    demand_an_end(found, unsafe=unsafe)


def test_not_everything_that_no_longer_serves_goes_at_one_time(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    write_tree(Path(store.root), {"MEMORY.md": "".join(f"- [x] task number {n}\n" for n in range(60))})
    planned = planned_for(store, unsafe=True)
    assert [each.code for each in planned.fixed].count("P003") == 50
    assert tuple(map(str, planned.problems)) == ("more than 50 memories to remove: use `memoryd prune`",)
