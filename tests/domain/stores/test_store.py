"""Stores by their paths, and which agents' memory they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_STYLE, OTHERS
from memoryd.domain.stores.store import (
    Scope,
    Store,
    agent_store,
    auto_store,
    directory_name,
    is_memory_name,
    lone_store,
    signed_store,
)
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


def test_a_lone_store_called_memory_is_in_the_style_of_auto_memory() -> None:
    assert lone_store("/p/.claude/memory") == Store("/p/.claude/memory", Scope.AUTO, "p", "/p", CLAUDE_STYLE)
    assert lone_store("/p/memory").base == "/p"
    assert lone_store("/p/notes") == Store("/p/notes", Scope.PROJECT, "notes", "/p", CLAUDE_AGENT)


def test_auto_memory_of_an_unknown_project_keeps_its_slug() -> None:
    assert auto_store("/c/projects/-x/memory", "", "-x").agent == "-x"
    assert auto_store("/c/projects/-x/memory", "/code/x", "-x").agent == "x"


@pytest.mark.parametrize(
    "name",
    ["memory", "Memory", "MEMORIES", "claude-memory", "project_memory", ".memory", "memory-bank", "memory.d"],
)
def test_a_directory_that_is_called_memory(name: str) -> None:
    assert is_memory_name(name)


@pytest.mark.parametrize("name", ["memoryd", "memoryleak", "memo", "commemorative", "docs", "inmemoryfs", ""])
def test_a_directory_that_is_not_called_memory(name: str) -> None:
    assert not is_memory_name(name)


@pytest.mark.parametrize(
    ("directory", "files", "agent"),
    [
        ("/r/kiko", ["SOUL.md", "MEMORY.md"], "openclaw-kiko"),
        ("/r/晨露", ["HEARTBEAT.md"], "openclaw-晨露"),
        ("/r/home/memories", ["USER.md"], "hermes-home"),
        ("/r/home/memories", ["../SOUL.md"], "hermes-home"),
        ("/r/memories/work", ["USER.md"], None),
        ("/r/kiko", ["AGENTS.md", "TOOLS.md", "USER.md", "MEMORY.md"], None),
        ("/r/kiko", ["soul.md"], None),
        ("/r/kiko", ["../SOUL.md"], None),
    ],
)
def test_files_that_mark_a_harness(directory: str, files: list[str], agent: str | None) -> None:
    store = signed_store(directory, files, OTHERS)
    assert (store.agent if store else None) == agent
