"""Summaries of topics, in words that readers search for."""

import re
from collections.abc import Iterable, Sequence

from memoryd.domain.compaction.parts.identifiers import identifiers, nouns

_PLAIN = re.compile(r"[^\W_][^\W_-]*(?:-[^\W_-]+)*")
_LONGEST_TERM = 40  # characters
_MOST_TITLES = 3  # more leave too little room for what a reader searches for
_NOTHING = 1e-9
_HALF = 0.5  # a noun alone says half of what an identifier says


def summary(texts: Sequence[str], titles: Iterable[str], known: str, room: int) -> str:
    """Return the identifiers and nouns by which most of the texts can be found.

    A line is covered by one of its identifiers, or by two of its nouns. Terms are chosen one by one,
    each time the one that covers most for its length, and listed in the order of the texts.

    Args:
        texts: What is behind the pointer, entry by entry.
        titles: Headings of it; they come first.
        known: The title and path of the pointer, which are not repeated.
        room: The most characters of it.
    """
    terms = _Terms(line for text in texts for line in text.split("\n") if line.strip())
    terms.cover(known)
    chosen: list[str] = []
    for title in titles:
        text = _title(title)
        if len(chosen) == _MOST_TITLES:
            break
        if (
            text
            and text.casefold() not in known.casefold()
            and text not in chosen
            and len(text) + 2 <= room // 2
        ):
            chosen.append(text)
            room -= len(text) + 2
            terms.cover(title)
    listed = {term.casefold(): term for term in reversed([*chosen, *terms.best(room)])}
    return ", ".join(reversed(listed.values()))


class _Terms:
    """The identifiers and nouns of some lines, and how much of each line is not covered by those chosen."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._shown: dict[str, str] = {}
        self._weights: dict[str, float] = {}
        self._holders: dict[str, list[int]] = {}
        self._words: list[list[str]] = []
        self._missing: list[float] = []
        for number, line in enumerate(lines):
            words = {word: 1.0 for word in identifiers(line) if len(word) <= _LONGEST_TERM}
            self._shown.update({word: _as_markdown(word) for word in words})
            for noun in nouns(line):
                if words.setdefault(noun.casefold(), _HALF) == _HALF:
                    self._shown.setdefault(noun.casefold(), noun)
            for word, weight in words.items():
                self._weights[word] = weight
                self._holders.setdefault(word, []).append(number)
            self._words.append(list(words))
            self._missing.append(1.0)
        self._gains = {word: self._weights[word] * len(where) for word, where in self._holders.items()}

    def cover(self, text: str) -> None:
        """Take the words of a text as chosen."""
        for word in {*identifiers(text), *(noun.casefold() for noun in nouns(text))}:
            self._choose(word)

    def best(self, room: int) -> list[str]:
        """Return the terms that cover most for their length, in the order of the lines."""
        picked: list[str] = []
        while True:
            room_left = room - (2 if picked else 0)
            fitting = (
                word
                for word, gain in self._gains.items()
                if gain > _NOTHING and len(self._shown[word]) <= room_left
            )
            word = max(
                fitting, key=lambda each: self._gains[each] / (len(self._shown[each]) + 2), default=None
            )
            if word is None:
                break
            room = room_left - len(self._shown[word])
            picked.append(word)
            self._choose(word)
        return [self._shown[word] for word in self._holders if word in picked]

    def _choose(self, word: str) -> None:
        weight = self._weights.get(word, 0.0)
        for at in self._holders.get(word, ()):
            old = self._missing[at]
            self._missing[at] = max(old - weight, 0.0)
            for each in self._words[at]:
                lost = min(old, self._weights[each]) - min(self._missing[at], self._weights[each])
                self._gains[each] -= lost
        self._gains[word] = 0.0


def _as_markdown(word: str) -> str:
    """Return an identifier as it can be written in a line: as code, unless it is a plain word."""
    return word if _PLAIN.fullmatch(word) else f"`{word}`"


def _title(title: str) -> str:
    """Return the first clause of a heading, without marks that could mean something in Markdown."""
    clause = re.split(r"\s[—–-]\s|:\s|\(", title, maxsplit=1)[0]
    return re.sub(r"[\\\[\]<>`*_~|!#]+", " ", clause).strip(" .,;:—–-")
