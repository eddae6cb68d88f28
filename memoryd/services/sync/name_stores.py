"""Stores by names that are the same on every machine."""

import os
from collections.abc import Callable, Iterable, Mapping

from memoryd.adapters.git.ask import ask
from memoryd.adapters.git.repository import GitError, read_repository, remotes, top_of
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config.locations import Locations
from memoryd.domain.stores.claude_code import slug_of
from memoryd.domain.stores.profiles import OTHERS
from memoryd.domain.stores.store import Scope, Store, harness_store
from memoryd.domain.sync import identity_of_address
from memoryd.services.sync.merge_stores import SyncedStore
from memoryd.values import dataclass

_AGENTS = "agent-memory"  # directory of the stores of a user's agents


@dataclass(frozen=True, slots=True)
class NamedStores:
    """Stores that are exchanged.

    Attributes:
        keys: Names by the root of each store.
        stores: These stores.
        nameless: Auto memory of projects without an identity.
        projects: Where the auto memory of a project belongs on this machine, by the name of its store.
    """

    keys: Mapping[str, str]
    stores: tuple[Store, ...]
    nameless: tuple[Store, ...]
    projects: Mapping[str, str]


def name_stores(found: FoundStores, locations: Locations, names: Mapping[str, str]) -> NamedStores:
    """Return the stores of user and auto scope with their names.

    A store of the user is named after its path below the home directory, and auto memory after its
    project: by the address of its remote repository, else its first commit, else the name that a person
    gave it. What belongs to a repository travels with that.

    Args:
        found: All known stores and projects.
        locations: Paths of this user.
        names: Names that a person gave, by directory.
    """
    keys: dict[str, str] = {}
    nameless = []
    for store in found.stores:
        if store.scope is Scope.USER:
            if key := _user_key(store.root, locations):
                keys[store.root] = key
        elif store.scope is Scope.AUTO:
            if identity := project_identity(store.base, names):
                keys[store.root] = f"projects/{identity}"
            else:
                nameless.append(store)
    stores = tuple(store for store in found.stores if store.root in keys)
    projects = _projects(found.projects, locations, names, keys.values())
    return NamedStores(keys, stores, tuple(nameless), projects)


def chosen_stores(named: NamedStores, locations: Locations) -> Callable[[Iterable[str]], list[SyncedStore]]:
    """Return a function that adds the stores of other machines that belong here, too, by their names."""
    own = {store.root: store for store in named.stores}

    def choose(keys: Iterable[str]) -> list[SyncedStore]:
        found = [SyncedStore(key, root, own[root]) for root, key in named.keys.items()]
        known = set(named.keys.values())
        for key in keys:
            root = None if key in known else place_of(key, locations, named.projects)
            if root and root not in own and not os.path.lexists(root):
                found.append(SyncedStore(key, root, None))
        return sorted(found, key=lambda each: each.root)

    return choose


def _user_key(root: str, locations: Locations) -> str:
    """Return the name of a store of the user; "" for one that is elsewhere."""
    for name, directory in (("claude", locations.claude), ("home", locations.home)):
        if root.startswith(f"{directory}/"):
            return f"user/{name}/{os.path.relpath(root, directory)}"
    return ""


def _projects(
    projects: Iterable[str], locations: Locations, names: Mapping[str, str], known: Iterable[str]
) -> dict[str, str]:
    """Return where the memory of projects belongs that have none yet."""
    taken = set(known)
    found = {}
    for directory in projects:
        identity, slug = project_identity(directory, names), slug_of(os.path.realpath(directory))
        if identity and slug and f"projects/{identity}" not in taken:
            found[f"projects/{identity}"] = f"{locations.claude}/projects/{slug}/memory"
    return found


def place_of(key: str, locations: Locations, projects: Mapping[str, str]) -> str | None:
    """Return where a store of another machine belongs on this one; None if it does not.

    The name comes from the repository, which is not trusted: it can make a directory only where a known
    client keeps memory.

    Args:
        key: The name of the store.
        locations: Paths of this user.
        projects: Where the auto memory of projects belongs.
    """
    if key in projects:
        return projects[key]
    user, _, rest = key.partition("/")
    place, _, path = rest.partition("/")
    if user != "user" or not path:
        return None
    if place == "claude":
        container, _, agent = path.partition("/")
        is_agents = container == _AGENTS and agent and "/" not in agent
        return f"{locations.claude}/{path}" if is_agents else None
    root = f"{locations.home}/{path}"
    found = harness_store(root, str(locations.home), OTHERS) if place == "home" else None
    return root if found and found.scope is Scope.USER else None


def project_identity(directory: str, names: Mapping[str, str]) -> str:
    """Return what identifies a project on every machine, or "".

    Args:
        directory: The project's directory.
        names: Names that a person gave, by directory.
    """
    if given := names.get(directory):
        return f"named/{given}"
    top = top_of(os.path.realpath(directory)) if os.path.isabs(directory) and os.path.isdir(directory) else ""
    if not top:
        return ""
    below = os.path.relpath(os.path.realpath(directory), top)
    suffix = "" if below == "." else f"/{below}"
    try:
        repository = read_repository(top)
        addresses = map(identity_of_address, remotes(repository))
        if address := next(filter(None, addresses), ""):
            return f"{address}{suffix}"
        if repository.is_shallow:
            return ""
        first = ask(top, ["rev-list", "--max-parents=0", "HEAD"]).split()
    except GitError:
        return ""
    return f"commit/{min(first).decode()}{suffix}" if first else ""
