"""Uses of the files of a store, added up."""

from memoryd.domain.stores.store import Store
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class UseCount:
    """The uses of one file by one agent on one day in one session: a row of what is kept.

    Attributes:
        path: Absolute path, as the client spelled it.
        session: Identifier of the session.
        agent: The agent; "" in the main conversation.
        day: The day in UTC, as `2026-01-31`.
        loads: How often it was loaded at a start.
        reads: How often a tool read it.
        writes: How often a tool wrote it.
        failed: How often a read or write failed.
        tokens: Estimated tokens of all loads together.
    """

    path: str
    session: str
    agent: str
    day: str
    loads: int = 0
    reads: int = 0
    writes: int = 0
    failed: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class FileUsage:
    """The uses of one file of a store in a period.

    Attributes:
        path: Relative to the store.
        loads: How often it was loaded at a start.
        reads: How often a tool read it.
        writes: How often a tool wrote it.
        failed: How often a read or write failed.
        tokens: Estimated tokens of all loads together.
        last_read: The last day on which it was read, at any time; "" if it never was.
        readers: The agents that read it in the period, sorted; "" is the main conversation.
    """

    path: str
    loads: int = 0
    reads: int = 0
    writes: int = 0
    failed: int = 0
    tokens: int = 0
    last_read: str = ""
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreUsage:
    """The uses of a store in a period.

    Attributes:
        store: The store.
        files: Its files that exist or were used in the period, by path.
        unread: Topic files that were not read in the period and are older than it. Reads through the shell
            are not known.
        older: Number of topic files older than the period.
        tokens_now: Estimated tokens of what is loaded of its index file now; 0 without one.
        days: Number of days in the period on which it was loaded, read or written.
        sessions: Number of sessions in which that happened.
    """

    store: Store
    files: tuple[FileUsage, ...]
    unread: tuple[str, ...]
    older: int
    tokens_now: int
    days: int
    sessions: int

    @property
    def loads(self) -> int:
        """Number of loads of its index file at a start."""
        return sum(each.loads for each in self.files)

    @property
    def reads(self) -> int:
        """Number of reads of its files."""
        return sum(each.reads for each in self.files)

    @property
    def writes(self) -> int:
        """Number of writes of its files."""
        return sum(each.writes for each in self.files)

    @property
    def tokens(self) -> int:
        """Estimated tokens of all loads together."""
        return sum(each.tokens for each in self.files)
