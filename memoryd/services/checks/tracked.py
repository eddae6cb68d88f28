"""Checks of tracked files only."""

import os
from collections.abc import Iterable
from dataclasses import replace

from memoryd.adapters.git import worktree
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.edits.combine import Pending, with_names
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.surroundings import Listings
from memoryd.errors import MemorydError


def tracked_in(found: FoundStores) -> frozenset[str]:
    """Return the real paths of the tracked files in the repositories around, and of their directories.

    Raises:
        MemorydError: If a store or definition is not in a repository.
    """
    tracked: set[str] = set()
    tops: set[str] = set()
    for place in (*(store.root for store in found.stores), *(each.path for each in found.inside)):
        top = worktree.repository(os.path.realpath(os.path.dirname(place)))
        if not top:
            raise MemorydError(
                f"{place} is not in a git repository", "--tracked needs the files that `git ls-files` lists"
            )
        if top not in tops:
            tops.add(top)
            tracked |= worktree.tracked(top)
    return frozenset(tracked)


def narrowed(found: FoundStores, tracked: frozenset[str]) -> FoundStores:
    """Return the stores and definitions with tracked files."""
    return replace(
        found,
        stores=tuple(store for store in found.stores if os.path.realpath(store.root) in tracked),
        definitions=tuple(each for each in found.definitions if _is_tracked(each.path, tracked)),
    )


def _is_tracked(path: str, tracked: frozenset[str]) -> bool:
    return not real_paths((path,)).isdisjoint(tracked)


def real_paths(paths: Iterable[str]) -> frozenset[str]:
    """Return paths with the links of their directories resolved, as git knows them."""
    parted = map(os.path.split, paths)
    return frozenset(os.path.join(os.path.realpath(directory), name) for directory, name in parted)


def tracked_part(snapshot: Snapshot, tracked: frozenset[str] | None) -> Snapshot:
    """Return the tracked part of a store; all of it if tracking does not matter."""
    if tracked is None:
        return snapshot
    root = snapshot.store.root
    return replace(
        snapshot,
        documents={
            path: document
            for path, document in snapshot.documents.items()
            if _is_tracked(f"{root}/{path}", tracked)
        },
        unread=tuple(each for each in snapshot.unread if _is_tracked(f"{root}/{each.path}", tracked)),
    )


def narrow(listings: Listings, tracked: frozenset[str] | None, pending: Pending) -> Listings:
    """Return listings as they would be with changes, only with tracked names."""
    if tracked is not None:
        listings = {place: _names_in(place, names, tracked) for place, names in listings.items()}
    return with_names(listings, pending)


def _names_in(directory: str, names: frozenset[str] | None, tracked: frozenset[str]) -> frozenset[str] | None:
    real = os.path.realpath(directory)
    if real not in tracked:
        return None
    return frozenset(name for name in names or () if os.path.join(real, name) in tracked)
