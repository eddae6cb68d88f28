"""Differences of notes with the same words, by spelling.

Code is case-sensitive, a capital within a sentence marks a name, and “(not)” is not “not”.
"""

import re

from memoryd.domain.duplicates.chunks import WORD
from memoryd.domain.duplicates.markup import CODE, COMMENT, masked, unmasked, without_emphasis
from memoryd.domain.duplicates.vocabulary import NEGATIONS
from memoryd.values import regex

_FENCE = regex(r"(`{3,}|~{3,})[^\n]*\n(.*?)\1", re.DOTALL)
_WRAP = regex(r"[ \t]*\r?\n[ \t>]*")
_DESTINATION = regex(r"(?<=\])\([^()]*\)|\S+[/\\]\S+")
_ASIDE = regex(r"\(\s*([^\s()]{1,12})\s*\)")
_MARK = regex(r"(?:[-*+]|\d{1,9}[.)])\s+")
_STRUCTURE = regex(r"\n[ \t]*(?:\r?\n|[-*+>|#]|\d{1,9}[.)]\s|```|~~~)")
_BEFORE, _BEHIND = r"(?<![^\s(\[{“”\"'*_`,;:—–-])", r"(?![^\s)\]}“”\"'*_`.,;:!?。，；：！—–-])"

Differing = tuple[tuple[str, ...], tuple[str, ...]]
"""The words of the first note that differ, and those of the second."""


def written_otherwise(one: str, other: str) -> Differing | None:
    """Return the spelling difference that changes the meaning of the same words; None if there is none."""
    if one == other:
        return None
    left, right = COMMENT.sub(" ", one), COMMENT.sub(" ", other)
    return _code(left, right) or _capitals(left, right) or _asides(left, right)


def says_the_same(one: str, other: str) -> bool:
    """Return whether two notes are identical except for emphasis, a full stop, and list marks."""
    if one == other:
        return True
    left, right = _bare(one), _bare(other)
    return left[1:] == right[1:] and left[:1].lower() == right[:1].lower()


def comments_of(text: str) -> list[str]:
    """Return the HTML comments of a note."""
    return COMMENT.findall(text)


def _bare(text: str) -> str:
    """Return a note without list mark, emphasis and final stop; unchanged if its lines are structured."""
    text = text.strip()
    if mark := _MARK.match(text):
        text = text[mark.end() :]
    if _STRUCTURE.search(text):
        return "\n".join(line.strip() for line in text.split("\n"))
    text, codes = masked(text)
    text = " ".join(without_emphasis(text).replace("`", "").split())
    return unmasked(text, codes).rstrip(" .;")


def _code(one: str, other: str) -> Differing | None:
    left, right = _spans(one), _spans(other)
    if left == right:
        return None
    if len(left) != len(right):
        apart = (
            tuple(each for each in left if not _stands(each, other)),
            tuple(each for each in right if not _stands(each, one)),
        )
    else:
        changed = [(mine, theirs) for mine, theirs in zip(left, right, strict=True) if mine != theirs]
        apart = tuple(mine for mine, _ in changed), tuple(theirs for _, theirs in changed)
    return apart if any(apart) else None


def _spans(text: str) -> list[str]:
    """Return the code of a text, with line breaks as spaces."""
    blocks = [found[2] for found in _FENCE.finditer(text)]
    return [*(_WRAP.sub(" ", found).strip() for found in CODE.findall(_FENCE.sub(" ", text))), *blocks]


def _stands(code: str, text: str) -> bool:
    """Return whether a text contains the code of another note."""
    return bool(re.search(_BEFORE + re.escape(code) + _BEHIND, _WRAP.sub(" ", text)))


def _capitals(one: str, other: str) -> Differing | None:
    if one.upper() == one or other.upper() == other:
        return None  # all of it is in capitals, or its script has no capitals
    (names, lower, begins), (others, other_lower, other_begins) = _cased(one), _cased(other)
    left = sorted(word for word in names if word.lower() in other_lower - other_begins)
    right = sorted(word for word in others if word.lower() in lower - begins)
    return (
        (tuple(left or map(str.lower, right)), tuple(right or map(str.lower, left)))
        if left or right
        else None
    )


def _cased(text: str) -> tuple[set[str], set[str], set[str]]:
    """Return capitalized and other words within sentences, and all capitalized words."""
    text = _DESTINATION.sub(".", CODE.sub(".", text))
    names, lower, capital, end = set(), set(), set(), -1
    for found in WORD.finditer(text):
        word, begins = found[0], end < 0 or not text[end : found.start()].isspace()
        end = found.end()
        if word[0].isupper():
            capital.add(word.lower())
            if not begins:
                names.add(word)
        elif not begins:
            lower.add(word)
    return names, lower, capital


def _asides(one: str, other: str) -> Differing | None:
    left, right = (
        {f"({word})" for word in _ASIDE.findall(text.lower()) if word in NEGATIONS} for text in (one, other)
    )
    return (tuple(left - right), tuple(right - left)) if left != right else None
