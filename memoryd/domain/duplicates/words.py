"""Words of a note, independent of markup, punctuation and script."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from sys import intern  # 100,000 notes have few different words

from memoryd.domain.duplicates.candidates import dense_features
from memoryd.domain.duplicates.chunks import DENSE, JOINING, TURNING, Chunk, chunks_in, words_alone
from memoryd.domain.duplicates.markup import CODE, plain
from memoryd.domain.duplicates.vocabulary import AMBIGUOUS_NUMBERS, COUNTABLES, NEGATING, UNITS
from memoryd.values import dataclass, regex

LONGEST = 20_000  # characters read per note
# Tokens and features; for few of them, whether it looks like a name, whether a clause ends with it, and its
# chunks, if what they mean depends on others. Named ones take three times as long to read.
_Run = tuple[tuple[str, ...], tuple[str, ...], tuple[bool, bool, tuple[Chunk, ...]] | None]
_MOST_KNOWN = 65_536  # runs
_LINE_END: tuple[_Run] = (((), (), (False, True, ())),)
_NUMBER = regex(r"[+-]?\d[\d.,]*(?:e[+-]?\d+)?")
# In German every noun has a capital, so that capitals show no names.
_GERMAN = regex(
    r"\b(?:der|das|dem|ist|sind|wird|werden|nicht|für|mit|auf|ein|eine|einen|im|vor|jede[nmrs]?|immer|nur|beim|zum)\b",
    re.IGNORECASE,
)
_CLAUSE_END = regex(r"(?<=[^\s.\d])[.!;:,](?=\s|$)|[.!;](?=\s|$)|(?<=\d)[,;](?=\s|$)|\s-{1,2}\s|\n")


@dataclass(frozen=True, slots=True)
class Words:
    """One note, prepared for comparison.

    Attributes:
        tokens: Its words in order: words without case, numbers with their unit, identifiers with case; in
            scripts without spaces, single characters.
        names: The tokens in code, or spelled like names without starting a sentence.
        ends: Ends of clauses, as numbers of tokens before them.
        features: The units of likeness: stems of words with content, characters and pairs of them, `0` for
            every number.
        negations: The number of negations.
        text: The text that was read.
    """

    tokens: tuple[str, ...]
    names: frozenset[str]
    ends: tuple[int, ...]
    features: frozenset[str]
    negations: int
    text: str = ""

    @property
    def clauses(self) -> list[tuple[str, ...]]:
        """Return the tokens by clause, in order."""
        return [self.tokens[start:end] for start, end in zip((0, *self.ends), self.ends, strict=False)]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The tokens with a digit, sorted: what a note that is made from a template is about."""
        return tuple(sorted(token for token in self.tokens if any(map(str.isdigit, token))))

    @property
    def weight(self) -> float:
        """The number of words; a character of a script without spaces counts as half a word."""
        if self.text.isascii():  # ten times as fast
            return len(self.tokens)
        return sum(0.5 if len(word) == 1 and ord(word) >= DENSE else 1 for word in self.tokens)


@lru_cache(1024)  # hostile files have the same line thousands of times
def words_of(text: str) -> Words:
    """Return the words of one note."""
    tokens: list[str] = []
    names: set[str] = set()
    features: list[str] = []
    ends: list[int] = []
    negations = begin = 0
    whole, text = text, text[:LONGEST]
    for words, stems, unusual in _runs(plain(text)):
        if unusual is None:
            tokens += words
            features += stems
            continue
        is_name, is_end, special = unusual
        for chunk in special:
            negations += _add(chunk, begin, tokens, features, names)
        if is_name and len(tokens) > begin:
            names.update(words)
        tokens += words
        features += stems
        if is_end and len(tokens) > begin:
            begin = len(tokens)
            ends.append(begin)
    if names and _GERMAN.search(text):
        names = set()
    if "`" in text:
        coded = " ".join(CODE.findall(text))
        names.update(words_alone(plain(coded)))
    if len(whole) > len(text):  # the unread rest must be identical
        tokens.append(f"#{sha256(whole[LONGEST:].encode(errors='surrogatepass')).hexdigest()}")
        ends.append(len(tokens))
    telling = frozenset(filter(None, features))
    return Words(tuple(tokens), frozenset(names), tuple(ends), telling, negations, text)


