"""The order of what was found, beyond how often and how rare the words are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memoryd.domain.search.segments import CLOSE, OPEN, unsegmented
from memoryd.domain.search.snippet import Passage

_POINTER = re.compile(r"\]\(|\[\[|\.md\b")
_NEAR = 0.15  # of the score, for each word more that stands in one line with another
_LITERAL = 0.5  # for a word that stands there just as it was typed
_INDEX = 0.45  # of the score: an index file names everything, and tells nothing more of it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that was found.

    Attributes:
        row: Its id.
        score: By BM25, above 0.
        root: Of its store.
        path: In its store.
        is_index: Whether it is the index file of its store.
        marked: The four columns of `facts.Columns` with what matches marked.
        passage: Its best line.
    """

    row: int
    score: float
    root: str
    path: str
    is_index: bool
    marked: tuple[str, ...]
    passage: Passage

    @property
    def points(self) -> bool:
        """Whether it is found for no more than a line that leads to another file."""
        return self.is_index and _POINTER.search(self.passage.text) is not None


def ranked(found: Iterable[Candidate], literals: Sequence[str]) -> list[tuple[float, Candidate]]:
    """Scores and candidates, the best first; equal ones by their path."""
    scored = [(_score(each, literals), each) for each in found]
    return sorted(scored, key=lambda each: (-each[0], each[1].root, each[1].path))


def _score(candidate: Candidate, literals: Sequence[str]) -> float:
    score = candidate.score * (1 + _NEAR * min(candidate.passage.different - 1, 5))
    if literals:
        text = unsegmented("\n".join(candidate.marked).replace(OPEN, "").replace(CLOSE, "")).casefold()
        score *= 1 + _LITERAL * sum(literal in text for literal in literals) / len(literals)
    return score * _INDEX if candidate.is_index else score
