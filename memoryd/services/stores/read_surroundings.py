"""Surroundings of stores, read once for all rules."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice

from memoryd import beneath
from memoryd.adapters.git import worktree
from memoryd.adapters.stores import contents, files
from memoryd.adapters.stores.exposure import open_to_others
from memoryd.domain.git.evidence import MovedFile
from memoryd.domain.links.destinations import absolute, exists, file_paths, is_machine_path
from memoryd.domain.links.names import WikiNames
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.surroundings import Listings, Surroundings
from memoryd.services.git import evidence_of
from memoryd.services.stores.read_instructions import instructions_for

Past = Callable[[str], bytes | None]
"""Returns the last content of an absolute path that was deleted."""

_OWN_SCOPES = (Scope.USER, Scope.AUTO)
_ASKED = 100  # most missing files of a store for which renames are searched
_AT_ONCE = 500  # files that git is asked about in one command
_FOLDERS = 500  # of a store, in which pictures are found by name
_CHAIN = 4  # most renames of one file that are followed


def read_surroundings(
    snapshots: Iterable[Snapshot],
    past: Past | None = None,
    *,
    seek: bool = True,
    git: bool = True,
    narrow: Callable[[Listings], Listings] = dict,
) -> tuple[Surroundings, ...]:
    """Read everything outside stores that their links can mean.

    What several stores share, such as a repository or a sibling store, is read once.

    Args:
        snapshots: Stores as they were read.
        past: Returns the last content of deleted files, in addition to git.
        seek: Search for renames of missing files, which matters only for fixes of links.
        git: Git may be asked. If not, every missing file outside its store counts as ignored by git: links
            to it are not checked.
        narrow: Returns the part of listings that counts as existing.
    """
    views = [_View(snapshot, narrow) for snapshot in snapshots]
    repositories: dict[str, list[_View]] = {}
    for view in views:
        repositories.setdefault(worktree.repository(os.path.realpath(view.root)), []).append(view)
    for top, around in repositories.items():
        asked = dict.fromkeys(place for view in around for place in view.asked)
        ignored = worktree.ignored(asked, around[0].root) if top and git else frozenset()
        for view in around:
            view.learn_ignored(ignored if git else frozenset(view.outside))
        absent = (
            list(dict.fromkeys(place for view in around for place in view.absent[:_ASKED]))
            if top and seek and git
            else []
        )
        gone: dict[str, worktree.DeletedFile] = {}
        for first in range(0, len(absent), _AT_ONCE):
            gone |= worktree.gone(absent[first : first + _AT_ONCE], around[0].root)
        for view in around:
            if seek:
                view.moved = _moved(view, gone, past)
    neighbours: dict[str, Mapping[str, str]] = {
        view.root: {f"{view.root}/{topic.path}": topic.name for topic in view.snapshot.topics}
        for view in views
        if not view.snapshot.unread and any(each.looks_beside for each in views)
    }
    return tuple(view.complete(neighbours) for view in views)


def read_further(snapshot: Snapshot, around: Surroundings, *, git: bool = True) -> Surroundings:
    """Add what the rules D and P need: the agent's instructions, and paths deleted in git."""
    return replace(
        around,
        instructions=instructions_for(snapshot.store, around.repository),
        evidence=evidence_of(snapshot, around.repository, git=git),
    )


class _View:
    """The surroundings of one store, as far as they are known yet."""

    def __init__(self, snapshot: Snapshot, narrow: Callable[[Listings], Listings]) -> None:
        self.snapshot = snapshot
        self.root = snapshot.store.root
        self._narrow = narrow
        self._territory = beneath.Territory(self.root, snapshot.store.bound)
        self._meant = [
            each for document in snapshot.documents.values() for each in _meant(snapshot, document)
        ]
        listed = chain((place for _, places in self._meant for place in places), _listed(snapshot))
        self._listings = narrow(files.listings(filter(self._territory.covers, listed), self.root))
        self.moved: dict[str, MovedFile] = {}
        self.existing: dict[str, bool] = {}
        self._repository = worktree.repository(self.root)
        self._unfound = [
            each for each in self._meant if not any(exists(place, self._listings) for place in each[1])
        ]
        self._beyond = frozenset(
            place for _, places in self._unfound for place in places if not self._territory.covers(place)
        )
        self.asked = dict.fromkeys(filter(self._territory.covers, self._questions()))
        self._ignored: frozenset[str] = frozenset()
        self.absent: list[str] = []

    def _questions(self) -> Iterator[str]:
        """Yield the absolute paths for which git is asked whether it ignores them."""
        for path, places in self._unfound:
            yield from places
            if path.endswith("/") or "." not in path.rpartition("/")[2]:  # may be a directory
                yield from (f"{place}/" for place in places)
        documents = self.snapshot.documents
        if not self._repository or not any(document.links for document in documents.values()):
            return
        for _, places in self._unfound:  # a clone lacks an ignored folder of a store
            folder = places[0].rpartition("/")[0]
            while folder.startswith(f"{self.root}/"):
                yield f"{folder}/"
                folder = folder.rpartition("/")[0]
        above = self.root
        while above.startswith(f"{self._repository}/"):
            yield above
            above = above.rpartition("/")[0]
        if self.snapshot.store.scope is Scope.PROJECT:
            for _, places in self._meant:
                yield from places
            yield from (f"{self.root}/{path}" for path in documents)

    @property
    def outside(self) -> Iterator[str]:
        """Yield the missing absolute paths outside the store that links mean."""
        paths = (path for _, places in self._unfound for path in places)
        return (path for path in paths if not path.startswith(f"{self.root}/"))

    def learn_ignored(self, ignored: frozenset[str]) -> None:
        """Add what git ignores, and so which files are missing."""
        self._ignored = frozenset(path.rstrip("/") for path in self.asked if path in ignored)
        unfound = (
            places
            for _, places in self._unfound
            if self._beyond.isdisjoint(places)
            and (self._ignored.isdisjoint(places) or places[0].startswith(f"{self.root}/"))
        )
        self.absent = list(dict.fromkeys(places[0] for places in unfound))

    @cached_property
    def looks_beside(self) -> bool:
        """Return whether sibling stores are needed."""
        return bool(self.absent) or _dangling(self.snapshot)

    def complete(self, neighbours: dict[str, Mapping[str, str]]) -> Surroundings:
        """Return the complete surroundings."""
        store = self.snapshot.store
        bases = [base for base in dict.fromkeys((store.base, self._repository)) if base]
        beside = [absolute(base, "", path.lstrip("/")) for path, _ in self._unfound for base in bases]
        beside += [each.place for each in self.moved.values()]
        beside = list(filter(self._territory.covers, beside))
        paths = [store.root, *(f"{store.root}/{path}" for path in self.snapshot.documents)]
        readable, writable = open_to_others(paths if store.scope in _OWN_SCOPES else ())
        return Surroundings(
            listings={**self._listings, **self._narrow(files.listings(beside, store.root))},
            ignored=self._ignored,
            beyond=self._beyond,
            home=os.path.expanduser("~"),
            repository=self._repository,
            moved=self.moved,
            siblings=contents.siblings(store, neighbours) if self.looks_beside else {},
            outside=files.parsed(dict.fromkeys(_parts_outside(self.snapshot, self._listings)), store.bound),
            readable_by_others=readable,
            writable_by_others=writable,
            asked=tuple(self.asked),
            looks_beside=self.looks_beside,
            existing=tuple(self.existing.items()),
            asks_history=bool(self.absent),
        )


