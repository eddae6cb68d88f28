from dataclasses import replace

import pytest

from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, OTHERS
from memoryd.domain.stores.store import Scope, harness_store

PROFILES = {profile.name: profile for profile in OTHERS}


@pytest.mark.parametrize(
    ("directory", "agent"),
    [
        ("/home/u/.openclaw/workspace", "openclaw"),
        ("/home/u/.hermes/profiles/work/memories", "hermes-work"),
        ("/home/u/.letta/agents/a1/memory", "letta-a1"),
        ("/home/u/code/app/memory-bank", "cline"),
        ("/home/u/code/app/.goose/memory", "goose"),
    ],
)
def test_places_of_other_harnesses_name_their_agents(directory: str, agent: str) -> None:
    store = harness_store(directory, "/home/u", OTHERS)
    assert store is not None
    assert store.agent == agent


def test_a_place_is_matched_part_by_part() -> None:
    assert harness_store("/home/u/.hermes/profiles/a/b/memories", "/home/u", OTHERS) is None
    other = harness_store("/home/v/.hermes/memories", "/home/u", OTHERS)
    assert other is not None
    assert other.scope is Scope.PROJECT


def test_files_that_are_none_of_a_harness_business_are_left_out() -> None:
    openclaw = PROFILES["openclaw"]
    assert openclaw.owns("memory/2026-02-03.md")
    assert not openclaw.owns("SOUL.md")
    assert not CLAUDE_AUTO.owns("logs/x.md")
    assert CLAUDE_AGENT.owns("deep/er/x.md")


def test_every_profile_says_where_its_numbers_come_from() -> None:
    for profile in (CLAUDE_AGENT, CLAUDE_AUTO, *OTHERS):
        assert profile.source
        assert profile.dated
        assert replace(profile, rewrites=False).rewrites is False
    assert not any(profile.rewrites for profile in OTHERS)
