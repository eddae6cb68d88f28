"""Known notes that a new one repeats or contradicts."""

from collections.abc import Iterator, Sequence
from heapq import nlargest

from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.duplicates.pairs import OPEN, Pair, is_told, without_families
from memoryd.domain.duplicates.passages import Note
from memoryd.domain.duplicates.similarity import CONTAINED, Verdict, judge
from memoryd.domain.duplicates.words import Words
from memoryd.domain.text.phrases import one_line, shorten

_TELLING = 3  # features: likeness of shorter notes is meaningless
_NEAREST = 8  # known notes that each new one is compared with
_QUOTED = 60  # characters of a difference


def said_already(new: Sequence[Note], known: Sequence[Note]) -> tuple[Pair, ...]:
    """Return the pairs of a known and a new note that say the same, nearly the same, or the opposite.

    Contradictions come first, then the most alike.

    Args:
        new: The new notes.
        known: Those that are there already and stay.
    """
    found = without_families(pair for note in new for pair in _pairs(note, known) if is_told(pair))
    return tuple(sorted(found, key=lambda pair: (not contradicts(pair), -pair.judgement.likeness)))


def contradicts(pair: Pair) -> bool:
    """Return whether two notes cannot both be right."""
    return pair.judgement.verdict is Verdict.CONTRADICTION and pair.judgement.kind not in OPEN


def relation(pair: Pair) -> str:
    """Return how a new note, the second one, stands to a known one, in words that a place may follow."""
    if contradicts(pair):
        one, other = (" ".join(words) or "nothing" for words in (pair.judgement.one, pair.judgement.other))
        return f'contradicts ("{shorten(one_line(one), _QUOTED)}" there, "{shorten(other, _QUOTED)}" here)'
    return "is the same as" if pair.judgement.verdict is Verdict.SAME else "is nearly the same as"


def _pairs(note: Note, known: Sequence[Note]) -> Iterator[Pair]:
    least = LIKENESS * CONTAINED
    near = [
        (share, -at) for at, other in enumerate(known) if (share := _share(note.words, other.words)) >= least
    ]
    for _, at in nlargest(_NEAREST, near):
        other = known[-at]
        judgement = judge(other.words, note.words)
        if judgement.verdict is not Verdict.DIFFERENT:
            yield Pair(other, note, judgement)


def _share(one: Words, other: Words) -> float:
    """Return the share of common features, 1 for the same words, 0 for notes that are too short."""
    if one.tokens == other.tokens:
        return float(bool(one.tokens))
    mine, theirs = one.features, other.features
    if len(mine) < _TELLING or len(theirs) < _TELLING:
        return 0.0
    common = len(mine & theirs)
    return common / (len(mine) + len(theirs) - common)
