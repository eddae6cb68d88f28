"""All documents of a store at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.store import Store


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file that was not read.

    Attributes:
        path: Relative path; "" for the store itself, with a slash at its end for a directory.
        reason: The reason, as the end of a sentence about it.
        escapes: It is a link out of its repository, which is not followed.
    """

    path: str
    reason: str
    escapes: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents of a store at one moment.

    Attributes:
        store: The store.
        documents: By relative path, in sorted order.
        unread: Files that exist and could not be read.
    """

    store: Store
    documents: Mapping[str, Document]
    unread: tuple[UnreadFile, ...] = ()

    @property
    def index(self) -> Document | None:
        """The index file, or None."""
        return self.documents.get(self.store.profile.index_name)

    @property
    def topics(self) -> tuple[Document, ...]:
        """Every document except the index file, in path order."""
        return tuple(d for path, d in self.documents.items() if path != self.store.profile.index_name)
