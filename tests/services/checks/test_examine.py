"""One examination: what is found now, with changes, and of tracked files only."""

from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.selection import Choice
from memoryd.domain.edits.plan import file_change
from memoryd.domain.stores.store import Store, agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms

NOTHING = Choice("", "/")
TEXT = "Ship on Mondays.\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return agent_store(str(tmp_path / ".claude/agent-memory/reviewer"), user=False)


def examined(store: Store, code: str, *, tracked: bool = False, plans: bool = False) -> Examination:
    rules = tuple(rule for rule in ALL_RULES if rule.code == code)
    return Examination(FoundStores((store,)), Terms(rules, NOTHING, NOTHING, tracked=tracked, plans=plans))


def names(examination: Examination, **pending: bytes | None) -> list[str]:
    (context,) = examination.contexts
    changes = [file_change(context.snapshot, f"{name}.md", after) for name, after in pending.items()]
    found = examination.report({change.path: change for change in changes}).diagnostics
    return [each.path.rpartition("/")[2] for each in found]


COPIES = {"MEMORY.md": TEXT, "a.md": TEXT, "a (1).md": TEXT, "deep/b.md": TEXT, "deep/b (1).md": TEXT}


def test_a_copy_beside_a_file_is_found_with_changes_as_well(store: Store) -> None:
    write_tree(Path(store.root), COPIES)
    examination = examined(store, "F011")
    assert names(examination) == ["a (1).md", "b (1).md"]
    assert names(examination, MEMORY=b"Ship on Fridays.\n") == ["a (1).md", "b (1).md"]
    assert names(examination, **{"a (1)": None}) == ["b (1).md"]


def test_a_file_that_a_change_writes_is_there_for_links(store: Store) -> None:
    write_tree(Path(store.root), {"MEMORY.md": "- [b](b.md), [c](deep/c.md)\n"})
    examination = examined(store, "L001")
    assert names(examination) == ["MEMORY.md"] * 2
    assert names(examination, b=b"Text.\n") == ["MEMORY.md"]
    assert names(examination) == ["MEMORY.md"] * 2, "a change that is only tried leaves no trace"


def test_answers_of_servers_stay_with_changes(store: Store) -> None:
    write_tree(Path(store.root), {"MEMORY.md": "- [x](https://example.com/x)\n"})
    examination = examined(store, "L009")
    assert names(examination) == []
    examination.learn({"https://example.com/x": "does not exist (404)"})
    assert names(examination) == ["MEMORY.md"]
    assert names(examination, a=b"Text.\n") == ["MEMORY.md"]


def test_a_store_is_checked_once_as_it_is(store: Store) -> None:
    write_tree(Path(store.root), {"MEMORY.md": "- [x](https://example.com/x)\n"})
    told: list[str] = []
    terms = Terms(ALL_RULES, NOTHING, NOTHING, tick=lambda what, *_: told.append(what))
    examination = Examination(FoundStores((store,)), terms)
    first = examination.report()
    assert examination.report() == first
    assert told.count("checking stores") == 1
    names(examination, MEMORY=b"Text.\n")
    assert told.count("checking stores") == 2
    examination.learn({"https://example.com/x": "does not exist (404)"})
    assert examination.report() != first


@pytest.mark.parametrize("plans", [True, False])
def test_a_compaction_is_planned_where_changes_are_asked_for_and_named_everywhere(
    store: Store, *, plans: bool
) -> None:
    write_tree(Path(store.root), {"MEMORY.md": "".join(f"- fact {number}\n" for number in range(300))})
    (found,) = examined(store, "S001", plans=plans).report().diagnostics
    assert found.fix
    assert found.fix.title == "compact the index file"
    assert bool(found.fix.changes) is plans


@pytest.mark.parametrize("plans", [True, False])
def test_an_index_file_that_cannot_be_read_has_no_fix(store: Store, *, plans: bool) -> None:
    Path(store.root).mkdir(parents=True)
    (Path(store.root) / "MEMORY.md").write_bytes(b"- fact \xff\n" * 300)
    (found,) = examined(store, "S001", plans=plans).report().diagnostics
    assert found.fix is None
    assert "cannot be compacted: byte 7" in found.message
