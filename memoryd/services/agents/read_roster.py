"""Roster of agents, read from disk."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from memoryd.adapters.git import worktree
from memoryd.adapters.stores import files
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.agents.definition import AgentDefinition, governor, home_of, match_agents
from memoryd.domain.agents.roster import Definition, Roster, StoreOnDisk
from memoryd.domain.stores.store import Scope, Store
from memoryd.services.agents.find_moved import stranded

if TYPE_CHECKING:
    from memoryd.adapters.stores.look import Look
    from memoryd.domain.markdown.document import Document
    from memoryd.domain.stores.snapshot import Snapshot


def gather(
    found: FoundStores,
    snapshots: "tuple[Snapshot, ...]",
    *,
    git: bool = True,
    standings: Mapping[str, StoreOnDisk] | None = None,
) -> Roster:
    """Return the roster of the definitions and stores that were found; the stores are already read.

    A definition is checked if it is in a directory that was searched, or if its store is checked.

    Args:
        found: The definitions and stores.
        snapshots: The stores that were read.
        git: Git may be asked, which starts a process.
        standings: The state of the stores on disk, if it is known already.
    """
    inside = set(found.inside)
    for store in found.stores if found.definitions else ():
        own = governor(store, found.definitions)
        inside |= {*match_agents(store, found.definitions), *([own] if own else [])}
    definitions = tuple(
        Definition(definition, document, definition in inside)
        for definition in found.definitions
        if (document := _document(definition))
    )
    return Roster(
        snapshots=snapshots,
        definitions=definitions,
        switches=found.switches,
        standings=standings_of(each.store for each in snapshots) if standings is None else standings,
        escapes=found.escapes_inside,
        ignored=frozenset(_ignored(definitions, found.stores)) if git else frozenset(),
        stranded=tuple(stranded(found, snapshots)) if git else (),
    )


def _document(definition: AgentDefinition) -> "Document | None":
    """Return the file of a definition; None if it was deleted meanwhile, or is too large for one."""
    from memoryd.domain.markdown.document import parse  # noqa: PLC0415  # many checks see no definition

    try:
        return parse(definition.path.rpartition("/")[2], files.read(definition.path, definition.within))
    except files.UnreadableError:
        return None


def standings_of(
    stores: Iterable[Store], look: "Callable[[Store], Look | None]" = lambda _: None
) -> dict[str, StoreOnDisk]:
    """Return the state of stores on disk by root, without opening their files.

    Args:
        stores: The stores.
        look: Returns a plain store as it was looked at already; None for one to ask about.
    """
    real = cache(os.path.realpath)
    around = cache(worktree.repository)
    found = {}
    for store in stores:
        holder, _, name = store.root.rpartition("/")
        root = f"{real(holder or '/').rstrip('/')}/{name}"
        base = real(store.base) if store.base else ""
        seen, index = look(store), store.profile.index_name
        found[store.root] = StoreOnDisk(
            os.path.realpath(root) if seen is None and os.path.islink(root) else root,
            base,
            around(base) if base else "",
            *(
                ("file", seen.files[index].size, True)
                if seen and index in seen.files
                else _index_on_disk(f"{store.root}/{index}")
            ),
        )
    return found


def _index_on_disk(index: str) -> tuple[str, int, bool]:
    """Return kind and size of an index file, and whether it or what its link leads to exists."""
    kind = ""
    try:
        status = os.lstat(index)
        kind = _kind(status.st_mode)
        return kind, (os.stat(index) if kind == "link" else status).st_size, True  # of the link's target
    except OSError:  # there is no index file, or its link is broken
        return kind, 0, False


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISLNK(mode):
        return "link"
    return "directory" if stat.S_ISDIR(mode) else "special"


def _ignored(definitions: Iterable[Definition], stores: tuple[Store, ...]) -> Iterator[str]:
    """Yield the paths of isolated agents' memory that git ignores, existing or not."""
    for definition in definitions:
        agent = definition.agent
        if definition.isolated and agent.scope in {Scope.PROJECT, Scope.LOCAL}:
            bases = {store.root: store.base for store in stores if match_agents(store, (agent,))}
            if home := home_of(agent):
                bases[home] = agent.base
            yield from (root for root, base in bases.items() if worktree.ignored([f"{root}/MEMORY.md"], base))
