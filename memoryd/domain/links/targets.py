"""Targets of links: files, and headings in files."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from memoryd.domain.links.destinations import absolute, exists, file_paths
from memoryd.domain.links.names import WikiNames
from memoryd.domain.links.placeholders import is_part_placeholder, is_placeholder
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Link
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.values import regex

# Fragments that a browser or GitHub handles without a heading: the top, lines, quoted text, footnotes.
_OTHER_PLACES = regex(
    r"top|L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|.*:~:.*|fn(?:ref)?-?.*|[a-z]+=.*", re.IGNORECASE
)
# Arguments of a call: `event`, `"v"`, `*args`, `self.x`, `x=1`, `f()`; a file has an extension or a slash.
_ARGUMENT = regex(r"[^\s/.#:\\]*|(?:self|this|cls|ctx)\.[\w.]+|[^\s/.#:\\]+(?:\.\w+)*\([^()\s/]*\)")
_NOT_LOOSE = regex(r"[\W_]+")
# Other absolute paths are written from the root of a repository or site.
_TOPS = (
    "home|users|root|var|tmp|etc|opt|usr|mnt|media|volumes|private|srv|bin|sbin|dev|proc|run|sys|nix|snap"
    "|workspaces?|data|app|applications|library|system|cygdrive|[a-z]"
)
_MACHINE = regex(rf"/(?:{_TOPS})(?:/|\Z)|~|//|[A-Za-z]:[\\/]|\\\\|file:", re.IGNORECASE)
_ABSOLUTE = regex(r"[/~]")
_UNSEEN = regex("[\ufe0e\ufe0f\u200d]")  # selectors and joiners of emoji, which anchors may keep or lose


class Target(NamedTuple):
    """The target of one link.

    Attributes:
        link: The link.
        path: The likeliest path in its destination; "" for an anchor in the same document.
        places: Absolute paths that it can mean, the likeliest first.
        place: The first existing one of them, or None.
        fragment: The text after `#`, decoded; "" if there is none.
    """

    link: Link
    path: str
    places: tuple[str, ...]
    place: str | None
    fragment: str


class ResolvedLinks:
    """The links of one snapshot, each resolved at most once.

    Made for one examination of a snapshot and passed along with it.

    Args:
        snapshot: The store whose links are resolved.
        around: What its links can lead to outside it.
    """

    def __init__(self, snapshot: Snapshot, around: Surroundings) -> None:
        self.snapshot = snapshot
        self._around = around
        self._targets: dict[str, tuple[Target, ...]] = {}

    def targets(self, document: Document) -> tuple[Target, ...]:
        """Return what the links of a document of the snapshot mean, URLs left out."""
        if not document.links:
            return ()
        known = self._targets.get(document.path)
        if known is None:
            known = self._targets[document.path] = tuple(self._resolve(document))
        return known

    @cached_property
    def wiki_names(self) -> WikiNames:
        """The names that wiki links can use."""
        return WikiNames(self.snapshot.documents)

    @cached_property
    def anchors(self) -> "Anchors":
        """The anchors of all documents that links can lead to."""
        return Anchors(self.snapshot, self._around.outside)

    def is_shared(self, document: Document) -> bool:
        """Return whether others get a document through version control: project memory, not ignored."""
        store = self.snapshot.store
        paths = (store.root, f"{store.root}/{document.path}")
        return store.scope is Scope.PROJECT and self._around.ignored.isdisjoint(paths)

    def is_broken(self, document: Document, target: Target) -> bool:
        """Return whether a link leads to no file, as far as that can be judged."""
        if target.place is not None or self._is_excused(target):
            return False
        if is_placeholder(target.link.destination, target.link.text):
            return False
        if not self._around.beyond.isdisjoint(target.places):
            return False
        if target.path.startswith("~"):  # the home directories of others are not known
            return target.path.startswith("~/") and bool(self._around.home) and not self.is_shared(document)
        if target.path.startswith("/") and self.is_shared(document):
            return self._is_missing_in_repository(target.path)
        return True

    def _is_missing_in_repository(self, path: str) -> bool:
        """Return whether an absolute path is written from the root of the repository and leads to nothing."""
        listings, first = self._around.listings, path.strip("/").partition("/")[0]
        if _MACHINE.match(path) or "/" not in path.strip("/"):
            return False
        bases = [base for base in (self.snapshot.store.base, self._around.repository) if base]
        is_folder = any(exists(f"{base}/{first}", listings) for base in bases)
        return is_folder and not any(exists(absolute(base, "", path.lstrip("/")), listings) for base in bases)

    def _is_excused(self, target: Target) -> bool:
        """Return whether a missing file may exist elsewhere: version control ignores it.

        A file of the store is not excused, and neither is one in an ignored folder around it: they would
        be on this machine. One in an ignored folder of a store that is not ignored itself is excused, since
        a clone lacks that folder.
        """
        ignored = self._around.ignored.intersection(target.places)
        return any(
            not place.startswith(f"{self._own}/") or self._is_in_ignored_folder(place) for place in ignored
        )

    def _is_in_ignored_folder(self, place: str) -> bool:
        root, listings = self.snapshot.store.root, self._around.listings
        if self._own != root or root in self._around.ignored or not place.startswith(f"{root}/"):
            return False
        while (place := place.rpartition("/")[0]) != root:
            if place in self._around.ignored and not exists(place, listings):
                return True
        return False

    @cached_property
    def _own(self) -> str:
        """The outermost directory around the store that version control ignores, or else the store."""
        own = above = self.snapshot.store.root
        while above := above.rpartition("/")[0]:
            own = above if above in self._around.ignored else own
        return own

    def is_attachment(self, document: Document, name: str) -> bool:
        """Return whether a wiki link names a file of any kind: by its path, or by its name in any folder."""
        root, listings = self.snapshot.store.root, self._around.listings
        if "." not in name or "\0" in name:
            return False
        if any(exists(absolute(root, each, name), listings) for each in (document.path, "")):
            return True
        below = (names for folder, names in listings.items() if f"{folder}/".startswith(f"{root}/"))
        return "/" not in name and any(name in (names or ()) for names in below)

    def leaves_repository(self, target: Target) -> bool:
        """Return whether a relative link leads out of the repository, where nothing is looked at."""
        beyond = bool(self._around.repository) and not self._around.beyond.isdisjoint(target.places)
        link = target.link
        is_real = not _ABSOLUTE.match(link.destination) and not is_placeholder(link.destination, link.text)
        return beyond and is_real

    def is_of_one_machine(self, destination: str) -> bool:
        """Return whether another machine lacks a destination: it is absolute, or below a home directory.

        `/docs/x.md` may be written from the root of the repository, as GitHub reads it.
        """
        if not _MACHINE.match(destination):
            return False
        if not destination.startswith("/"):
            return True
        bases = filter(None, (self.snapshot.store.base, self._around.repository))
        tops = [
            absolute(base, "", path.lstrip("/")) for base in bases for path in file_paths(destination)[:1]
        ]
        return not destination.startswith("//") and not any(
            exists(top, self._around.listings) for top in tops
        )

    def _resolve(self, document: Document) -> Iterator[Target]:
        root, home = self.snapshot.store.root, self._around.home
        for link in document.links:
            if _is_code(document, link):
                continue
            if link.destination.startswith("#"):
                here = f"{root}/{document.path}"
                yield Target(link, "", (here,), here, unquote(link.destination[1:]))
            elif paths := file_paths(link.destination):
                places = tuple([absolute(root, document.path, _expanded(path, home)) for path in paths])
                found = next((place for place in places if self._is_there(place)), None)
                is_name = found is not None and paths[places.index(found)] == link.destination
                fragment = "" if is_name else unquote(link.destination.partition("#")[2])
                yield Target(link, paths[0], places, found, fragment)

    def _is_there(self, place: str) -> bool:
        """Return whether an absolute path exists, by the listings or as a document that is known."""
        if exists(place, self._around.listings) or place in self._around.siblings:
            return True
        return place.removeprefix(f"{self.snapshot.store.root}/") in self.snapshot.documents


def _is_code(document: Document, link: Link) -> bool:
    """Return whether a link is code in prose: `handlers[name](event)`, `Type[T](arg)`, `a["k"](1)`."""
    before = document.source[max(link.span.start - 4, 0) : link.span.start].decode(errors="ignore")[-1:]
    is_glued = before.isascii() and (before.isalnum() or (before != "" and before in "_)]}>"))
    return is_glued and bool(_ARGUMENT.fullmatch(link.destination))


def _expanded(path: str, home: str) -> str:
    return home + path[1:] if home and path.startswith("~/") else path


class Anchors:
    """The anchors that fragments can name; without case, as browsers of Markdown compare them.

    Args:
        snapshot: The store.
        outside: Further documents by absolute path.
    """

    def __init__(self, snapshot: Snapshot, outside: Mapping[str, Document]) -> None:
        self._snapshot = snapshot
        self._outside = outside
        self._known: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, frozenset[str]] = {}

    def of(self, place: str) -> tuple[str, ...]:
        """Return the anchors of the document at an absolute path; none if it is unknown."""
        if place not in self._known:
            document = self._document_at(place)
            self._known[place] = document.anchors if document else ()
        return self._known[place]

    def lead(self, place: str, fragment: str) -> bool:
        """Return whether a fragment leads somewhere, or cannot be judged."""
        if not fragment or _OTHER_PLACES.fullmatch(fragment) or not self._document_at(place):
            return True
        if is_part_placeholder(fragment):
            return True
        if place not in self._folded:
            self._folded[place] = frozenset(_UNSEEN.sub("", anchor.casefold()) for anchor in self.of(place))
        return _UNSEEN.sub("", fragment.casefold().removeprefix("user-content-")) in self._folded[place]

    def lead_by_name(self, place: str, part: str) -> bool:
        """Return whether the part of a wiki link leads somewhere, or cannot be judged.

        It is a heading in its own words, the last of several (`#Outer#Inner`), or a block (`#^id`).
        """
        document = self._document_at(place)
        last = part.rpartition("#")[2].strip()
        if document is None or not last or is_part_placeholder(last):
            return True
        if last.startswith("^"):
            return last in document.text
        return _loose(last) in {_loose(text) for text in (*document.titles, *self.of(place))}

    def _document_at(self, place: str) -> Document | None:
        relative = place.removeprefix(f"{self._snapshot.store.root}/")
        return self._outside.get(place) if relative == place else self._snapshot.documents.get(relative)


def _loose(text: str) -> str:
    """Return a heading without case, spaces, marks and punctuation, which wiki links leave out."""
    return _NOT_LOOSE.sub("", text.casefold())
