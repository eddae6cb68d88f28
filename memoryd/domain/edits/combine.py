"""Several fixes as one, and a store with pending changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from memoryd.domain.edits.merge3 import merge
from memoryd.domain.edits.plan import FileChange, Fix
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.surroundings import Listings

Pending = Mapping[str, FileChange]
"""Planned changes that are not applied yet, by absolute path."""


def combine(fixes: Iterable[Fix]) -> tuple[dict[str, FileChange], tuple[Fix, ...]]:
    """Combine fixes that were all made for the same files.

    A fix is taken as a whole or not at all; one that contradicts an earlier one is left for later.

    Returns:
        One change per file, by path, and the fixes that are in them.
    """
    changes: dict[str, FileChange] = {}
    taken: list[Fix] = []
    for fix in fixes:
        together = {change.path: _together(changes.get(change.path), change) for change in fix.changes}
        if all(together.values()):
            changes |= {path: change for path, change in together.items() if change}
            taken.append(fix)
    return changes, tuple(taken)


def _together(known: FileChange | None, change: FileChange) -> FileChange | None:
    """Return two changes of one file as one; None if they contradict each other."""
    if known is None or known == change:
        return change
    if known.before is None or known.after is None or change.before is None or change.after is None:
        return None
    merged = merge(known.before, known.after, change.after)
    return None if merged.conflicts else replace(known, after=merged.content)


def then(first: Pending, second: Pending) -> dict[str, FileChange]:
    """Return one change per file for two rounds of changes, without files that end unchanged."""
    changes = dict(first)
    for path, change in second.items():
        changes[path] = replace(change, before=first[path].before) if path in first else change
    return {path: change for path, change in changes.items() if change.before != change.after}


def with_changes(snapshot: Snapshot, pending: Pending) -> Snapshot:
    """Return a store as it would be with changes."""
    store = snapshot.store
    documents = dict(snapshot.documents)
    for path, change in pending.items():
        name = path.removeprefix(store.root + "/")
        if name == path or not store.profile.owns(name):
            continue
        if change.after is None:
            documents.pop(name, None)
        else:
            documents[name] = parse(name, change.after)
    return replace(snapshot, documents=dict(sorted(documents.items())))


def with_names(listings: Listings, pending: Pending) -> dict[str, frozenset[str] | None]:
    """Return the listings of directories after changes."""
    changed = dict(listings)
    for change in pending.values():
        directory, _, name = change.path.rpartition("/")
        names = changed.get(directory)
        if directory in changed and change.after is None:
            changed[directory] = (names or frozenset()) - {name}
        elif directory in changed:
            changed[directory] = (names or frozenset()) | {name}
    return changed