def _listed(snapshot: Snapshot) -> Iterator[str]:
    """Yield absolute paths whose directories are listed: documents and possible copies."""
    root = snapshot.store.root
    named = {
        (path, link.name)
        for path, document in snapshot.documents.items()
        for link in document.wiki_links
        if "." in link.name.removesuffix(".md") and "\0" not in link.name
    }
    yield from (absolute(root, each, name) for path, name in named for each in (path, ""))
    if named:  # a picture may be in any folder of the store
        yield from (f"{folder}/." for folder, _ in islice(beneath.walk(root), _FOLDERS))
    folders = dict.fromkeys(path.rpartition("/")[0] for path in snapshot.documents)
    yield from (f"{root}/{folder}/." if folder else f"{root}/." for folder in ("", *folders))


def _meant(snapshot: Snapshot, document: Document) -> Iterator[tuple[str, list[str]]]:
    """Yield the likeliest path of each link of a document, and all absolute paths that it can mean."""
    root = snapshot.store.root
    for link in document.links:
        if paths := file_paths(link.destination):
            yield paths[0], [absolute(root, document.path, files.expanded(path)) for path in paths]


def _dangling(snapshot: Snapshot) -> bool:
    """Return whether a wiki link matches nothing in its own store."""
    names = WikiNames(snapshot.documents)
    return any(
        not names.targets(link.name) for each in snapshot.documents.values() for link in each.wiki_links
    )


def _parts_outside(snapshot: Snapshot, listings: Listings) -> Iterator[str]:
    """Yield Markdown files outside stores with a heading that a link of a document names."""
    root = snapshot.store.root
    for document in snapshot.documents.values():
        for link in document.links:
            if "#" not in link.destination:
                continue
            path = next(iter(file_paths(link.destination)), "")
            if not path.endswith(".md") or is_machine_path(path):
                continue
            place = absolute(root, document.path, path)
            if not place.startswith(f"{root}/") and exists(place, listings):
                yield place


def _moved(view: _View, gone: Mapping[str, worktree.DeletedFile], past: Past | None) -> dict[str, MovedFile]:
    """Return where missing files were moved, as far as known."""
    snapshot, absent = view.snapshot, view.absent[:_ASKED]
    root = snapshot.store.root
    known = {place: gone[place] for place in absent if place in gone}
    contents: dict[bytes | str | None, list[str]] = {}  # paths by content, and by git's id of it
    if absent and (known or past):
        like = next((trace.blob for trace in known.values()), "")
        for path, document in snapshot.documents.items():
            if document.raw.strip():
                keys = (document.raw, worktree.blob_id(document.raw, like=like)) if like else (document.raw,)
                for key in keys:
                    contents.setdefault(key, []).append(f"{root}/{path}")
    found = {}
    for place in absent:
        trace = known.get(place)
        same = contents.get(past(place) if past else None) or contents.get(trace.blob if trace else None, [])
        if len(same) == 1:
            found[place] = MovedFile(same[0], proved=True)
        elif new := _followed(trace, snapshot.store, view.existing):
            found[place] = new
    return found


def _followed(
    trace: worktree.DeletedFile | None, store: Store, existing: dict[str, bool]
) -> MovedFile | None:
    """Return the target of git's renames, if that file exists now; add whether each one exists."""
    exactly = True
    for _ in range(_CHAIN):
        if trace is None or not trace.renamed:
            return None
        exactly = exactly and trace.exactly
        existing[trace.renamed] = beneath.exists(trace.renamed, store.bound)
        if existing[trace.renamed]:
            return MovedFile(trace.renamed, exactly)
        trace = worktree.gone([trace.renamed], store.root).get(trace.renamed)
    return None
