"""Stores, their scopes, and the directories of each scope."""

import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_STYLE, Profile, claude_auto
from memoryd.values import dataclass, regex

CONTAINERS = frozenset({"agent-memory", "agent-memory-local"})
"""Names of the directories that have one store per agent."""

_AUTO = "/memory/"
_MEMORY_NAME = regex(r"memor(?:y|ies)(?![a-z])", re.IGNORECASE)


class Scope(StrEnum):
    """The scope of a store; the first three are the values of `memory:` in an agent definition."""

    USER = "user"
    PROJECT = "project"
    LOCAL = "local"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Store:
    """One memory directory of one agent.

    Attributes:
        root: Absolute path of the directory.
        scope: Its scope.
        agent: Name of the directory for agents; name of the project for auto memory.
        base: Its base: the working directory for project and local scope, the configuration directory
            for user scope, the project for auto memory ("" if unknown).
        profile: The loading rules of its harness.
        within: Real path of the directory that its files must not leave by links: the root of its
            repository; "/" for none, if a person chose so. "" until discovery has decided.
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


def agent_store(root: str, *, user: bool, within: str = "") -> Store:
    """Return the store of a directory in one of the `CONTAINERS`.

    Args:
        root: Absolute path of the store.
        user: The container is in the configuration directory of the user.
        within: The directory that its files must not leave; "" for none.
    """
    container, _, agent = root.rpartition("/")
    holder, _, kind = container.rpartition("/")
    if kind == "agent-memory-local":
        return Store(root, Scope.LOCAL, agent, working_directory(holder), CLAUDE_AGENT, within)
    if user:
        return Store(root, Scope.USER, agent, holder, CLAUDE_AGENT, within)
    return Store(root, Scope.PROJECT, agent, working_directory(holder), CLAUDE_AGENT, within)


def auto_store(root: str, base: str, fallback: str, client: str = "") -> Store:
    """Return the auto memory of a project.

    Args:
        root: The store's directory.
        base: Directory of the project, or "" if unknown; its name is the store's.
        fallback: The store's name if the project is unknown.
        client: Version of Claude Code that was last used there, or "" if unknown.
    """
    return Store(root, Scope.AUTO, base.rpartition("/")[2] or fallback, base, claude_auto(client))


def harness_store(directory: str, home: str, profiles: tuple[Profile, ...]) -> Store | None:
    """Return the store of a directory that matches a pattern of a profile, or None.

    The agent's name is that of the profile with the text of the wildcards: `hermes`, `letta-<id>`.
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


def signed_store(directory: str, files: Iterable[str], profiles: tuple[Profile, ...]) -> Store | None:
    """Return the store of a directory that one of its files marks as a harness's, or None.

    Args:
        directory: Its absolute path.
        files: The names of its files.
        profiles: The harnesses that count.
    """
    holder, _, name = directory.rpartition("/")
    beside = [f"{name}/{file}".split("/") for file in files]
    for profile in profiles:
        signs = [sign.split("/") for sign in profile.signs]
        if any(
            len(sign) == len(each) and all(map(fnmatchcase, each, sign)) for sign in signs for each in beside
        ):
            own = name if any(sign.startswith("*") for sign in profile.signs) else holder.rpartition("/")[2]
            return Store(directory, Scope.PROJECT, f"{profile.name}-{own}", directory, profile)
    return None


def is_memory_name(name: str) -> bool:
    """Return whether a file or directory says by its name that it is memory: `memory`, `claude-memory`."""
    return bool(_MEMORY_NAME.search(name))


def lone_store(root: str) -> Store:
    """Return the store of a directory known only by its index file: auto memory if it is called memory."""
    holder, _, name = root.rpartition("/")
    base = working_directory(holder)
    if is_memory_name(name):
        return replace(auto_store(root, base, name), profile=CLAUDE_STYLE)
    return Store(root, Scope.PROJECT, name, base, CLAUDE_AGENT)


def guessed_store(path: str) -> Store | None:
    """Return the store that a memory file is in by its path alone; None if that does not tell."""
    parts = path.split("/")
    for at, name in enumerate(parts[:-2]):
        if name in CONTAINERS:
            return agent_store("/".join(parts[: at + 2]), user=False)
    if _AUTO in path:
        return lone_store(path[: path.rindex(_AUTO) + len(_AUTO) - 1])
    return lone_store(path.rpartition("/")[0]) if parts[-1] == "MEMORY.md" else None


def stores_of_agent(stores: Iterable[Store], agent: str, directory: str) -> tuple[Store, ...]:
    """Return the stores that an agent of Claude Code has in a working directory.

    Args:
        stores: All known ones.
        agent: The name of the agent.
        directory: The working directory of the session.
    """
    name = directory_name(agent)
    return tuple(
        store
        for store in stores
        if store.profile is CLAUDE_AGENT
        and store.agent == name
        and (store.scope is Scope.USER or is_above(store.base, directory))
    )


def working_directory(holder: str) -> str:
    """Return the directory that a `.claude` belongs to; any other directory is its own."""
    return holder.removesuffix("/.claude") or "/"


@lru_cache(4096)  # called for every pair of a store and a definition
def directory_name(agent_name: str) -> str:
    """Return the directory of an agent: every UTF-16 unit outside `[A-Za-z0-9_-]` becomes `-` (measured)."""
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in "_-")
        else "-" * (1 + (character > "\uffff"))
        for character in agent_name
    )


def is_above(directory: str, path: str) -> bool:
    """Return whether `directory` is `path` or an ancestor, which the harness passes on its way up."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def memory_root(store: Store) -> str:
    """Return the directory that has a store and its future neighbors, else the store itself.

    This directory is watched, since each watch costs a thread, and is writable in a sandbox.
    """
    above, _, _ = store.root.rpartition("/")
    if above.rpartition("/")[2] in CONTAINERS:
        return above
    projects, _, _ = above.rpartition("/")
    if store.scope is Scope.AUTO and projects.rpartition("/")[2] == "projects":
        return projects
    return store.root
