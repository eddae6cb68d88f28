"""Gather what rules want to know of the world around a store: once, so that the rules stay pure."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

from memoryd.adapters import files, git
from memoryd.domain.document import Document, Snapshot
from memoryd.domain.evidence import Moved
from memoryd.domain.links import WikiNames, absolute, exists, file_paths, is_machine_path
from memoryd.domain.store import Scope
from memoryd.services.evidence import evidence_of
from memoryd.services.instructions import instructions_for

Past = Callable[[str], bytes | None]
"""What an absolute path held when it was last there, from somebody who remembers."""

_ASKED = 100  # absent files of a store after which somebody is asked where they went
_CHAIN = 4  # renames of one file that are followed


def look_around(snapshot: Snapshot, past: Past | None = None) -> Snapshot:
    """The snapshot with all that its links have to do with outside of the store.

    Args:
        snapshot: A store as it was read, and the directories that its links look into.
        past: Remembers files that are gone, beside git.
    """
    store = snapshot.store
    repository = git.repository(store.root)
    meant = [each for document in snapshot.documents.values() for each in _meant(snapshot, document)]
    unfound = [each for each in meant if not any(exists(place, snapshot.listings) for place in each[1])]
    asked = [place + end for _, places in unfound for place in places for end in ("", "/")]  # or a directory
    links = any(document.links for document in snapshot.documents.values())
    if links and store.scope is Scope.PROJECT and repository:
        asked += [place for _, places in meant for place in places]
        asked += [store.root, *(f"{store.root}/{path}" for path in snapshot.documents)]
    ignored = frozenset(path.rstrip("/") for path in git.ignored(dict.fromkeys(asked), store.root))
    absent = dict.fromkeys(places[0] for _, places in unfound if ignored.isdisjoint(places))
    moved = _moved(snapshot, list(absent)[:_ASKED], past)
    bases = [base for base in dict.fromkeys((store.base, repository)) if base]
    beside = [absolute(base, "", path.lstrip("/")) for path, _ in unfound for base in bases]
    beside += [each.place for each in moved.values()]
    return replace(
        snapshot,
        listings={**snapshot.listings, **files.listings(beside, store.root)},
        ignored=ignored,
        home=os.path.expanduser("~"),
        repository=repository,
        moved=moved,
        siblings=files.siblings(store) if absent or _dangling(snapshot) else {},
        outside=files.parsed(dict.fromkeys(_parts_outside(snapshot))),
        instructions=instructions_for(store, repository),
        evidence=evidence_of(replace(snapshot, repository=repository)),
    )


def _meant(snapshot: Snapshot, document: Document) -> Iterator[tuple[str, list[str]]]:
    """The likeliest path of each link of a document, and all absolute paths that it can mean."""
    for link in document.links:
        if paths := file_paths(link.destination):
            root = snapshot.store.root
            yield (
                paths[0],
                [absolute(root, document.path, os.path.expanduser(path)) for path in paths],
            )


def _dangling(snapshot: Snapshot) -> bool:
    """Whether a wiki link is not answered in its own store."""
    names = WikiNames(snapshot.documents)
    return any(
        not names.targets(link.name) for each in snapshot.documents.values() for link in each.wiki_links
    )


def _parts_outside(snapshot: Snapshot) -> Iterator[str]:
    """Markdown files of no store of which a link of a document names a part."""
    root = snapshot.store.root
    for document in snapshot.documents.values():
        for link in document.links:
            path = next(iter(file_paths(link.destination)), "")
            if "#" not in link.destination or not path.endswith(".md") or is_machine_path(path):
                continue
            place = absolute(root, document.path, path)
            if not place.startswith(f"{root}/") and exists(place, snapshot.listings):
                yield place


def _moved(snapshot: Snapshot, absent: list[str], past: Past | None) -> dict[str, Moved]:
    """Where absent files went, as far as anybody knows."""
    root = snapshot.store.root
    known = git.gone(absent, root)
    contents: dict[bytes | str | None, list[str]] = {}  # who holds it, by content and by git's id of it
    if absent and (known or past):
        like = next((trace.blob for trace in known.values()), "")
        for path, document in snapshot.documents.items():
            if document.raw.strip():
                for key in (document.raw, git.blob_id(document.raw, like=like)):
                    contents.setdefault(key, []).append(f"{root}/{path}")
    found = {}
    for place in absent:
        trace = known.get(place)
        same = contents.get(past(place) if past else None) or contents.get(trace.blob if trace else None, [])
        if len(same) == 1:
            found[place] = Moved(same[0], proved=True)
        elif new := _followed(trace, root):
            found[place] = new
    return found


def _followed(trace: git.Gone | None, directory: str) -> Moved | None:
    """Where git's renames lead, if a file is there now."""
    exactly = True
    for _ in range(_CHAIN):
        if trace is None or not trace.renamed:
            return None
        exactly = exactly and trace.exactly
        if os.path.isfile(trace.renamed):
            return Moved(trace.renamed, exactly)
        trace = git.gone([trace.renamed], directory).get(trace.renamed)
    return None
