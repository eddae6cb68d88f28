"""Comparison of two notes: same, nearly the same, or contradiction.

Word overlap only selects candidates: “30 s” is nearer to “60 s” than a paraphrase is. The verdict depends
on slots (numbers with their units, identifiers, paths, names, negations, opposites) and on the order of
words.
"""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from math import isqrt

from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.duplicates.candidates import feature_of
from memoryd.domain.duplicates.chunks import is_amount, is_hard
from memoryd.domain.duplicates.spelling import written_otherwise
from memoryd.domain.duplicates.vocabulary import COUNTERPARTS, NEGATIONS, OPPOSITE_STARTS, VALUES
from memoryd.domain.duplicates.words import Words, stem
from memoryd.values import dataclass, regex

CONTAINED = 0.75  # share of the least likeness, if one note has all words of the other
_VERSION = regex(
    r"[v^~]?\d+(?:\.\d+|\.x){1,3}(?:[-+][\w.]+)?|\d{4}-\d{2}(?:-\d{2})?|\d{1,2}:\d{2}(?::\d{2})?"
)
_TELLING = 3  # letters of a word that a prefix can negate: “it” and “unit” are not opposites
_MANY = 6  # features for which one more may differ
_LONGEST = 400  # tokens whose order is compared
_MATCHES = 5_000  # pairs of equal tokens that are aligned; notes of few different words have more
_LONG = 100  # tokens: longer notes are aligned only if
_ALIKE = 0.75  # this share of the shorter one is in both
_TURNING = frozenset({"~~", "?", "[x]", "[ ]"})  # signs that change or cancel a statement


class Verdict(StrEnum):
    """The relation of two notes."""

    SAME = "same"
    NEAR = "near"
    CONTRADICTION = "contradiction"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and for a contradiction the words that differ.

    Attributes:
        verdict: The verdict.
        kind: The difference: `amount`, `identifier`, `negation`, `opposite`, `order`, `sign`, `writing` (code
            and capitals of the same words), or "".
        one: The words of the first that differ.
        other: The words of the second.
        likeness: Share of common features, 0 to 1.
    """

    verdict: Verdict
    kind: str = ""
    one: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    likeness: float = 1.0


def likeness(one: Words, other: Words) -> float:
    """Return the share of common features among all features (Jaccard)."""
    common = len(one.features & other.features)
    return common / (len(one.features) + len(other.features) - common or 1)


def judge(one: Words, other: Words, least: float = LIKENESS) -> Judgement:
    """Compare two notes.

    Args:
        one: The first note.
        other: The second note.
        least: Notes of less likeness are different.
    """
    if one.tokens == other.tokens:
        differing = written_otherwise(one.text, other.text)
        return (
            Judgement(Verdict.CONTRADICTION, "writing", *differing) if differing else Judgement(Verdict.SAME)
        )
    share = likeness(one, other)
    if share < least and not _holds(one, other, share, least):
        return Judgement(Verdict.DIFFERENT, likeness=share)
    kind, left, right = _difference(one, other)
    return Judgement(Verdict.CONTRADICTION if kind else Verdict.NEAR, kind, left, right, share)


def is_reworded(one: Words, other: Words) -> bool:
    """Return whether two notes have nearly the same content in other words.

    Notes in which one word stands for another at the same place, and the rest is the same, are about two
    things: “the login page is slow” and “the start page is slow”.
    """
    left, right = one.features - other.features, other.features - one.features
    if min(len(left), len(right)) > 1 + min(len(one.features), len(other.features)) // _MANY:
        return False
    first, second = ([each for each in map(feature_of, words.tokens) if each] for words in (one, other))
    return len(first) != len(second) or sum(a != b for a, b in zip(first, second, strict=True)) != len(left)


def _difference(one: Words, other: Words) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the kind of difference of two similar notes, and the words of each; "" if there is none."""
    mine, theirs = Counter(one.tokens), Counter(other.tokens)
    left, right = tuple((mine - theirs).elements()), tuple((theirs - mine).elements())
    if one.negations != other.negations and not _is_one_clause_more(one, other):
        return "negation", _among(left, NEGATIONS) or left, _among(right, NEGATIONS) or right
    if _is_of_signs(left, right) and not _is_one_clause_more(one, other):
        return "sign", left, right
    if opposites := _opposites_among(left, right):
        word, opposite = opposites
        return "opposite", (word,), (opposite,)
    for kind, hard_left, hard_right in (
        ("amount", tuple(filter(is_value, left)), tuple(filter(is_value, right))),
        ("identifier", _named(left, one), _named(right, other)),
    ):
        if hard_left and hard_right:
            return kind, hard_left, hard_right
    is_other = _is_reordered(one, other) if not left and not right else _is_swapped(one, other)
    if is_other:
        return "order", left or one.tokens, right or other.tokens
    return "", left, right


