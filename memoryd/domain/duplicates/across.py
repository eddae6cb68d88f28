"""Repetition between stores, and of instructions."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace

from memoryd.domain.agents.roster import Roster
from memoryd.domain.duplicates.files.copies import telling_lines
from memoryd.domain.duplicates.groups import GAP, steps_between
from memoryd.domain.duplicates.pairs import Pair, compare
from memoryd.domain.duplicates.passages import Note, is_left_out, is_record, passages_in, passages_of
from memoryd.domain.duplicates.similarity import Verdict, judge
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.filenames import is_instruction
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.values import dataclass

_WORDS = 6  # words: shorter instructions may be repeated by chance
_NEAR = 0.8  # least likeness of a note that repeats an instruction
_LONG = 25  # words: two agents do not write such a long passage independently
_LINES = 3  # lines: two agents do not write such a file independently
_TEMPLATE = 3  # more index files that begin with the same text are made from a template


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or consecutive passages of one, in a store."""

    snapshot: Snapshot
    document: Document
    passages: tuple[Note, ...] = ()

    @property
    def root(self) -> str:
        """Absolute path of the store."""
        return self.snapshot.store.root


@dataclass(frozen=True, slots=True)
class Echo:
    """A text of one store that is in others, too: its places, the first one first."""

    places: tuple[Place, ...]


def repeated_instructions(
    snapshot: Snapshot, instructions: Mapping[str, Document], likeness: float
) -> Iterator[Pair]:
    """Yield passages of a store that repeat its agent's instructions; the instruction is the first.

    Args:
        snapshot: The store.
        instructions: The instructions by absolute path.
        likeness: Least share of common words of two notes to compare.
    """
    told = [
        passage
        for place, document in instructions.items()
        for passage in _of_instructions(place, document)
        if passage.words.weight >= _WORDS
    ]
    if not told:
        return
    own = [passage for passage in passages_of(snapshot) if passage.words.weight >= _WORDS]
    sources = {passage.path for passage in told}
    first: dict[Note, Pair] = {}
    for pair in compare([*told, *own], max(likeness, _NEAR)).pairs:
        is_one_of_each = pair.one.path in sources and pair.other.path not in sources
        if is_one_of_each and pair.judgement.verdict is not Verdict.CONTRADICTION:
            first.setdefault(pair.other, pair)
    yield from first.values()


def _of_instructions(place: str, document: Document) -> tuple[Note, ...]:
    directory, name = posixpath.split(place)
    return passages_in(directory, replace(document, path=name))


def echoes(roster: Roster) -> Iterator[Echo]:
    """Yield files and long passages that two or more agents of one repository, or person, keep."""
    snapshots = sorted(roster.snapshots, key=lambda snapshot: snapshot.store.root)
    whole = list(_whole(roster, snapshots))
    yield from whole
    copied = {(place.root, place.document.path) for echo in whole for place in echo.places[1:]}
    yield from _passages(roster, snapshots, copied)


def _whole(roster: Roster, snapshots: list[Snapshot]) -> Iterator[Echo]:
    known: dict[frozenset[str], list[Place]] = {}
    for snapshot in snapshots:
        for topic in snapshot.topics:
            is_compared = not (is_left_out(topic) or is_instruction(topic.path))
            lines = telling_lines(topic) if is_compared else frozenset[str]()
            if len(lines) >= _LINES:
                known.setdefault(lines, []).append(Place(snapshot, topic))
    for same in known.values():
        places = _apart(roster, same)
        if len(places) > 1:
            yield Echo(places)


def _passages(roster: Roster, snapshots: list[Snapshot], copied: set[tuple[str, str]]) -> Iterator[Echo]:
    known: dict[tuple[str, ...], list[Place]] = {}
    for snapshot in snapshots:
        for passage in passages_of(snapshot):
            is_memory = not is_instruction(passage.document.path)
            if is_memory and passage.words.weight >= _LONG and not is_record(passage):
                place = Place(snapshot, passage.document, (passage,))
                known.setdefault(passage.words.tokens, []).append(place)
    found: list[tuple[Place, ...]] = []
    for same in known.values():
        first = same[0].passages[0]
        alike = [each for each in same if judge(first.words, each.passages[0].words).verdict is Verdict.SAME]
        places = _apart(roster, [each for each in alike if (each.root, each.document.path) not in copied])
        if len(places) > 1 and not _is_template(places):
            found.append(places)
    yield from map(Echo, _joined(found))


def _apart(roster: Roster, places: list[Place]) -> tuple[Place, ...]:
    """Return the first of some places, and those of other stores that a person keeps beside its store."""
    if not places:
        return ()
    first = places[0]
    kept = {first.root: first}
    for each in places[1:]:
        is_other = f"{each.root}/{each.document.path}" != f"{first.root}/{first.document.path}"
        if (
            is_other
            and each.root not in kept
            and _are_apart(roster, first.snapshot.store, each.snapshot.store)
        ):
            kept[each.root] = each
    return tuple(kept.values())


def _is_template(places: tuple[Place, ...]) -> bool:
    """Return whether a passage opens the index files of several stores, as a template does."""
    return len(places) > _TEMPLATE and all(
        place.document is place.snapshot.index
        and place.document.entries[:1]
        and place.passages[0].span.start
        <= place.document.entries[min(2, len(place.document.entries) - 1)].span.start
        for place in places
    )


def _joined(found: list[tuple[Place, ...]]) -> Iterator[tuple[Place, ...]]:
    """Yield places, with passages that follow each other in all of them as one."""
    groups: list[tuple[Place, ...]] = []
    for places in sorted(
        found,
        key=lambda each: [(place.root, place.passages[0].path, place.passages[0].span) for place in each],
    ):
        last = groups[-1] if groups else ()
        if len(last) == len(places) and all(map(_follows, last, places)):
            groups[-1] = tuple(
                replace(one, passages=(*one.passages, *other.passages))
                for one, other in zip(last, places, strict=True)
            )
        else:
            groups.append(places)
    yield from groups


def _follows(one: Place, other: Place) -> bool:
    is_there = (one.root, one.document.path) == (other.root, other.document.path)
    return is_there and 0 < steps_between(one.passages[-1], other.passages[0]) <= GAP


def _are_apart(roster: Roster, one: Store, other: Store) -> bool:
    """Return whether two stores belong to two agents that a person keeps side by side, and are no copies."""
    standings = [roster.standings.get(store.root) for store in (one, other)]
    if standings[0] and standings[1] and standings[0].root == standings[1].root:
        return False
    if one.agent == other.agent and one.profile is other.profile:
        return False
    mine = Scope.USER in {one.scope, other.scope} or Scope.AUTO in {one.scope, other.scope}
    return mine or roster.repository(one) == roster.repository(other)
