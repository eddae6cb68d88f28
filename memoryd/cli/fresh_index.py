"""The search index, updated before each use."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from memoryd.cli.output.progress import follow, waiting
from memoryd.cli.output.terminal import note
from memoryd.errors import MemorydError
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memoryd.adapters.search.index import Index
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime


@dataclass(frozen=True, slots=True)
class FreshIndex:
    """The index, and the stores that it contains."""

    index: "Index"
    stores: "Sequence[Store]"


@contextmanager
def open_fresh(runtime: "Runtime", *, rebuild: bool = False) -> Iterator[FreshIndex]:
    """Open the index, update it from disk, and report what was wrong with it.

    Args:
        runtime: The runtime of the command.
        rebuild: Whether to delete its content first.
    """
    from memoryd.services.search.update_index import drop_deleted, sync

    with runtime.index() as index:
        if rebuild:
            index.renew()
        stores = runtime.discover().stores
        what = "building the index" if rebuild else "updating the index"
        problem = None
        with waiting(what):
            try:
                with runtime.history() as history:
                    sync(stores, index, history, follow=partial(follow, what))
                    drop_deleted(index, history)
            except MemorydError as error:
                problem = error.message
                sync(stores, index, None, follow=partial(follow, what))
                drop_deleted(index, None)
        if problem:
            note(f"warning: {problem}; versions are not recorded")
        if index.healed:
            note(f"note: {index.healed}")
        yield FreshIndex(index, stores)
