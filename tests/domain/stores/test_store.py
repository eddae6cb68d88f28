"""Stores by their paths, and which agents' memory they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO
from memoryd.domain.stores.store import Scope, Store, agent_store, auto_store, directory_name, lone_store
from memoryd.domain.text.utf16 import utf16_units


@pytest.mark.parametrize(
    ("name", "directory"),
    [
        ("a.b", "a-b"),
        ("a b", "a-b"),
        ("a/b", "a-b"),
        ("a-b", "a-b"),
        ("plugin:agent", "plugin-agent"),
        ("Code_Reviewer2", "Code_Reviewer2"),
        ("prüfer", "pr-fer"),
        ("審査", "--"),
        ("🦊", "--"),
        ("²", "-"),
        ("", ""),
    ],
)
def test_directory_of_an_agent(name: str, directory: str) -> None:
    assert directory_name(name) == directory


@given(st.text())
def test_directory_name_replaces_each_foreign_utf16_unit_by_one_dash(name: str) -> None:
    made = directory_name(name)
    assert re.fullmatch("[A-Za-z0-9_-]*", made)
    assert len(made) == utf16_units(name)
    assert directory_name(made) == made


@given(st.from_regex("[A-Za-z0-9_-]*", fullmatch=True))
def test_directory_name_keeps_what_is_allowed(name: str) -> None:
    assert directory_name(name) == name


def test_scope_and_base_follow_from_the_place() -> None:
    assert agent_store("/p/.claude/agent-memory/a", user=False) == Store(
        "/p/.claude/agent-memory/a", Scope.PROJECT, "a", "/p", CLAUDE_AGENT
    )
    assert agent_store("/p/.claude/agent-memory-local/a", user=False) == Store(
        "/p/.claude/agent-memory-local/a", Scope.LOCAL, "a", "/p", CLAUDE_AGENT
    )
    assert agent_store("/h/.claude/agent-memory/a", user=True) == Store(
        "/h/.claude/agent-memory/a", Scope.USER, "a", "/h/.claude", CLAUDE_AGENT
    )
    assert agent_store("/h/.claude/agent-memory-local/a", user=True).base == "/h"
    assert agent_store("/p/agent-memory/a", user=False).base == "/p"
    assert agent_store("/.claude/agent-memory/a", user=False).base == "/"


def test_a_lone_store_called_memory_is_auto_memory_of_the_project_around_it() -> None:
    assert lone_store("/p/.claude/memory") == Store("/p/.claude/memory", Scope.AUTO, "p", "/p", CLAUDE_AUTO)
    assert lone_store("/p/memory").base == "/p"
    assert lone_store("/p/notes") == Store("/p/notes", Scope.PROJECT, "notes", "/p", CLAUDE_AGENT)


def test_auto_memory_of_an_unknown_project_keeps_its_slug() -> None:
    assert auto_store("/c/projects/-x/memory", "", "-x").agent == "-x"
    assert auto_store("/c/projects/-x/memory", "/code/x", "-x").agent == "x"
