"""Words of a note, independent of markup, punctuation and script."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import chain, repeat
from sys import intern  # 100,000 notes have few different words
from typing import NamedTuple

from memoryd.domain.duplicates.candidates import dense_features, feature_of
from memoryd.domain.duplicates.markup import CODE, plain
from memoryd.domain.duplicates.vocabulary import (
    AMBIGUOUS_NUMBERS,
    COUNTABLES,
    NEGATING,
    NEGATIONS,
    NUMBERS,
    REPLACING,
    UNITS,
)
from memoryd.values import dataclass, regex

LONGEST = 20_000  # characters read per note
_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
DENSE = 0x0E00
"""First code point of scripts without spaces between words."""
_FIRST_DENSE = chr(DENSE)
_IS_DENSE = regex(rf"[{_SCRIPTS}]")
_TOKEN = regex(
    rf"https?://[^\s{_SCRIPTS}<>\"]+"
    rf"|\[[ xX]\](?=\s)"
    rf"|[{_SCRIPTS}]+"
    r"|(?>(?:<?[-=~]*>+|<[-=~]*|!?[=≤≥≠±→←↔⇒⇔]+)+)[<>=]*|&&|\|\||!+(?=[\w$\"'(\[])"
    rf"|[+-]?\d[\d.,:]*"
    rf"|[^\s{_SCRIPTS}()\[\]{{}}\"“”<>=,;|]+"
    r"|\S"
)
_NUMBER = regex(r"[+-]?\d[\d.,]*(?:e[+-]?\d+)?")
_AMOUNT = regex(r"([+-]?\d[\d.]*)([^\W\d_]{1,12}|%|µs|°[cf])?", re.IGNORECASE)
_GROUPED = regex(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EDGES = "`'’:.,!*~|&"
_OPENINGS = (".", "*.", "~/")  # starts of names, not punctuation
_OPERATOR = regex(r"[-<>=!~≤≥≠±→←↔⇒⇔]*[<>=≤≥≠±→←↔⇒⇔][-<>=!~≤≥≠±→←↔⇒⇔]*|&&|\|\||!+")
WORD = regex(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HARD = regex(r"[\d_/\\@#$=+:.<>≤≥≠±→←⇒^%]|[a-zà-ÿ][A-Z]|^--?\w")
_NAME = regex(r"[A-Z][a-z]+|[A-Z]{2,}")
_NEGATED = regex(r"(?P<verb>[a-z]+)n['’]t")
_SHORT = {"ca": "can", "wo": "will", "sha": "shall"}
# In German every noun has a capital, so that capitals show no names.
_GERMAN = regex(
    r"\b(?:der|das|dem|ist|sind|wird|werden|nicht|für|mit|auf|ein|eine|einen|im|vor|jede[nmrs]?|immer|nur|beim|zum)\b",
    re.IGNORECASE,
)
_ALONE = True  # a space or nothing follows
_STOP = frozenset({"the"})  # carries no meaning
_JOINING = COUNTABLES | UNITS.keys()
_TURNING = NEGATIONS | REPLACING
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
    def weight(self) -> float:
        """The number of words; a character of a script without spaces counts as half a word."""
        return sum(0.5 if len(word) == 1 and ord(word) >= DENSE else 1 for word in self.tokens)


@lru_cache(1024)  # hostile files have the same line thousands of times
def words_of(text: str) -> Words:
    """Return the words of one note."""
    tokens: list[str] = []
    names: set[str] = set()
    features: set[str] = set()
    ends: list[int] = []
    negations = 0
    whole, text = text, text[:LONGEST]
    for clause in _CLAUSE_END.split(plain(text)):
        begin = len(tokens)
        negations += _add_clause(clause, tokens, features, names)
        if len(tokens) > begin:
            ends.append(len(tokens))
    if names and _GERMAN.search(text):
        names = set()
    if "`" in text:
        coded = " ".join(CODE.findall(text))
        names.update(
            chain.from_iterable(_read(run[0], _ALONE).tokens for run in _TOKEN.finditer(plain(coded)))
        )
    if len(whole) > len(text):  # the unread rest must be identical
        tokens.append(f"#{sha256(whole[LONGEST:].encode(errors='surrogatepass')).hexdigest()}")
        ends.append(len(tokens))
    return Words(tuple(tokens), frozenset(names), tuple(ends), frozenset(features - {""}), negations, text)


def _add_clause(clause: str, tokens: list[str], features: set[str], names: set[str]) -> int:
    """Add the tokens of a clause, their features, and what is spelled like a name; return the negations."""
    begin, negations = len(tokens), 0
    for chunk, is_last in _chunks(clause):
        if chunk[0] >= _FIRST_DENSE and _IS_DENSE.match(chunk):
            negations += len(NEGATING.findall(chunk))
            _add_dense(chunk, tokens, features)
            continue
        read = _read(chunk, is_last)
        if read.is_plain:
            tokens += read.tokens
            features.update(read.features)
            continue
        for token, feature in zip(read.tokens, read.features, strict=True):
            if token in _JOINING and _is_unit(token, tokens):
                continue
            if read.is_name and len(tokens) > begin:
                names.add(token)
            negations += token in _TURNING
            tokens.append(token)
            features.add(feature)
    return negations


def _chunks(clause: str) -> Iterable[tuple[str, bool]]:
    """Return the runs of a clause without spaces, each with whether a space or nothing follows it."""
    if clause.isascii() and clause.replace(" ", "").isalpha():  # as most are: one that no pattern splits
        return zip(clause.split(), repeat(_ALONE))
    return (
        (found[0], not clause[found.end() : found.end() + 1].strip()) for found in _TOKEN.finditer(clause)
    )


def _add_dense(run: str, tokens: list[str], features: set[str]) -> None:
    """Add the characters of a script without spaces; a unit right after a number belongs to it."""
    if tokens and tokens[-1][-1].isdigit():
        unit = next((run[:size] for size in (2, 1) if run[:size] in UNITS), "")
        if unit:
            tokens[-1] += UNITS[unit]
            run = run[len(unit) :]
    tokens += run
    features.update(map(intern, dense_features(run)))


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


class _Chunk(NamedTuple):
    """A run without spaces: its tokens, each with its feature.

    Attributes:
        tokens: The tokens.
        features: Their features.
        is_name: It looks like a name.
        is_plain: It is not a name, and no token joins the one before it or negates.
    """

    tokens: tuple[str, ...]
    features: tuple[str, ...]
    is_name: bool
    is_plain: bool


@lru_cache(65_536)  # a memory has few different words; a keyword would make each look-up dearer
def _read(chunk: str, last: bool) -> _Chunk:  # noqa: FBT001
    """Return the tokens of a run without spaces.

    Args:
        chunk: The run.
        last: Whether a space or nothing follows.
    """
    if chunk.isascii() and chunk.isalpha() and (chunk.islower() or chunk.istitle() or chunk.isupper()):
        found: Iterable[str] = _word(chunk.lower())  # what `_tokens` returns, ten times as fast
        is_name = len(chunk) > 1 and not chunk.islower()
    else:
        found = _tokens(chunk, last=last)
        is_name = bool(_NAME.fullmatch(chunk.strip(_EDGES)))
    tokens = tuple(intern(token) for token in found if token not in _STOP)
    is_plain = not is_name and _JOINING.isdisjoint(tokens) and _TURNING.isdisjoint(tokens)
    return _Chunk(tokens, tuple(intern(_feature(token)) for token in tokens), is_name, is_plain)


def _word(lower: str) -> tuple[str, ...]:
    """Return the tokens of a word of letters in lower case."""
    return ("can", "not") if lower == "cannot" else NUMBERS.get(lower, (lower,))


def _tokens(chunk: str, *, last: bool) -> Iterator[str]:
    if chunk.startswith(("http://", "https://")):
        yield chunk.rstrip(".,;:!?)'*_")
        return
    if chunk in {"[x]", "[X]", "[ ]", "~~"}:
        yield chunk.lower()
        return
    asks = last and chunk.endswith("?")
    if _OPERATOR.fullmatch(chunk) and not (last and chunk[0] == "!" == chunk[-1]):
        yield chunk
        return
    inner = chunk.rstrip(_EDGES) if chunk.startswith(_OPENINGS) else chunk.strip(_EDGES)
    inner = inner.rstrip("?") if asks else inner
    if inner:
        yield from _inner(inner)
    elif chunk not in {"-", "--"} and not all(unicodedata.category(each)[0] in "PZC" for each in chunk):
        yield chunk
    if asks:
        yield "?"


def _inner(inner: str) -> Iterator[str]:
    if inner[-1:] == "%" or inner[0].isdigit() or inner[:2].lstrip("+-")[:1].isdigit():
        whole = inner.replace(",", "") if _GROUPED.match(inner) else inner
        amount = _AMOUNT.fullmatch(whole)
        if amount and (amount[2] is None or amount[2].casefold() in UNITS):
            yield amount[1].removeprefix("+") + (UNITS[amount[2].casefold()] if amount[2] else "")
            return
    if negated := _NEGATED.fullmatch(inner.lower()):
        verb = _SHORT.get(negated["verb"], negated["verb"])
        yield from (verb, "not")
    elif inner.lower() == "cannot":
        yield from _word("cannot")
    elif _HARD.search(inner):
        yield inner
    elif WORD.search(inner):
        for word in WORD.findall(inner):
            lower = word.lower().replace("’", "'")
            yield from NUMBERS.get(lower, (lower,))
    elif any(unicodedata.category(each)[0] == "S" for each in inner):
        yield inner.replace("\ufe0f", "")


@lru_cache(16_384)
def is_hard(token: str) -> bool:
    """Return whether a token is not a word of prose: a number, a path, an identifier, a sign."""
    return (
        bool(_HARD.search(token)) or unicodedata.category(token[0])[0] == "S" or token in {"[x]", "[ ]", "~~"}
    )


def is_amount(token: str) -> bool:
    """Return whether a token is a number, with or without a unit."""
    return bool(_AMOUNT.fullmatch(token))


def _feature(token: str) -> str:
    return "0" if not token.isalpha() and is_amount(token) else feature_of(token)


def stem(word: str) -> str:
    """Return a word without its most variable endings; the same for every language, and not readable."""
    if len(word) < 5:  # noqa: PLR2004  # too little would be left
        return word
    for ending in ("ing", "ed", "es", "en", "er", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004  # enough to distinguish words
            return word[: -len(ending)]
    return word
