"""What is gathered for rules about agents, and that a check uses it."""

import os
from dataclasses import replace
from pathlib import Path

from support import write_tree

from memoryd.adapters.stores.discovery import FoundStores, Places, discover_repository
from memoryd.domain.checks.rule import context_of
from memoryd.rules import ALL_RULES
from memoryd.services.agents.read_roster import gather
from memoryd.services.checks.check import (
    check,
    check_found,
    check_roster,
    read,
    read_contexts,
    snapshots_of,
)

INVALID = "---\nname: a\nmemory: everywhere\n---\n"


def search(home: Path, project: Path) -> FoundStores:
    return discover_repository(Places(home, home / ".claude"), project)


def test_definitions_are_checked_where_there_is_no_store(home: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / ".claude/agents", {"a.md": INVALID, "notes.txt": ""})
    report = check_found(search(home, tmp_path), ALL_RULES)
    assert [(each.code, each.path) for each in report.diagnostics] == [
        ("A002", str(tmp_path / ".claude/agents/a.md"))
    ]
    assert (report.stores, report.files) == (0, 1)


def test_a_definition_that_is_gone_meanwhile_is_not_judged(home: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / ".claude/agents", {"a.md": INVALID})
    found = search(home, tmp_path)
    (tmp_path / ".claude/agents/a.md").unlink()
    assert gather(found, ()).definitions == ()


def test_only_definitions_inside_are_judged(home: Path, tmp_path: Path) -> None:
    write_tree(home / ".claude/agents", {"u.md": INVALID})
    write_tree(tmp_path / ".claude/agents", {"a.md": INVALID})
    roster = gather(search(home, tmp_path), ())
    assert len(roster.definitions) == 2
    assert [each.agent.path for each in roster.judged] == [str(tmp_path / ".claude/agents/a.md")]


def test_what_the_disk_says_of_a_store(home: Path, tmp_path: Path) -> None:
    project = write_tree(tmp_path / "p", {".git": "gitdir: x\n", "web/.claude/agent-memory/a/x.md": "12"})
    root = project / "web/.claude/agent-memory/a"
    (root / "MEMORY.md").symlink_to("x.md")
    (store,) = search(home, project).stores
    [standing] = gather(FoundStores((store,)), (read(store),)).standings.values()
    assert (standing.index, standing.size, standing.repository) == ("link", 2, os.path.realpath(project))
    (root / "x.md").unlink()
    [standing] = gather(FoundStores((store,)), (read(store),)).standings.values()
    assert (standing.index, standing.size) == ("link", 0)


def test_mended_snapshots_are_judged_without_reading_again(home: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / ".claude/agent-memory/a", {"MEMORY.md": "- [x](gone.md)\n"})
    found = search(home, tmp_path)
    contexts = read_contexts(found.stores)
    roster = gather(found, snapshots_of(contexts))
    assert [each.code for each in check_roster(roster, contexts, ALL_RULES).diagnostics] == ["P006", "L001"]
    empty = replace(contexts[0].snapshot, documents={})
    mended = replace(roster, snapshots=(empty,))
    assert not check_roster(mended, (context_of(empty, contexts[0].around),), ALL_RULES).diagnostics


def test_stores_alone_need_no_definitions(home: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / ".claude/agent-memory/a", {"MEMORY.md": "- a fact\n"})
    assert not check(search(home, tmp_path).stores, ALL_RULES).diagnostics
