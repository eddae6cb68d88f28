"""All documents of a store at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from memoryd.domain.git.evidence import Evidence, Moved
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.store import Store

if TYPE_CHECKING:
    from memoryd.domain.links.targets import Target


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read: its path relative to the store, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unused:
    """What of a suppression comment silences nothing: the comment, the names of rules in it, and why."""

    span: Span
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents of a store at one moment, and what their links could point at.

    Attributes:
        store: The store.
        documents: By relative path, in sorted order.
        unread: Files that exist and could not be read.
        listings: Names in each directory that a link looks into, by absolute path, case-exact;
            None where there is no such directory.
        ignored: Absolute paths that version control ignores, of link targets, existing or not, and, in a
            store of project scope, of the store and its documents.
        home: The user's home directory, "" where it is not known.
        repository: Absolute path of the working tree of version control around it, "" where there is none.
        moved: Where absent link targets went, by absolute path.
        siblings: The `name` of each topic file of the neighbouring stores, by absolute path, where a link
            of this store is looked for there; "" where it has none.
        outside: Markdown files of no store of which a link names a part, by absolute path.
        born: When lines of the index file were first seen, in seconds since the epoch by stripped line;
            a line that is absent is new.
        unused: Suppressions by path that silence nothing; known once the rules that they name were run.
        answers: Why URLs do not work, by URL, as far as they were asked.
        targets: What the links of documents mean, by path, as far as it was worked out.
        instructions: CLAUDE.md, AGENTS.md and rules that its agent reads as well, by absolute path.
        likeness: From which share of common words on two notes are compared.
        evidence: When things were recorded, and what version control saw go.
        mends: Whether somebody asks how to mend what is found; who only counts need not wait for it.
    """

    store: Store
    documents: Mapping[str, Document]
    unread: tuple[Unread, ...] = ()
    listings: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    home: str = ""
    repository: str = ""
    moved: Mapping[str, Moved] = field(default_factory=dict)
    siblings: Mapping[str, str] = field(default_factory=dict)
    outside: Mapping[str, Document] = field(default_factory=dict)
    born: Mapping[bytes, float] = field(default_factory=dict)
    unused: Mapping[str, tuple[Unused, ...]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    instructions: Mapping[str, Document] = field(default_factory=dict)
    likeness: float = 0.6
    evidence: Evidence = field(default_factory=Evidence)
    mends: bool = True
    targets: "dict[str, tuple[Document, tuple[Target, ...]]]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def index(self) -> Document | None:
        """The index file, or None."""
        return self.documents.get(self.store.profile.index_name)

    @property
    def topics(self) -> tuple[Document, ...]:
        """Every document but the index file, in path order."""
        return tuple(d for path, d in self.documents.items() if path != self.store.profile.index_name)
