"""Agents and their stores together: definitions, several stores, and what the disk says of both.

One snapshot does not tell whether an agent finds its memory; a roster does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from memoryd.domain.agents.definition import AgentDefinition, governor
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import CONTAINERS, Scope, Store, is_above
from memoryd.domain.trust import Escape


@dataclass(frozen=True, slots=True)
class Definition:
    """One agent definition, read.

    Attributes:
        agent: What it says of memory.
        document: The file; its path is its name in `root`.
        judged: Whether it is checked itself; others only tell whose stores there are.
    """

    agent: AgentDefinition
    document: Document
    judged: bool

    @property
    def root(self) -> str:
        """Absolute path of the directory that it lies in."""
        return self.agent.path.rpartition("/")[0]

    @property
    def isolated(self) -> bool:
        """Whether the agent works in a worktree of its own, which goes when it ends."""
        front_matter = self.document.front_matter
        return front_matter is not None and front_matter.fields.get("isolation") == "worktree"


@dataclass(frozen=True, slots=True)
class Switch:
    """A settings file of the client that turns memory on or off.

    Attributes:
        path: Absolute path of the file.
        base: The directory that holds its `.claude`; the configuration directory for the user's.
        user: Whether it is the user's, which counts where a project says nothing.
        on: What it says.
        source: The bytes of the file.
    """

    path: str
    base: str
    user: bool
    on: bool
    source: bytes


@dataclass(frozen=True, slots=True)
class StoreOnDisk:
    """What the disk says of a store and its index file.

    Attributes:
        root: The store's directory, links resolved.
        base: The directory that it hangs on, links resolved.
        repository: The git root around that, or "" outside git.
        index: What the index file is: `file`, `link`, `directory`, `special`, or "" where there is none.
        size: Bytes of the index file.
    """

    root: str
    base: str
    repository: str
    index: str
    size: int


@dataclass(frozen=True, slots=True)
class Roster:
    """All that is checked at one time, and what has to be known beside it.

    Attributes:
        snapshots: The stores.
        definitions: The agents known, sorted by path.
        switches: Settings files that say whether there is memory, sorted by path.
        standings: What the disk says, by root of the store.
        escapes: What repositories name outside of themselves, sorted by path.
        ignored: Roots of stores, existing or not, of isolated agents that version control ignores.
    """

    snapshots: tuple[Snapshot, ...]
    definitions: tuple[Definition, ...] = ()
    switches: tuple[Switch, ...] = ()
    standings: Mapping[str, StoreOnDisk] = field(default_factory=dict)
    escapes: tuple[Escape, ...] = ()
    ignored: frozenset[str] = frozenset()

    @property
    def judged(self) -> tuple[Definition, ...]:
        """The definitions that are checked themselves."""
        return tuple(definition for definition in self.definitions if definition.judged)

    def governor(self, store: Store) -> AgentDefinition | None:
        """The definition that an agent of the store's name goes by."""
        return governor(store, (definition.agent for definition in self.definitions))

    def switch(self, store: Store) -> Switch | None:
        """The settings file that decides whether there is memory of a store: the most local one."""
        known = [each for each in self.switches if each.user or each.base == store.base]
        return max(known, key=lambda each: (not each.user, each.path.endswith(".local.json")), default=None)

    def repository(self, store: Store) -> str:
        """The repository that a store lies in; outside git the outermost directory with a store around it."""
        standing = self.standings.get(store.root)
        if standing and standing.repository:
            return standing.repository
        bases = (snapshot.store.base for snapshot in self.snapshots)
        return min((base for base in bases if base and is_above(base, store.base)), key=len, default="")


def is_at_home(store: Store) -> bool:
    """Whether a store lies where the client itself keeps agents' memory."""
    container = store.root.rpartition("/")[0]
    holder, _, kind = container.rpartition("/")
    return kind in CONTAINERS and (store.scope is Scope.USER or holder.endswith("/.claude"))
