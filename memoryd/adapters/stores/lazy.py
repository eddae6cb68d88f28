"""Stores with files that are read on demand."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from memoryd.domain.stores.snapshot import Snapshot, UnreadFile
from memoryd.domain.stores.store import Store

if TYPE_CHECKING:
    from memoryd.domain.markdown.document import Document


class _Documents(Mapping[str, "Document"]):
    def __init__(self, store: Store, paths: tuple[str, ...], recall: "Callable[[Document], None]") -> None:
        self._store = store
        self._recall = recall
        self._known: dict[str, Document | None] = dict.fromkeys(paths)

    def __getitem__(self, path: str) -> "Document":
        known = self._known[path]
        if known is None:
            from memoryd.adapters.stores import contents  # noqa: PLC0415  # most are never read
            from memoryd.domain.markdown.document import parse  # noqa: PLC0415  # the same

            read, _ = contents.load(self._store, [path])
            known = self._known[path] = read[0] if read else parse(path, b"")  # it was deleted meanwhile
            self._recall(known)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def lazy_snapshot(
    store: Store,
    paths: tuple[str, ...],
    unread: tuple[UnreadFile, ...],
    recall: "Callable[[Document], None]",
) -> Snapshot:
    """Return a store whose files are known by name.

    Args:
        store: The store.
        paths: The files that can be read, sorted.
        unread: The others.
        recall: Adds the facts that are known of a document.
    """
    return Snapshot(store, _Documents(store, paths, recall), unread)
