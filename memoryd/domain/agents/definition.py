"""Agent definitions, and the stores that they own."""

from collections.abc import Iterable

from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import Scope, Store, directory_name, is_above
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class AgentDefinition:
    """One `.claude/agents/**/*.md` file.

    Attributes:
        path: Absolute path of the file.
        base: The directory of its `.claude`; the configuration directory for user agents.
        user: It is a user agent, known in every project.
        name: Its `name` field, or the file's stem if it has none.
        memory: Its `memory` field as written, or "".
        within: Real path of the directory that it must not leave by links; "/" for none.
    """

    path: str
    base: str
    user: bool
    name: str
    memory: str
    within: str = "/"

    @property
    def scope(self) -> Scope | None:
        """Scope of its memory; None if the harness would load none (any other value)."""
        return Scope(self.memory) if self.memory in {"user", "project", "local"} else None


def home_of(definition: AgentDefinition) -> str:
    """Return the root of an agent's store if it starts beside its definition; "" if that is not enough."""
    name = directory_name(definition.name)
    if definition.user:
        return f"{definition.base}/agent-memory/{name}" if definition.scope is Scope.USER else ""
    containers = {Scope.PROJECT: "agent-memory", Scope.LOCAL: "agent-memory-local"}
    container = containers.get(definition.scope) if definition.scope else None
    return f"{definition.base.rstrip('/')}/.claude/{container}/{name}" if container else ""


def match_agents(store: Store, definitions: tuple[AgentDefinition, ...]) -> tuple[AgentDefinition, ...]:
    """Return the definitions whose memory is in this store; several names may share one directory."""
    return tuple(
        definition
        for definition in definitions
        if store.profile is CLAUDE_AGENT
        and definition.scope is store.scope
        and directory_name(definition.name) == store.agent
        and (definition.user or store.scope is Scope.USER or is_above(definition.base, store.base))
    )


def governor(store: Store, definitions: Iterable[AgentDefinition]) -> AgentDefinition | None:
    """Return the definition that applies to an agent of the store's name, whatever its memory.

    It is the nearest one on the way up from the store's base, or else the user's.
    """
    known = [
        definition
        for definition in definitions
        if store.profile is CLAUDE_AGENT
        and directory_name(definition.name) == store.agent
        and (definition.user or is_above(definition.base, store.base))
    ]
    return max(known, key=lambda definition: (not definition.user, len(definition.base)), default=None)
