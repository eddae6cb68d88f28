import pytest

from memoryd.domain.agents.definition import AgentDefinition, match_agents
from memoryd.domain.stores.store import agent_store


def _definition(name: str, memory: str, base: str = "/p", *, user: bool = False) -> AgentDefinition:
    return AgentDefinition(f"{base}/.claude/agents/{name}.md", base, user, name, memory)


def test_a_definition_above_the_store_owns_it() -> None:
    nested = agent_store("/p/sub/.claude/agent-memory/a-b", user=False)
    above = _definition("a.b", "project")
    same = _definition("a b", "project", "/p/sub")
    definitions = (
        above,
        same,
        _definition("a-b", "project", "/p/s"),
        _definition("a-b", "project", "/p/sub/below"),
        _definition("a-b", "local"),
        _definition("A-B", "project"),
    )
    assert match_agents(nested, definitions) == (above, same)


def test_user_agents_own_stores_of_any_project() -> None:
    definition = _definition("a", "project", "/h/.claude", user=True)
    assert match_agents(agent_store("/p/.claude/agent-memory/a", user=False), (definition,)) == (definition,)


def test_an_agent_of_a_project_may_own_a_store_of_user_scope() -> None:
    definition = _definition("a", "user")
    assert match_agents(agent_store("/h/.claude/agent-memory/a", user=True), (definition,)) == (definition,)


@pytest.mark.parametrize("memory", ["", "Project", "auto", "[…]", "{…}", "project, user"])
def test_any_other_value_of_memory_is_none(memory: str) -> None:
    assert _definition("a", memory).scope is None
