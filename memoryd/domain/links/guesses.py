"""Guesses at the intended targets of broken links."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from unicodedata import normalize

from memoryd.domain.links.destinations import absolute, exists
from memoryd.domain.links.relink import destination_of
from memoryd.domain.links.targets import ResolvedLinks, Target
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import is_above
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.values import dataclass, regex

_COMPARISONS = 6_000  # of names in one store: each takes about twenty microseconds
_SEARCHED = 100  # links of a store searched for a similar name
_NEAR = 0.75  # 1 is the same name
_DIGITS = regex(r"\d+")
# Names that any folder may have: one elsewhere is another file.
_EVERYWHERE = frozenset({"readme.md", "index.md", "memory.md", "skill.md", "claude.md", "agents.md"})


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess at the target of a broken link.

    Attributes:
        said: The end of a sentence for a person.
        place: Absolute path of an existing file.
        proved: The content is the same, so it is not a guess.
    """

    said: str
    place: str
    proved: bool = False


def broken_links(
    links: ResolvedLinks, around: Surroundings
) -> Iterator[tuple[Document, Target, Guess | None]]:
    """Yield every link to a missing file, and its probable target.

    Args:
        links: The links of a store.
        around: Where to look for targets outside it.
    """
    guesses = _Guesses(links.snapshot, around)
    for document in links.snapshot.documents.values():
        for target in links.targets(document):
            if links.is_broken(document, target):
                yield document, target, guesses.meant(document, target)


class _Guesses:
    """Guesses for the links of one snapshot."""

    def __init__(self, snapshot: Snapshot, around: Surroundings) -> None:
        self._snapshot = snapshot
        self._around = around
        self._root = snapshot.store.root
        self._searched = 0
        self._folded: dict[str, dict[str, str]] = {}

    def meant(self, document: Document, target: Target) -> Guess | None:
        """Return the best guess: renamed, other case, other folder, other store, other root, nearest name."""
        place = target.places[0]
        return (
            self._renamed(document, place)
            or self._other_case(place)
            or self._elsewhere(document, target)
            or self._from_root(document, target)
            or self._nearest(document, place)
        )

    def _path(self, document: Document, place: str) -> str:
        return destination_of(document.path, place, self._root, "")

    def _renamed(self, document: Document, place: str) -> Guess | None:
        moved = self._around.moved.get(place)
        if moved is None:
            return None
        changed = "" if moved.proved else ", and changed"
        said = f'it was renamed to "{self._path(document, moved.place)}"{changed}'
        return Guess(said, moved.place, moved.proved)

    def _other_case(self, place: str) -> Guess | None:
        directory, _, name = place.rpartition("/")
        listed = self._around.listings.get(directory or "/") or frozenset()
        if directory not in self._folded:
            self._folded[directory] = {_folded(each): each for each in sorted(listed, reverse=True)}
        found = self._folded[directory].get(_folded(name))
        if not found:
            return None
        same = normalize("NFC", found) == normalize("NFC", name)
        said = f'"{found}" has the same letters in another Unicode form' if same else ""
        return Guess(said or f'only the case differs from "{found}"', f"{directory}/{found}")

    def _elsewhere(self, document: Document, target: Target) -> Guess | None:
        """Return a file of the same name in another folder, or in a neighboring store."""
        place = target.places[0]
        name = place.rpartition("/")[2]
        if name.casefold() in _EVERYWHERE:
            return None
        if place.startswith(f"{self._root}/") and (paths := self._other(self._here.get(name, ()), document)):
            return Guess(f'there is "{self._path(document, paths)}"', paths)
        is_bare = "/" not in target.path.removeprefix("./")
        beside = self._beside.get(name, [])
        if beside and (is_bare or place.startswith(f"{self._root.rpartition('/')[0]}/")):
            return Guess(f'another store has it: "{self._path(document, beside[0])}"', beside[0])
        return None

    def _other(self, places: Iterable[str], document: Document) -> str:
        return next((place for place in places if place != f"{self._root}/{document.path}"), "")

    def _from_root(self, document: Document, target: Target) -> Guess | None:
        for base in filter(None, (self._snapshot.store.base, self._around.repository)):
            place = absolute(base, "", target.path.lstrip("/"))
            is_inside = is_above(self._around.repository or base, place)
            if exists(place, self._around.listings) and place != base and is_inside:
                path = self._path(document, place)
                if base != self._around.repository:
                    return Guess(f'there is "{path}"', place)
                return Guess(
                    f'it is written from the root of the repository; from here it is "{path}"', place
                )
        return None

    def _nearest(self, document: Document, place: str) -> Guess | None:
        self._searched += 1
        name = place.rpartition("/")[2]
        if not place.startswith(f"{self._root}/") or name.casefold() in _EVERYWHERE:
            return None
        if self._searched > self._most:
            return None
        own = document.path.rpartition("/")[2]
        for near in get_close_matches(name, self._names, n=4, cutoff=_NEAR):
            if _DIGITS.findall(near) != _DIGITS.findall(name):
                continue  # the one of another day or number is another file
            if near != own or len(self._here[near]) > 1:
                found = self._other(self._here[near], document)
                return Guess(f'did you mean "{self._path(document, found)}"?', found)
        return None

    @property
    def _most(self) -> int:
        return min(_SEARCHED, _COMPARISONS // max(len(self._names), 1))

    @cached_property
    def _names(self) -> list[str]:
        return sorted(self._here)

    @cached_property
    def _here(self) -> Mapping[str, list[str]]:
        return _by_name(f"{self._root}/{path}" for path in self._snapshot.documents)

    @cached_property
    def _beside(self) -> Mapping[str, list[str]]:
        return _by_name(self._around.siblings)


def _folded(name: str) -> str:
    """Return a name in one Unicode form, without case."""
    return normalize("NFC", name).casefold()


def _by_name(places: Iterable[str]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for place in places:
        found[place[place.rfind("/") + 1 :]].append(place)
    return found
