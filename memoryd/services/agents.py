"""Gather what rules about agents and their stores want to know."""

import os
import stat
from collections.abc import Iterable, Iterator

from memoryd.adapters.git import worktree
from memoryd.adapters.stores import files
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.agents.definition import AgentDefinition, governor, home_of, match_agents
from memoryd.domain.agents.roster import Definition, Roster, StoreOnDisk
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store


def gather(found: FoundStores, snapshots: tuple[Snapshot, ...], *, git: bool = True) -> Roster:
    """Return the roster of what a search found, its stores read already.

    A definition is judged where it lies in a place that was searched, or where its store is checked.
    """
    inside = set(found.inside)
    for store in found.stores:
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
        standings={snapshot.store.root: _standing(snapshot.store) for snapshot in snapshots},
        escapes=found.escapes_inside,
        ignored=frozenset(_ignored(definitions, found.stores)) if git else frozenset(),
    )


def _document(definition: AgentDefinition) -> Document | None:
    """The file of a definition; None where it is gone meanwhile, or more than a definition can be."""
    try:
        return parse(definition.path.rpartition("/")[2], files.read(definition.path, definition.within))
    except files.UnreadableError:
        return None


def _standing(store: Store) -> StoreOnDisk:
    """What the disk says of a store, none of its files opened."""
    index = f"{store.root}/{store.profile.index_name}"
    base = os.path.realpath(store.base) if store.base else ""
    kind, size = "", 0
    try:
        status = os.lstat(index)
        kind = _kind(status.st_mode)
        size = os.stat(index).st_size  # of what a link leads to
    except OSError:
        pass  # then there is none, or a link to nothing
    around = worktree.repository(base) if base else ""
    return StoreOnDisk(os.path.realpath(store.root), base, around, kind, size)


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISLNK(mode):
        return "link"
    return "directory" if stat.S_ISDIR(mode) else "special"


def _ignored(definitions: Iterable[Definition], stores: tuple[Store, ...]) -> Iterator[str]:
    """Where isolated agents keep memory that version control ignores, whether it exists yet or not."""
    for definition in definitions:
        agent = definition.agent
        if definition.isolated and agent.scope in {Scope.PROJECT, Scope.LOCAL}:
            bases = {store.root: store.base for store in stores if match_agents(store, (agent,))}
            if home := home_of(agent):
                bases[home] = agent.base
            yield from (root for root, base in bases.items() if worktree.ignored([f"{root}/MEMORY.md"], base))
