"""Order of hits, beyond frequency and rarity of words."""

from collections.abc import Iterable, Sequence

from memoryd.domain.search.segments import CLOSE, OPEN, unsegmented
from memoryd.domain.search.snippet import Snippet
from memoryd.values import dataclass, regex

_POINTER = regex(r"\]\(|\[\[|\.md\b")
_NEAR = 0.15  # of the score, for each further word in the same line
_LITERAL = 0.5  # for a word that occurs exactly as it was typed
_INDEX = 0.45  # of the score: an index file names everything and says little


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that was found.

    Attributes:
        row: Its id.
        score: Its BM25 score, above 0.
        root: Root of its store.
        path: Its path in the store.
        is_index: Whether it is the index file of its store.
        marked: The four columns of `facts.Columns` with matches marked.
        passage: Its best line.
    """

    row: int
    score: float
    root: str
    path: str
    is_index: bool
    marked: tuple[str, ...]
    passage: Snippet

    @property
    def points(self) -> bool:
        """Return whether its only matches are in a line that leads to another file."""
        return self.is_index and _POINTER.search(self.passage.text) is not None


def ranked(found: Iterable[Candidate], literals: Sequence[str]) -> list[tuple[float, Candidate]]:
    """Return scores and candidates, the best first; equal ones by path."""
    scored = [(_score(each, literals), each) for each in found]
    return sorted(scored, key=lambda each: (-each[0], each[1].root, each[1].path))


def _score(candidate: Candidate, literals: Sequence[str]) -> float:
    score = candidate.score * (1 + _NEAR * min(candidate.passage.different - 1, 5))
    if literals:
        text = unsegmented("\n".join(candidate.marked).replace(OPEN, "").replace(CLOSE, "")).casefold()
        score *= 1 + _LITERAL * sum(literal in text for literal in literals) / len(literals)
    return score * _INDEX if candidate.is_index else score
