"""Groups of repeated notes, each with all its places."""

from collections.abc import Iterable
from functools import lru_cache

from memoryd.domain.checks.suppressions import suppressions_of
from memoryd.domain.duplicates.pairs import Pair
from memoryd.domain.duplicates.passages import Note, passages_in
from memoryd.domain.markdown.document import Document
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
    return order[other] - order[one]


@lru_cache(maxsize=256)
def _order(root: str, document: Document) -> dict[Note, int]:
    return {note: number for number, note in enumerate(passages_in(root, document))}


def _is_silenced(note: Note) -> bool:
    return note.document.position(note.span.start).line in _silenced(note.document)


@lru_cache(maxsize=256)
def _silenced(document: Document) -> frozenset[int]:
    return frozenset(line for comment in suppressions_of(document) for line in comment.lines)
