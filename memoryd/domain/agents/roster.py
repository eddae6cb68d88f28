"""Roster: agent definitions and stores together.

One snapshot does not show whether an agent finds its memory; a roster does.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from memoryd.domain.agents.definition import AgentDefinition, governor
from memoryd.domain.stores.store import CONTAINERS, Scope, Store, is_above
from memoryd.domain.stores.stranded import StrandedStore
from memoryd.domain.trust import Escape
from memoryd.values import dataclass

if TYPE_CHECKING:  # discovery imports Switch, and must not import the Markdown parser
    from memoryd.domain.markdown.document import Document
    from memoryd.domain.stores.snapshot import Snapshot
    from memoryd.domain.text.kept_facts import StoreFacts


@dataclass(frozen=True, slots=True)
class Definition:
    """One agent definition with its file.

    Attributes:
        agent: The definition.
        document: The file; its path is its name in `root`.
        judged: It is checked itself; others only show which stores belong to an agent.
    """

    agent: AgentDefinition
    document: "Document"
    judged: bool

    @property
    def root(self) -> str:
        """Absolute path of its directory."""
        return self.agent.path.rpartition("/")[0]

    @property
    def isolated(self) -> bool:
        """Return whether the agent works in its own worktree, which is removed when it ends."""
        front_matter = self.document.front_matter
        return front_matter is not None and front_matter.fields.get("isolation") == "worktree"


@dataclass(frozen=True, slots=True)
class Switch:
    """A settings file of the client that turns memory on or off.

    Attributes:
        path: Absolute path of the file.
        base: The directory of its `.claude`; the configuration directory for the user's.
        user: It is the user's, which applies if a project sets nothing.
        on: Memory is on.
        source: The bytes of the file.
    """

    path: str
    base: str
    user: bool
    on: bool
    source: bytes


@dataclass(frozen=True, slots=True)
class StoreOnDisk:
    """The state on disk of a store and its index file.

    Attributes:
        root: The store's directory, links resolved.
        base: The store's base, links resolved.
        repository: The root of the repository around the base, or "" outside git.
        index: Kind of the index file: `file`, `link`, `directory`, `special`, or "" if it is missing.
        size: Bytes of the index file.
        exists: The index file, or what its link leads to, exists.
    """

    root: str
    base: str
    repository: str
    index: str
    size: int
    exists: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that is checked at one time, and its context.

    Attributes:
        snapshots: The stores.
        definitions: The known agents, sorted by path.
        switches: Settings files that turn memory on or off, sorted by path.
        standings: The state on disk, by root of the store.
        escapes: Paths outside of their repository that repositories name, sorted by path.
        ignored: Roots of stores of isolated agents, existing or not, that version control ignores.
        stranded: Auto memory of projects that were moved, sorted by root.
        kept: Facts about all of it that were found out earlier; None if nothing is kept.
    """

    snapshots: "tuple[Snapshot, ...]"
    definitions: tuple[Definition, ...] = ()
    switches: tuple[Switch, ...] = ()
    standings: Mapping[str, StoreOnDisk] = field(default_factory=dict)
    escapes: tuple[Escape, ...] = ()
    ignored: frozenset[str] = frozenset()
    stranded: tuple[StrandedStore, ...] = ()
    kept: "StoreFacts | None" = field(default=None, compare=False)

    @property
    def judged(self) -> tuple[Definition, ...]:
        """The definitions that are checked themselves."""
        return tuple(definition for definition in self.definitions if definition.judged)

    def governor(self, store: Store) -> AgentDefinition | None:
        """Return the definition that applies to an agent of the store's name."""
        return governor(store, (definition.agent for definition in self.definitions))

    def switch(self, store: Store) -> Switch | None:
        """Return the most local settings file that turns a store's memory on or off."""
        known = [each for each in self.switches if each.user or each.base == store.base]
        return max(known, key=lambda each: (not each.user, each.path.endswith(".local.json")), default=None)

    def repository(self, store: Store) -> str:
        """Return the repository around a store; outside git, the topmost directory above it with a store."""
        standing = self.standings.get(store.root)
        if standing and standing.repository:
            return standing.repository
        bases = (snapshot.store.base for snapshot in self.snapshots)
        return min((base for base in bases if base and is_above(base, store.base)), key=len, default="")


def is_at_home(store: Store) -> bool:
    """Return whether a store is where the client itself keeps agents' memory."""
    container = store.root.rpartition("/")[0]
    holder, _, kind = container.rpartition("/")
    return kind in CONTAINERS and (store.scope is Scope.USER or holder.endswith("/.claude"))
