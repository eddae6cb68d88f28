"""Share of the files on disk that are indexed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from memoryd.adapters.stores import contents, files
from memoryd.adapters.stores.look import Look
from memoryd.domain.stores.listing import Listing
from memoryd.domain.stores.store import Store
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.search.index import Index


@dataclass(frozen=True, slots=True)
class IndexCoverage:
    """The share of the files on disk that the index has.

    Attributes:
        files: Number of files in the index.
        current: Number of those that are the same on disk.
        on_disk: Number of files on disk.
    """

    files: int
    current: int
    on_disk: int


def compare_with_disk(
    stores: Sequence[Store], index: "Index | None", look: Callable[[Store], Look | None]
) -> IndexCoverage:
    """Return how much of what is on disk is in the index, without reading or changing anything.

    Args:
        stores: The stores.
        index: The index; None if there is none.
        look: Returns a store as it was looked at, or None for one that has to be scanned.

    Raises:
        MemorydError: If the index cannot be used.
    """
    indexed = current = on_disk = 0
    known = index.fingerprints(stores) if index else {}
    for store in stores:
        seen = look(store)
        now = seen.files if seen else _scanned(store)
        on_disk += len(now)
        if seen and known.get(store.root) == seen.digest:
            indexed += len(now)
            current += len(now)
            continue
        before = index.listing(store)[0] if index else {}
        indexed += len(before)
        current += sum(before.get(path) == signature for path, signature in now.items())
    return IndexCoverage(indexed, current, on_disk)


def _scanned(store: Store) -> Listing:
    try:
        return contents.scan(store).files
    except files.UnreadableError:
        return {}