def _is_reordered(one: Words, other: Words) -> bool:
    """Return whether the same tokens are in an order that may change the meaning."""
    return sorted(one.clauses) != sorted(other.clauses) and not _is_one_move(one.tokens, other.tokens)


def _is_of_signs(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Return whether the only additions of one note are signs, or signs that change the statement."""
    differing = (*left, *right)
    if not _TURNING.isdisjoint(differing):
        return True
    return bool(differing) and not (left and right) and not any(map(_is_spoken, differing))


def _is_spoken(token: str) -> bool:
    return any(map(str.isalnum, token))


@lru_cache(16_384)
def is_value(token: str) -> bool:
    """Return whether a token is an amount, a version, the name of a day or a number in words."""
    return is_amount(token) or token in VALUES or bool(_VERSION.fullmatch(token))


def _among(tokens: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(token for token in tokens if token in known)


def _named(tokens: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """Return the identifiers, paths and names among tokens."""
    return tuple(token for token in tokens if is_hard(token) or token in words.names)


def _opposites_among(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the first word that has an opposite on the other side, and the first such opposite.

    Opposites are looked up: notes of hundreds of words have too many pairs of words to compare each.
    """
    words: dict[str, int] = {}
    stems: dict[str, int] = {}
    for at, word in enumerate(right):
        words.setdefault(word, at)
        stems.setdefault(stem(word), at)
    for word in dict.fromkeys(left):
        exact, stemmed = _opposites_of(word)
        places = [words[each] for each in exact if each in words]
        places += [stems[each] for each in stemmed if each in stems]
        if places:
            return word, right[min(places)]
    return None


@lru_cache(16_384)  # a memory has few different words
def _opposites_of(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what would be an opposite of a word, known or by a prefix, and the stems of opposites."""
    exact = [*COUNTERPARTS.get(word, ())]
    for plain, turned in OPPOSITE_STARTS:
        if len(word) >= _TELLING and word.startswith(plain):
            exact.append(turned + word[len(plain) :])
        short = plain + word[len(turned) :]
        if word.startswith(turned) and len(short) >= _TELLING:
            exact.append(short)
    return tuple(exact), COUNTERPARTS.get(stem(word), ())


def _holds(one: Words, other: Words, share: float, least: float) -> bool:
    """Return whether one note has all words of the other, and some more."""
    short, long = sorted((one, other), key=lambda words: len(words.features))
    return share >= least * CONTAINED and short.features <= long.features


def _is_one_clause_more(one: Words, other: Words) -> bool:
    """Return whether one note is the other with one further clause at its start or end."""
    short, long = sorted((one, other), key=lambda words: len(words.tokens))
    size, added = len(short.tokens), len(long.tokens) - len(short.tokens)
    if added < 2:  # noqa: PLR2004  # a single word may reverse the whole note
        return False
    return (size in long.ends and long.tokens[:size] == short.tokens) or (
        added in long.ends and long.tokens[added:] == short.tokens
    )


def _is_one_move(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether the order of tokens differs by one run of several tokens that moved."""
    start = 0
    while one[start] == other[start]:
        start += 1
    end = len(one)
    while one[end - 1] == other[end - 1]:
        end -= 1
    left, right = one[start:end], other[start:end]
    shortest = 2  # a run of one word may as well be half of a swap
    codes: dict[str, str] = {}
    before, after = (
        "".join(codes.setdefault(each, chr(len(codes))) for each in run) for run in (left, right)
    )
    return (before * 2).find(after, shortest, 2 * len(before) - shortest) >= 0


def _is_swapped(one: Words, other: Words) -> bool:
    """Return whether two significant words are swapped, or two long notes are too different to tell."""
    first, second = one.tokens[:_LONGEST], other.tokens[:_LONGEST]
    shorter = min(len(first), len(second))
    if shorter > _LONG and (Counter(first) & Counter(second)).total() < _ALIKE * shorter:
        return True
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for tag, start, end, new_start, new_end in _alignment(first, second):
        if tag == "replace":
            gone.update(first[start:end])
            come.update(second[new_start:new_end])
    swapped = gone & come
    return sum(count for word, count in swapped.items() if is_hard(word) or len(word) > 2) > 1  # noqa: PLR2004


def _alignment(one: tuple[str, ...], other: tuple[str, ...]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return the edits from one run of tokens to another, of their starts if equal tokens are too many."""
    while (matches := _matches(one, other)) > _MATCHES:
        size = max(len(one), len(other))
        size = min(size - 1, isqrt(size * size * _MATCHES // matches))  # matches grow with the square
        one, other = one[:size], other[:size]
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def _matches(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return the number of pairs of equal tokens."""
    counts = Counter(other)
    return sum(count * counts[token] for token, count in Counter(one).items())
