"""Stores: their scopes, and where each scope lives."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from memoryd.domain.stores.profiles import CLAUDE_AGENT, Profile, claude_auto

CONTAINERS = frozenset({"agent-memory", "agent-memory-local"})
"""Names of the directories that hold one store an agent."""


class Scope(StrEnum):
    """Where a store hangs; the first three are the values of `memory:` in an agent definition."""

    USER = "user"
    PROJECT = "project"
    LOCAL = "local"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Store:
    """One memory directory of one agent.

    Attributes:
        root: Absolute path of the directory.
        scope: Where it hangs.
        agent: Name of the directory for agents; name of the project for auto memory.
        base: Directory it hangs on: the working directory of project and local scope, the
            configuration directory of user scope, the project of auto memory ("" if unknown).
        profile: What the harness loads of it.
        within: Real path of the directory that its files must not leave by links: of a repository, its
            top; "/" for none, which a person decides. "" until discovery has decided.
    """

    root: str
    scope: Scope
    agent: str
    base: str
    profile: Profile
    within: str = ""

    @property
    def bound(self) -> str:
        """The directory that its files must not leave; "/" for none."""
        return self.within or "/"


def agent_store(root: str, *, user: bool) -> Store:
    """The store of a directory in one of the `CONTAINERS`.

    Args:
        root: Absolute path of the store.
        user: Whether the container lies in the configuration directory of the user.
    """
    container, _, agent = root.rpartition("/")
    holder, _, kind = container.rpartition("/")
    if kind == "agent-memory-local":
        return Store(root, Scope.LOCAL, agent, working_directory(holder), CLAUDE_AGENT)
    if user:
        return Store(root, Scope.USER, agent, holder, CLAUDE_AGENT)
    return Store(root, Scope.PROJECT, agent, working_directory(holder), CLAUDE_AGENT)


def auto_store(root: str, base: str, fallback: str, client: str = "") -> Store:
    """Return the auto memory of a project.

    Args:
        root: The store's directory.
        base: Directory of the project, "" where it is not known; its name is the store's.
        fallback: The store's name where the project is not known.
        client: Version of Claude Code that was last used there, "" where it is not known.
    """
    return Store(root, Scope.AUTO, base.rpartition("/")[2] or fallback, base, claude_auto(client))


def harness_store(directory: str, home: str, profiles: tuple[Profile, ...]) -> Store | None:
    """The store that a directory is by a place that a profile names, or None.

    Its agent is called by the profile and what the pattern leaves open: `hermes`, `letta-<id>`.
    """
    parts = directory.split("/")
    for profile in profiles:
        for place in profile.places:
            user = place.startswith("~/")
            wanted = (home + place[1:] if user else place).split("/")
            found = parts if user else parts[-len(wanted) :]
            if len(found) == len(wanted) and all(map(fnmatchcase, found, wanted)):
                names = [part for part, pattern in zip(found, wanted, strict=True) if "*" in pattern]
                base = home if user else "/".join(parts[: -len(wanted)]) or "/"
                agent = "-".join([profile.name, *names])
                return Store(directory, Scope.USER if user else Scope.PROJECT, agent, base, profile)
    return None


def lone_store(root: str) -> Store:
    """The store of a directory known only by its index file: auto memory where it is called `memory`."""
    holder, _, name = root.rpartition("/")
    base = working_directory(holder)
    if name == "memory":
        return auto_store(root, base, name)
    return Store(root, Scope.PROJECT, name, base, CLAUDE_AGENT)


def working_directory(holder: str) -> str:
    """The directory that a `.claude` belongs to; any other directory is its own."""
    return holder.removesuffix("/.claude") or "/"


@lru_cache(4096)  # asked for every pair of a store and a definition
def directory_name(agent_name: str) -> str:
    """Directory of an agent: every UTF-16 unit outside `[A-Za-z0-9_-]` becomes `-` (measured)."""
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in "_-")
        else "-" * (1 + (character > "\uffff"))
        for character in agent_name
    )


def is_above(directory: str, path: str) -> bool:
    """Whether the harness, walking up from `path`, comes past `directory`: both may be one."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def memory_root(store: Store) -> str:
    """The directory that holds a store and those that may come beside it, else the store itself.

    It is what is watched, since each watch costs a thread, and what a sandbox leaves open.
    """
    above, _, _ = store.root.rpartition("/")
    if above.rpartition("/")[2] in CONTAINERS:
        return above
    projects, _, _ = above.rpartition("/")
    if store.scope is Scope.AUTO and projects.rpartition("/")[2] == "projects":
        return projects
    return store.root
