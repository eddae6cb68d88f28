"""Repeated notes of a store, and groups of them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from memoryd.domain.checks.suppressions import suppressions_of
from memoryd.domain.duplicates.pairs import Likenesses, Pair, find_likenesses
from memoryd.domain.duplicates.passages import Note, passages_in, passages_of
from memoryd.domain.duplicates.similarity import Judgement, Verdict
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.values import dataclass

GAP = 3
"""Most notes from one common note to the next in one passage."""


@dataclass(frozen=True, slots=True)
class RepeatedPassage:
    """One or more consecutive notes that are also in other places.

    Attributes:
        pairs: For each further place, the pairs of its notes with the first ones.
    """

    pairs: tuple[tuple[Pair, ...], ...]

    @property
    def ones(self) -> tuple[Note, ...]:
        """The notes in the first place."""
        return tuple(pair.one for pair in self.pairs[0])

    @property
    def others(self) -> tuple[tuple[Note, ...], ...]:
        """The notes in each further place."""
        return tuple(tuple(pair.other for pair in run) for run in self.pairs)


def repeated_passages(pairs: Iterable[Pair]) -> tuple[RepeatedPassage, ...]:
    """Join pairs of equal notes into passages, and equal passages into one with all its places.

    A note on a line with a suppression comment stays alone, so that the comment is about that note.
    """
    runs: list[list[Pair]] = []
    for pair in sorted(pairs, key=lambda pair: (pair.other.path, pair.one.path, pair.other.span.start)):
        if runs and _continues(runs[-1][-1], pair):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    known: dict[tuple[Note | None, ...], list[tuple[Pair, ...]]] = {}
    for run in runs:
        alone = run[0].other if _is_silenced(run[0].other) else None
        known.setdefault((alone, *(pair.one for pair in run)), []).append(tuple(run))
    found = (RepeatedPassage(tuple(places)) for places in known.values())
    return tuple(sorted(found, key=lambda each: (each.pairs[0][0].other.path, each.pairs[0][0].other.span)))


def alike_groups(pairs: Iterable[Pair]) -> tuple[tuple[Pair, ...], ...]:
    """Join pairs of similar notes into groups, each with every pair of its notes, in order."""
    known = tuple(pairs)
    parents: dict[Note, Note] = {}
    for pair in known:
        if not (_is_silenced(pair.one) or _is_silenced(pair.other)):
            parents[_root(parents, pair.other)] = _root(parents, pair.one)
    groups: dict[Note | Pair, list[Pair]] = {}
    for pair in known:
        joined = pair.one in parents and _root(parents, pair.one) == _root(parents, pair.other)
        groups.setdefault(_root(parents, pair.one) if joined else pair, []).append(pair)
    return tuple(map(tuple, groups.values()))


def notes_of(pairs: Iterable[Pair]) -> tuple[Note, ...]:
    """Return the notes of pairs, each once, in order of position."""
    notes = dict.fromkeys(note for pair in pairs for note in (pair.one, pair.other))
    return tuple(sorted(notes, key=lambda note: (note.path, note.span)))


def _root(parents: dict[Note, Note], note: Note) -> Note:
    parent = parents.setdefault(note, note)
    while parent != parents[parent]:
        parents[parent] = parents[parents[parent]]
        parent = parents[parent]
    parents[note] = parent
    return parent


def _continues(before: Pair, pair: Pair) -> bool:
    """Return whether a pair of notes continues the passage of the pair before it."""
    if (before.one.path, before.other.path) != (pair.one.path, pair.other.path):
        return False
    if _is_silenced(before.other) or _is_silenced(pair.other):
        return False
    return all(
        0 < after <= GAP
        for after in (steps_between(before.one, pair.one), steps_between(before.other, pair.other))
    )


def steps_between(one: Note, other: Note) -> int:
    """Return the number of notes from one to another one of the same document; negative if it is above."""
    order = _order(one.root, one.document)
    return order[other.span.start, other.span.end] - order[one.span.start, one.span.end]


@lru_cache(maxsize=256)
def _order(root: str, document: Document) -> dict[tuple[int, int], int]:
    """Return the numbers of the notes of a document by start and end, which are hashed faster than notes."""
    notes = enumerate(passages_in(root, document))
    return {(note.span.start, note.span.end): number for number, note in notes}


def _is_silenced(note: Note) -> bool:
    silenced = _silenced(note.document)
    return bool(silenced) and note.document.position(note.span.start).line in silenced


@lru_cache(maxsize=256)
def _silenced(document: Document) -> frozenset[int]:
    return frozenset(line for comment in suppressions_of(document) for line in comment.lines)


@keep_last(4)  # three rules and `dedupe` ask for them
def likenesses(snapshot: Snapshot, least: float) -> Likenesses:
    """Return the repeated passages of a store that are worth reporting, as `find_likenesses` does.

    They are the same as long as every file of the store is.

    Args:
        snapshot: The store.
        least: Least share of common words of two notes to compare.
    """
    known = snapshot.kept
    if known is None:
        return find_likenesses(snapshot, least)
    name, digest = f"likenesses {least}", digest_of(snapshot)
    passages = passages_of(snapshot)
    packed = known.of(name, digest)
    if packed is not None:
        return _unpacked(passages, packed)
    found = find_likenesses(snapshot, least)
    known.add_of(name, digest, _packed(passages, found))
    return found


def _packed(passages: tuple[Note, ...], found: Likenesses) -> list[object]:
    places = {id(each): at for at, each in enumerate(passages)}
    pairs = [
        (
            places[id(each.one)],
            places[id(each.other)],
            each.judgement.verdict,
            each.judgement.kind,
            each.judgement.one,
            each.judgement.other,
            each.judgement.likeness,
        )
        for each in found.pairs
    ]
    return [pairs, found.capped]


def _unpacked(passages: tuple[Note, ...], packed: Any) -> Likenesses:  # noqa: ANN401  # JSON
    pairs, capped = packed
    return Likenesses(
        tuple(
            Pair(
                passages[one],
                passages[other],
                Judgement(Verdict(verdict), kind, tuple(left), tuple(right), likeness),
            )
            for one, other, verdict, kind, left, right, likeness in pairs
        ),
        capped,
    )
