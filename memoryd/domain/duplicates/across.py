"""Repetition between stores, and of instructions."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from memoryd.domain.agents.roster import Roster
from memoryd.domain.duplicates.copies import telling_lines
from memoryd.domain.duplicates.pairs import Pair, compare
from memoryd.domain.duplicates.passages import Note, is_left_out, is_record, passages_in, passages_of
from memoryd.domain.duplicates.similarity import Verdict, judge
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

_WORDS = 6  # words: shorter instructions may be repeated by chance
_NEAR = 0.8  # least likeness of a note that repeats an instruction
_LONG = 25  # words: two agents do not write such a long passage independently
_LINES = 3  # lines: two agents do not write such a file independently
_COMMON = 3  # more stores with the same text mean a template


@dataclass(frozen=True, slots=True)
class Echo:
    """A text of one store that is in another one, too.

    Attributes:
        snapshot: The second store.
        one: The first file, and the root of its store.
        other: The second file.
        passages: The two passages; None for whole files.
    """

    snapshot: Snapshot
    one: tuple[str, Document]
    other: tuple[str, Document]
    passages: tuple[Note, Note] | None


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
    """Yield files and long passages that two agents of one repository, or of one person, both keep."""
    snapshots = sorted(roster.snapshots, key=lambda snapshot: snapshot.store.root)
    whole = list(_whole(roster, snapshots))
    yield from whole
    copied = {(echo.other[0], echo.other[1].path) for echo in whole}
    yield from _passages(roster, snapshots, copied)


def _whole(roster: Roster, snapshots: list[Snapshot]) -> Iterator[Echo]:
    known: dict[frozenset[str], list[tuple[Snapshot, Document]]] = {}
    for snapshot in snapshots:
        for topic in snapshot.topics:
            lines = frozenset[str]() if is_left_out(topic) else telling_lines(topic)
            if len(lines) >= _LINES:
                known.setdefault(lines, []).append((snapshot, topic))
    for same in known.values():
        if len({snapshot.store.root for snapshot, _ in same}) <= _COMMON:
            first, document = same[0]
            for snapshot, other in same[1:]:
                if _are_apart(roster, first.store, snapshot.store):
                    roots = first.store.root, snapshot.store.root
                    yield Echo(snapshot, (roots[0], document), (roots[1], other), None)


def _passages(roster: Roster, snapshots: list[Snapshot], copied: set[tuple[str, str]]) -> Iterator[Echo]:
    known: dict[tuple[str, ...], list[tuple[Snapshot, Note]]] = {}
    for snapshot in snapshots:
        for passage in passages_of(snapshot):
            if passage.words.weight >= _LONG and not is_record(passage):
                known.setdefault(passage.words.tokens, []).append((snapshot, passage))
    for same in known.values():
        by_store = [next(group) for _, group in groupby(same, key=lambda each: each[0].store.root)]
        if len(by_store) <= _COMMON:
            first, one = by_store[0]
            for snapshot, other in by_store[1:]:
                if (
                    (other.root, other.document.path) not in copied
                    and _are_apart(roster, first.store, snapshot.store)
                    and judge(one.words, other.words).verdict is Verdict.SAME
                ):
                    yield Echo(snapshot, (one.root, one.document), (other.root, other.document), (one, other))


def _are_apart(roster: Roster, one: Store, other: Store) -> bool:
    """Return whether two stores belong to two agents that a person keeps side by side, and are no copies."""
    standings = [roster.standings.get(store.root) for store in (one, other)]
    if standings[0] and standings[1] and standings[0].root == standings[1].root:
        return False
    if one.agent == other.agent and one.profile is other.profile:
        return False
    mine = Scope.USER in {one.scope, other.scope} or Scope.AUTO in {one.scope, other.scope}
    return mine or roster.repository(one) == roster.repository(other)