def _runs(text: str) -> Iterable[_Run]:
    """Yield the runs of a text without spaces; a memory has few different ones.

    In brackets, a space may be part of a chunk: “[ ]”.
    """
    if "[" in text:
        return (_read(clause, is_end=True) for clause in _CLAUSE_END.split(text))
    lines = (chain(map(_KNOWN.__getitem__, line.split()), _LINE_END) for line in text.split("\n"))
    return chain.from_iterable(lines)


class _Known(dict[str, _Run]):
    """Runs that were read: finding one takes half the time of `lru_cache`."""

    def __missing__(self, run: str) -> _Run:
        """Read a run, and forget the others if they are many."""
        bare = run[:-1] if run[-1] in ".,:;!" else run
        if bare.isascii() and bare.isalpha():  # what the pattern finds, too
            found = _read(bare, is_end=bare != run)
        else:
            clause, *rest = _CLAUSE_END.split(run)
            found = _read(clause, is_end=bool(rest) or run in {"-", "--"})
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[run] = found
        return found


_KNOWN = _Known()


def _read(clause: str, *, is_end: bool) -> _Run:
    chunks = chunks_in(clause)
    if len(chunks) == 1 and not chunks[0].is_special:
        words, stems, is_name, _ = chunks[0]
        return words, stems, (is_name, is_end, ()) if is_name or is_end else None
    return (), (), (False, is_end, chunks)


def _add(chunk: Chunk, begin: int, tokens: list[str], features: list[str], names: set[str]) -> int:
    """Add the tokens of a chunk, their features, and what is spelled like a name; return its negations.

    Args:
        chunk: The chunk.
        begin: The number of tokens before its clause.
        tokens: The tokens so far.
        features: Their features.
        names: Those that are spelled like names.
    """
    if not chunk.is_special:
        if chunk.is_name and len(tokens) > begin:
            names.update(chunk.tokens)
        tokens += chunk.tokens
        features += chunk.features
        return 0
    if not chunk.features and chunk.tokens:
        (run,) = chunk.tokens
        _add_dense(run, tokens, features)
        return len(NEGATING.findall(run))
    negations = 0
    for token, feature in zip(chunk.tokens, chunk.features, strict=True):
        if token in JOINING and _is_unit(token, tokens):
            continue
        if chunk.is_name and len(tokens) > begin:
            names.add(token)
        negations += token in TURNING
        tokens.append(token)
        features.append(feature)
    return negations


def _add_dense(run: str, tokens: list[str], features: list[str]) -> None:
    """Add the characters of a script without spaces; a unit right after a number belongs to it."""
    if tokens and tokens[-1][-1].isdigit():
        unit = next((run[:size] for size in (2, 1) if run[:size] in UNITS), "")
        if unit:
            tokens[-1] += UNITS[unit]
            run = run[len(unit) :]
    tokens += run
    features += map(intern, dense_features(run))


def _is_unit(token: str, tokens: list[str]) -> bool:
    """Return whether a token is the unit of the number before it, and join the two."""
    if token in COUNTABLES and tokens:
        tokens[-1] = AMBIGUOUS_NUMBERS.get(tokens[-1], tokens[-1])
    if token not in UNITS or not _ends_with_number(tokens):
        return False
    tokens[-1] += UNITS[token]
    return True


def _ends_with_number(tokens: list[str]) -> bool:
    return bool(tokens) and bool(_NUMBER.fullmatch(tokens[-1]))


def stem(word: str) -> str:
    """Return a word without its most variable endings; the same for every language, and not readable."""
    if len(word) < 5:  # noqa: PLR2004  # too little would be left
        return word
    for ending in ("ing", "ed", "es", "en", "er", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004  # enough to distinguish words
            return word[: -len(ending)]
    return word
