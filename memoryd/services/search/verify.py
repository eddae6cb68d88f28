"""Comparison of the search index with the disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from memoryd.adapters.search.index import Index
from memoryd.adapters.stores import contents, files
from memoryd.domain.stores.listing import compare
from memoryd.domain.stores.store import Store
from memoryd.services.search.update_index import sync
from memoryd.values import dataclass

_FOR_EVER = 1 << 62  # nanoseconds: no file is too new


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The result of comparing the index with a fresh one.

    stores: How many stores are indexed.
    documents: How many documents are indexed.
    behind: How many files changed since the last update, which is not a fault.
    problems: What is wrong with the database file, one sentence each.
    differing: Names of rows that are wrong for unchanged files, by absolute path.
    """

    stores: int
    documents: int
    behind: int
    problems: tuple[str, ...]
    differing: Mapping[str, tuple[str, ...]]


def verify(stores: Sequence[Store], index: Index, place: Path) -> VerifyResult:
    """Check the index and compare it, row by row, with one rebuilt from the disk.

    Args:
        stores: All stores.
        index: The index to check; it is not changed.
        place: A directory for the rebuilt index, which is removed.
    """
    counts = index.counts()
    problems = (() if index.healed is None else (index.healed,)) + index.problems()
    known = [store for store in stores if store.root in counts]
    excused: set[str] = set()
    behind = 0
    for store in stores:
        to_read, changed = _behind(store, index)
        excused |= to_read
        behind += changed
    with (
        TemporaryDirectory(dir=place, prefix="verify-") as directory,
        Index(Path(directory, "index.db")) as fresh,
    ):
        sync(known, fresh, None)
        differing = {
            f"{root}/{path}".rstrip("/"): names
            for root, named in index.differences(fresh).items()
            for path, names in named.items()
        }
    gone = {root for root in counts if root not in {store.root for store in stores}}
    wrong = {
        path: names
        for path, names in differing.items()
        if path not in excused and not any(path == root or path.startswith(f"{root}/") for root in gone)
    }
    return VerifyResult(len(counts), sum(counts.values()), behind, problems, wrong)


def _behind(store: Store, index: Index) -> tuple[set[str], int]:
    """Return the paths that the next update reads anyway, and how many files have a new signature."""
    try:
        found = contents.scan(store).files
    except files.UnreadableError:
        return set(), 0
    known, known_at = index.listing(store)
    to_read, changed = compare(known, found, known_at), compare(known, found, _FOR_EVER)
    paths = {f"{store.root}/{path}" for path in (*to_read.stale, *to_read.gone)}
    return paths, len(changed.stale) + len(changed.gone)
