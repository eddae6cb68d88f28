"""Terms for finding the lines of a topic."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from memoryd.domain.compaction.parts.identifiers import identifiers, leads_in, nouns, phrases
from memoryd.values import regex

_PLAIN = regex(r"[^\W_][^\W_-]*(?:-[^\W_-]+)*")
_LATIN = regex(r"[a-z\u00c0-\u024f]", re.IGNORECASE)
_LONGEST = 40  # characters of a term
_LONGEST_KEPT = 1000  # characters of a line whose terms are kept
_NOTHING = 1e-9
_IDENTIFIER, _NOUN = 1.0, 0.5  # what each covers of a line
_COMMON_NOUN = 0.05  # what a noun covers that most lines have: it distinguishes none of them
_FEW_LINES = 5  # of fewer lines no noun is common
_SEPARATOR = 2  # characters between two terms
_HEADING_BONUS, _LEAD_BONUS, _PHRASE_BONUS, _SINGLE_BONUS = 1.5, 1.3, 1.2, 0.8


class Term(NamedTuple):
    """A phrase, identifier or noun of some lines.

    Attributes:
        shown: The term as Markdown.
        tokens: Its identifiers and folded nouns.
        bonus: What it says to a reader, beside the lines that it covers.
    """

    shown: str
    tokens: tuple[str, ...]
    bonus: float

    @property
    def is_single(self) -> bool:
        """Return whether it is one ordinary word."""
        return self.bonus == _SINGLE_BONUS


class TopicTerms:
    """The terms of some lines, and how much of each line is not covered by those chosen.

    An identifier covers a line that has it; of nouns two are needed.
    """

    def __init__(self, lines: Iterable[str], headings: Iterable[str] = ()) -> None:
        self._terms: dict[str, Term] = {}
        self._weights: list[dict[str, float]] = []
        self._holders: dict[str, list[int]] = {}
        self._missing: list[float] = []
        self._chosen: set[str] = set()
        for heading in dict.fromkeys(headings):
            self._add_line(heading)
            own = f"# {heading.casefold()}"  # covers its line, whatever words it shares
            self._holders[own] = [len(self._weights) - 1]
            self._weights[-1][own] = _IDENTIFIER
            self._terms[own] = Term(heading, (own, *_tokens(heading)), _HEADING_BONUS)
        for line in lines:
            self._add_line(line)
        for word, holders in self._holders.items():
            if len(self._weights) > _FEW_LINES and 2 * len(holders) > len(self._weights):
                for at in holders:
                    if self._weights[at][word] == _NOUN:
                        self._weights[at][word] = _COMMON_NOUN

    def _add_line(self, line: str) -> None:
        read = _read if len(line) <= _LONGEST_KEPT else _read.__wrapped__
        names, words, lead, pairs = read(line)
        weights = {word: _IDENTIFIER for word in names if len(word) <= _LONGEST}
        for word in weights:
            self._terms.setdefault(word, Term(_as_markdown(word), (word,), 1.0))
        for noun in words:
            weights.setdefault(noun.casefold(), _NOUN)
            bonus = _SINGLE_BONUS if _LATIN.search(noun) else 1.0
            self._terms.setdefault(noun.casefold(), Term(noun, (noun.casefold(),), bonus))
        for word in weights:
            self._holders.setdefault(word, []).append(len(self._weights))
        self._weights.append(weights)
        self._missing.append(1.0)
        if lead:
            self._add(lead, _LEAD_BONUS)
        for phrase in pairs:
            self._add(phrase, _PHRASE_BONUS)

    def _add(self, phrase: str, bonus: float) -> None:
        key = phrase.casefold()
        tokens = tuple(_tokens(phrase))
        if tokens and len(phrase) <= _LONGEST and (key not in self._terms or self._terms[key].bonus < bonus):
            self._terms[key] = Term(phrase, tokens, bonus)

    def leave_out(self, text: str) -> None:
        """Choose none of the words of a text, though they cover nothing."""
        self._chosen.update(_tokens(text))

    def cover(self, text: str) -> None:
        """Take the words of a text as chosen."""
        self._choose(_tokens(text))

    def covered_by(self, text: str) -> float:
        """Return the share of the lines that the words of a text cover."""
        found: dict[int, float] = {}
        for token in set(_tokens(text)):
            for at in self._holders.get(token, ()):
                found[at] = found.get(at, 0.0) + self._weights[at][token]
        return sum(min(each, 1.0) for each in found.values()) / max(len(self._weights), 1)

    def best(self, room: int) -> list[Term]:
        """Return the terms that cover most for their length, in the order of the lines.

        Args:
            room: The most characters that they take, with separators.
        """
        room += _SEPARATOR
        order = {key: number for number, key in enumerate(self._terms)}
        waiting = [(-self._value(term), order[key], key) for key, term in self._terms.items()]
        heapify(waiting)
        picked: list[str] = []
        while waiting:
            _, number, key = heappop(waiting)
            term = self._terms[key]
            if len(term.shown) + _SEPARATOR > room or self._chosen.issuperset(term.tokens):
                continue
            value = self._value(term)  # it only falls with what is chosen
            if value <= _NOTHING:
                continue
            if waiting and -value > waiting[0][0]:
                heappush(waiting, (-value, number, key))
                continue
            room -= len(term.shown) + _SEPARATOR
            picked.append(key)
            self._choose(term.tokens)
        return [self._terms[key] for key in sorted(picked, key=order.__getitem__)]

    def _value(self, term: Term) -> float:
        tokens = [token for token in term.tokens if token not in self._chosen]
        holders = (
            self._holders.get(tokens[0], ())
            if len(tokens) == 1
            else {at for token in tokens for at in self._holders.get(token, ())}
        )
        gain = sum(
            min(self._missing[at], sum(self._weights[at].get(token, 0.0) for token in tokens))
            for at in holders
        )
        return gain * term.bonus / (len(term.shown) + _SEPARATOR)

    def _choose(self, tokens: Iterable[str]) -> None:
        for token in set(tokens) - self._chosen:
            self._chosen.add(token)
            for at in self._holders.get(token, ()):
                self._missing[at] = max(self._missing[at] - self._weights[at][token], 0.0)


@lru_cache(2048)  # of two trials, most lines are the same
def _read(line: str) -> tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]:
    """Return the identifiers, the nouns, the lead and the phrases of a line."""
    return identifiers(line), nouns(line), leads_in(line), phrases(line)


def _tokens(text: str) -> Iterator[str]:
    yield from identifiers(text)
    yield from (noun.casefold() for noun in nouns(text))


def _as_markdown(word: str) -> str:
    """Return an identifier as it can be written in a line: as code, unless it is a plain word."""
    return word if _PLAIN.fullmatch(word) else f"`{word}`"
