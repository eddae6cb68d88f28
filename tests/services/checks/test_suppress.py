from pathlib import Path

from support import write_tree

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.selection import Choice
from memoryd.domain.stores.profiles import OTHERS
from memoryd.domain.stores.store import Scope, Store, agent_store, auto_store
from memoryd.rules import ALL_RULES
from memoryd.runtime import Selection, build
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms
from memoryd.services.checks.suppress import plan_suppressions

BROKEN = "- [Gone](gone.md)\n"


def planned(
    found: FoundStores, rewrites: frozenset[str] = frozenset()
) -> tuple[dict[str, bytes | None], str]:
    """What each file would hold, by name, and what is said."""
    nothing = Choice("", "/")
    examination = Examination(found, Terms(ALL_RULES, nothing, nothing))
    plan, problems = plan_suppressions(examination, cause="check", rewrites=rewrites)
    return {change.path.rpartition("/")[2]: change.after for change in plan.changes}, "\n".join(problems)


def project(root: Path, files: dict[str, str | bytes]) -> FoundStores:
    write_tree(root / ".claude" / "agent-memory" / "reviewer", files)
    return build().subject(Selection((root,)))


def test_a_comment_that_would_be_a_finding_itself_is_not_written(tmp_path: Path) -> None:
    found = project(tmp_path, {"MEMORY.md": "- [E](empty.md)\n", "empty.md": "\n"})
    changes, said = planned(found)
    assert changes == {}
    assert "empty.md: a comment would be a finding itself (F010); use --baseline or per-file-ignores" in said


def test_what_is_not_utf8_cannot_hold_one(tmp_path: Path) -> None:
    changes, said = planned(project(tmp_path, {"MEMORY.md": b"- caf\xe9\n"}))
    assert (changes, "MEMORY.md: it cannot contain a comment" in said) == ({}, True)


def test_a_definition_is_for_its_owner_to_write(tmp_path: Path) -> None:
    write_tree(tmp_path / ".claude" / "agents", {"a.md": "---\nname: a\nmemory: everywhere\n---\n"})
    changes, said = planned(project(tmp_path, {"MEMORY.md": BROKEN}))
    assert changes.keys() == {"MEMORY.md"}
    assert "a.md: not a memory file: write the comment yourself" in said


def test_other_memory_is_written_only_where_that_is_allowed(tmp_path: Path) -> None:
    gemini = next(profile for profile in OTHERS if profile.name == "gemini")
    root = write_tree(tmp_path / "memory", {"MEMORY.md": BROKEN})
    found = FoundStores((Store(str(root), Scope.PROJECT, "gemini", str(tmp_path), gemini),))
    assert planned(found)[1].startswith(f"{root}/MEMORY.md: memory of gemini is rewritten only")
    assert planned(found, frozenset({"gemini"}))[0].keys() == {"MEMORY.md"}


def test_what_is_never_rewritten_is_said_once(tmp_path: Path) -> None:
    found = project(tmp_path, {"MEMORY.md": BROKEN})
    index = Path(found.stores[0].root, "MEMORY.md")
    index.chmod(0o400)
    assert planned(found) == (
        {},
        f"{index} is not rewritten: it is read-only; use --baseline or per-file-ignores",
    )


def test_the_price_is_told_where_there_is_one(tmp_path: Path) -> None:
    found = project(tmp_path, {"MEMORY.md": BROKEN + "- [T](t.md)\n", "t.md": BROKEN})
    changes, said = planned(found)
    assert changes.keys() == {"MEMORY.md", "t.md"}
    assert said == (
        f"{found.stores[0].root}/MEMORY.md: the comments use 31 UTF-16 units of the agent's context "
        "at every start; use --baseline or per-file-ignores instead"
    )


def test_a_comment_that_the_harness_removes_has_no_price(tmp_path: Path) -> None:
    comment = "<!-- memoryd: ignore[L001] -->\n"
    root = project(tmp_path, {"MEMORY.md": f"- a\n\n{comment}"}).stores[0].root
    nothing = Choice("", "/")
    for store, price in ((agent_store(root, user=False), True), (auto_store(root, "", "x"), False)):
        report = Examination(FoundStores((store,)), Terms(ALL_RULES, nothing, nothing)).report()
        assert [each.code for each in report.diagnostics] == ["F010"]
        assert ("; it costs the agent " in report.diagnostics[0].message) is price
