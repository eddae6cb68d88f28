"""Words of a note, independent of markup, punctuation and script."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from sys import intern  # 100,000 notes have few different words

from memoryd.domain.duplicates.candidates import dense_features, feature_of
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
COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
"""An HTML comment."""
CODE = regex(r"(?<!`)`{1,2}([^`]{1,2000})`{1,2}(?!`)")
"""A code span; its first group is the code."""
_BULLET = regex(r"^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+)*", re.MULTILINE)
_LINK = regex(r"!?\[([^\[\]]*)\]\(([^()\s]*)[^()]*\)")
_WIKI = regex(r"\[\[([^\[\]]+)\]\]")
_EMPHASIS = regex(r"(?<![\w*\\])([*_]{1,3})(?=[^\s*_])(.{1,400}?)(?<![\s*_\\])\1(?![\w*])", re.DOTALL)
_ESCAPE = regex(r"\\([!-/:-@\[-`{-~])")
_CODED = "\ue000"  # replaces code spans while markup is processed
_SMALL = regex("([⁰¹²³⁴-⁹⁺⁻ⁿⁱ]+)|([₀-₉₊₋]+)|([¼-¾⅐-⅞])")  # NFKC would make them plain
# Full-width punctuation separates words, as the space after Latin punctuation does.
_WIDE = regex("[，；！、。《》〈〉「」『』【】（）“”‘’„‟‚«»…·—–―‐‑｡｢｣､]|(?<![0-9０-９])：|：(?![0-9０-９])")
_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
DENSE = 0x0E00
"""First code point of scripts without spaces between words."""
_TOKEN = regex(
    rf"https?://[^\s{_SCRIPTS}<>\"]+"
    rf"|\[[ xX]\](?=\s)"
    rf"|(?P<dense>[{_SCRIPTS}]+)"
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
_ENDS = regex(r"[ \t]*\r?\n[ \t>]*")
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
    if "`" in text:
        coded = " ".join(CODE.findall(text))
        runs = (_read(each[0], _ALONE) for each in _TOKEN.finditer(plain(coded)))
        names.update(token for run, _ in runs for token, _ in run)
    is_german = bool(_GERMAN.search(text))
    for clause in _clauses(plain(text)):
        begin = len(tokens)
        for found in _TOKEN.finditer(clause):
            if found["dense"]:
                negations += len(NEGATING.findall(found[0]))
                _add_dense(found[0], tokens, features)
                continue
            parts, is_name = _read(found[0], not clause[found.end() : found.end() + 1].strip())
            for token, feature in parts:
                if _is_unit(token, tokens):
                    continue
                if is_name and len(tokens) > begin and not is_german:
                    names.add(token)
                negations += token in NEGATIONS or token in REPLACING
                tokens.append(token)
                features.add(feature)
        if len(tokens) > begin:
            ends.append(len(tokens))
    if len(whole) > len(text):  # the unread rest must be identical
        tokens.append(f"#{sha256(whole[LONGEST:].encode(errors='surrogatepass')).hexdigest()}")
        ends.append(len(tokens))
    return Words(tuple(tokens), frozenset(names), tuple(ends), frozenset(features - {""}), negations, text)


def plain(text: str) -> str:
    """Return a text without markup, normalized, with link destinations kept."""
    text = COMMENT.sub(" ", text)
    text, codes = masked(text) if "`" in text else (text, [])
    if not text.isascii():
        text = _WIDE.sub(lambda found: " . " if found[0] in "。；！，｡" else " ", text)
        text = unicodedata.normalize("NFKC", _SMALL.sub(_spelled, text))
    text = _BULLET.sub("", text)
    if "[" in text:
        text = _WIKI.sub(r" \1 ", _LINK.sub(r"\1 \2", text))
    text = without_emphasis(text).replace("~~", " ~~ ")
    text = _ESCAPE.sub(r"\1", text).replace("`", " ")
    return unmasked(text, codes) if codes else text


def masked(text: str) -> tuple[str, list[str]]:
    """Return a text with a placeholder for each code span, and the code."""
    codes: list[str] = []

    def mask(found: re.Match[str]) -> str:
        codes.append(_ENDS.sub(" ", found[1]))
        return f"`{_CODED}`"

    return CODE.sub(mask, text.replace(_CODED, " ")), codes


def unmasked(text: str, codes: list[str]) -> str:
    """Return a text with its code restored: the inverse of `masked`."""
    left = iter(codes)
    return re.sub(_CODED, lambda _: next(left), text)


def without_emphasis(text: str) -> str:
    """Return a text without emphasis marks."""
    if "*" not in text and "_" not in text:
        return text
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text))


def _spelled(found: re.Match[str]) -> str:
    power, index, part = found.groups()
    return f"^{power}" if power else f"_{index}" if index else f" {part}"


def _clauses(text: str) -> Iterator[str]:
    yield from re.split(r"(?<=[^\s.\d])[.!;:,](?=\s|$)|[.!;](?=\s|$)|(?<=\d)[,;](?=\s|$)|\s-{1,2}\s|\n", text)


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


@lru_cache(16_384)  # a memory has few different words; a keyword would make each look-up dearer
def _read(chunk: str, last: bool) -> tuple[tuple[tuple[str, str], ...], bool]:  # noqa: FBT001
    """Return the tokens of a run without spaces, each with its feature, and whether it looks like a name.

    Args:
        chunk: The run.
        last: Whether a space or nothing follows.
    """
    tokens = (intern(token) for token in _tokens(chunk, last=last) if token not in _STOP)
    return tuple((token, intern(_feature(token))) for token in tokens), bool(
        _NAME.fullmatch(chunk.strip(_EDGES))
    )


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
        yield from ("can", "not")
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
    if is_amount(token):
        return "0"
    return feature_of(token)


def stem(word: str) -> str:
    """Return a word without its most variable endings; the same for every language, and not readable."""
    if len(word) < 5:  # noqa: PLR2004  # too little would be left
        return word
    for ending in ("ing", "ed", "es", "en", "er", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004  # enough to distinguish words
            return word[: -len(ending)]
    return word
