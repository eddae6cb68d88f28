"""Runs of a text without spaces, and their words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from sys import intern  # 100,000 notes have few different words
from typing import NamedTuple

from memoryd.domain.duplicates.candidates import feature_of
from memoryd.domain.duplicates.vocabulary import COUNTABLES, NEGATIONS, NUMBERS, REPLACING, UNITS
from memoryd.values import regex

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
_AMOUNT = regex(r"([+-]?\d[\d.]*)([^\W\d_]{1,12}|%|µs|°[cf])?", re.IGNORECASE)
_GROUPED = regex(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EDGES = "`'’:.,!*~|&"
_OPENINGS = (".", "*.", "~/")  # starts of names, not punctuation
_OPERATOR = regex(r"[-<>=!~≤≥≠±→←↔⇒⇔]*[<>=≤≥≠±→←↔⇒⇔][-<>=!~≤≥≠±→←↔⇒⇔]*|&&|\|\||!+")
WORD = regex(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A word of letters."""
_HARD = regex(r"[\d_/\\@#$=+:.<>≤≥≠±→←⇒^%]|[a-zà-ÿ][A-Z]|^--?\w")
_NAME = regex(r"[A-Z][a-z]+|[A-Z]{2,}")
_NEGATED = regex(r"(?P<verb>[a-z]+)n['’]t")
_SHORT = {"ca": "can", "wo": "will", "sha": "shall"}
_ALONE = True  # a space or nothing follows
_STOP = frozenset({"the"})  # carries no meaning
JOINING = COUNTABLES | UNITS.keys()
"""Tokens that may belong to the one before them."""
TURNING = NEGATIONS | REPLACING
"""Tokens that turn a statement."""
_UNUSUAL = JOINING | TURNING | NUMBERS.keys() | _STOP | {"cannot"}


class Chunk(NamedTuple):
    """A run without spaces: its tokens, each with its feature.

    Attributes:
        tokens: The tokens.
        features: Their features.
        is_name: It looks like a name.
        is_special: A token may join the one before it, or negates; or it is one of several in a name.
    """

    tokens: tuple[str, ...]
    features: tuple[str, ...]
    is_name: bool
    is_special: bool


def chunks_in(clause: str) -> tuple[Chunk, ...]:
    """Return the chunks of a clause; that of a script without spaces has no features yet."""
    if clause.isascii() and clause.isalpha():  # as most are: one that no pattern splits
        return (_read(clause, _ALONE),)
    return tuple(
        Chunk((found[0],), (), is_name=False, is_special=True)
        if found[0] >= _FIRST_DENSE and _IS_DENSE.match(found[0])
        else _read(found[0], not clause[found.end() : found.end() + 1].strip())
        for found in _TOKEN.finditer(clause)
    )


def words_alone(text: str) -> Iterator[str]:
    """Yield the words of a text, each as if nothing else were there."""
    return chain.from_iterable(_read(found[0], _ALONE).tokens for found in _TOKEN.finditer(text))


@lru_cache(65_536)  # a memory has few different words; a keyword would make each look-up dearer
def _read(chunk: str, last: bool) -> Chunk:  # noqa: FBT001
    """Return the tokens of a run without spaces.

    Args:
        chunk: The run.
        last: Whether a space or nothing follows.
    """
    if chunk.isascii() and chunk.isalpha() and (chunk.islower() or chunk.istitle() or chunk.isupper()):
        lower = intern(chunk.lower())
        is_name = len(chunk) > 1 and lower != chunk
        if lower not in _UNUSUAL:  # ten times as fast as what follows
            return Chunk((lower,), (intern(feature_of(lower)),), is_name, is_special=False)
        found: Iterable[str] = _word(lower)
    else:
        found = _tokens(chunk, last=last)
        is_name = bool(_NAME.fullmatch(chunk.strip(_EDGES)))
    tokens = tuple(intern(token) for token in found if token not in _STOP)
    is_plain = JOINING.isdisjoint(tokens) and TURNING.isdisjoint(tokens) and not (is_name and tokens[1:])
    return Chunk(tokens, tuple(intern(_feature(token)) for token in tokens), is_name, not is_plain)


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
