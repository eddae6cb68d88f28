from dataclasses import replace

from memoryd.domain.hooks.event import HookEvent
from memoryd.domain.stores.store import agent_store, auto_store
from memoryd.services.hooks.own_stores import stores_of

USER = agent_store("/h/.claude/agent-memory/reviewer", user=True)
PROJECT = agent_store("/p/.claude/agent-memory/reviewer", user=False)
ELSEWHERE = agent_store("/q/.claude/agent-memory/reviewer", user=False)
OTHER = agent_store("/p/.claude/agent-memory/tester", user=False)
PLUGIN = agent_store("/p/.claude/agent-memory/memoryd-keeper", user=False)
AUTO = auto_store("/h/.claude/projects/-p/memory", "/p", "p")
INNER = auto_store("/h/.claude/projects/-p-inner/memory", "/p/inner", "p")
ALL = (USER, PROJECT, ELSEWHERE, OTHER, PLUGIN, AUTO, INNER)
START = HookEvent("SessionStart", directory="/p/src", record="/h/.claude/projects/-p/s.jsonl")


def test_the_record_of_a_session_leads_to_its_auto_memory() -> None:
    assert stores_of(ALL, START) == (AUTO,)
    assert stores_of(ALL, replace(START, record="/h/.claude/projects/-p-inner/s.jsonl")) == (INNER,)


def test_elsewhere_the_innermost_project_counts() -> None:
    assert stores_of(ALL, replace(START, record="", directory="/p/inner/x")) == (INNER,)
    assert stores_of(ALL, replace(START, record="", directory="/q")) == ()


def test_an_agent_has_stores_around_and_of_the_user() -> None:
    assert stores_of(ALL, replace(START, agent="reviewer")) == (USER, PROJECT, AUTO)
    assert stores_of(ALL, replace(START, agent="memoryd:keeper")) == (PLUGIN, AUTO)
