"""What the links of a document mean: files, and places in files."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from memoryd.domain.links.destinations import absolute, exists, file_paths
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Link
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope

# What a browser or GitHub makes of a fragment without any heading: the top, lines, quoted text, footnotes.
_OTHER_PLACES = re.compile(
    r"top|L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|.*:~:.*|fn(?:ref)?-?.*|[a-z]+=.*", re.IGNORECASE
)
_MACHINE = re.compile(r"[/~]|[A-Za-z]:[\\/]|\\\\|file:", re.IGNORECASE)


class Target(NamedTuple):
    """What one link means.

    Attributes:
        link: The link.
        path: The path in its destination, as likely as not; "" for a place in the same document.
        places: Absolute paths that it can mean, the likeliest first.
        place: The one of them that exists, or None.
        fragment: What stands behind `#`, decoded; "" where there is none.
    """

    link: Link
    path: str
    places: tuple[str, ...]
    place: str | None
    fragment: str


def targets(snapshot: Snapshot, document: Document) -> tuple[Target, ...]:
    """What the links of a document mean, URLs left out."""
    if not document.links:
        return ()
    known = snapshot.targets.get(document.path)
    if known is None or known[0] is not document:
        known = snapshot.targets[document.path] = document, tuple(_targets(snapshot, document))
    return known[1]


def _targets(snapshot: Snapshot, document: Document) -> Iterator[Target]:
    root, home = snapshot.store.root, snapshot.home
    for link in document.links:
        if link.destination.startswith("#"):
            here = f"{root}/{document.path}"
            yield Target(link, "", (here,), here, unquote(link.destination[1:]))
        elif paths := file_paths(link.destination):
            places = tuple([absolute(root, document.path, _expanded(path, home)) for path in paths])
            found = next((place for place in places if _is_there(snapshot, place)), None)
            is_name = found is not None and paths[places.index(found)] == link.destination
            fragment = "" if is_name else unquote(link.destination.partition("#")[2])
            yield Target(link, paths[0], places, found, fragment)


def _is_there(snapshot: Snapshot, place: str) -> bool:
    """Whether something is at an absolute path, by the listings or as a document that is known."""
    if exists(place, snapshot.listings) or place in snapshot.siblings:
        return True
    return place.removeprefix(f"{snapshot.store.root}/") in snapshot.documents


def _expanded(path: str, home: str) -> str:
    return home + path[1:] if home and path.startswith("~/") else path


def document_at(snapshot: Snapshot, place: str) -> Document | None:
    """The document at an absolute path, where it is known."""
    relative = place.removeprefix(f"{snapshot.store.root}/")
    return snapshot.outside.get(place) if relative == place else snapshot.documents.get(relative)


class Anchors:
    """What fragments can lead to in the documents of a snapshot; without case, as browsers of Markdown do."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, frozenset[str]] = {}

    def of(self, place: str) -> tuple[str, ...]:
        """The anchors of the document at an absolute path; none where it is not known."""
        if place not in self._known:
            document = document_at(self._snapshot, place)
            self._known[place] = document.anchors if document else ()
        return self._known[place]

    def lead(self, place: str, fragment: str) -> bool:
        """Whether a fragment leads somewhere, or cannot be judged."""
        if not fragment or _OTHER_PLACES.fullmatch(fragment) or not document_at(self._snapshot, place):
            return True
        if place not in self._folded:
            self._folded[place] = frozenset(map(str.casefold, self.of(place)))
        return fragment.casefold().removeprefix("user-content-") in self._folded[place]


def is_shared(snapshot: Snapshot, document: Document) -> bool:
    """Whether others get a document through version control: project memory that is not ignored."""
    root = snapshot.store.root
    paths = (root, f"{root}/{document.path}")
    return snapshot.store.scope is Scope.PROJECT and snapshot.ignored.isdisjoint(paths)


def is_broken(snapshot: Snapshot, document: Document, target: Target) -> bool:
    """Whether a link leads to no file, as far as that can be judged."""
    if target.place is not None or not snapshot.ignored.isdisjoint(target.places):
        return False
    if target.path.startswith("~"):  # nobody knows where others are at home
        return target.path.startswith("~/") and bool(snapshot.home) and not is_shared(snapshot, document)
    return not (target.path.startswith("/") and is_shared(snapshot, document))


def is_of_one_machine(snapshot: Snapshot, destination: str) -> bool:
    """Whether a destination means a place that another machine has not: absolute, or below a home directory.

    `/docs/x.md` may be written from the root of the repository, as GitHub reads it.
    """
    if not _MACHINE.match(destination):
        return False
    if not destination.startswith("/"):
        return True
    bases = filter(None, (snapshot.store.base, snapshot.repository))
    tops = [absolute(base, "", path.lstrip("/")) for base in bases for path in file_paths(destination)[:1]]
    return not destination.startswith("//") and not any(exists(top, snapshot.listings) for top in tops)
