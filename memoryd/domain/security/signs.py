"""Signs of instructions that turn an agent against its user."""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache, lru_cache

from memoryd.domain.security.reading import ReadText
from memoryd.domain.security.sign_words import TABLES, rows
from memoryd.domain.text.phrases import without_signs
from memoryd.values import dataclass, regex


class SignKind(StrEnum):
    """Kinds of signs."""

    OVERRIDE = "override"
    CONCEAL = "conceal"
    EXPOSE = "expose"
    IMITATE = "imitate"
    FETCH = "fetch"
    ADDRESS = "address"


AGAINST_USERS = (SignKind.OVERRIDE, SignKind.CONCEAL, SignKind.EXPOSE, SignKind.IMITATE)
"""The kinds that are worth a look alone; what a server answers is run by many an honest installer."""


@dataclass(frozen=True, slots=True)
class InstructionSign:
    """One sign in a text.

    Attributes:
        kind: Its kind.
        start: Offset of its first byte.
        end: Offset after its last byte.
        is_quoted: It is in quotation marks or code, in a passage about attacks.
    """

    kind: SignKind
    start: int
    end: int
    is_quoted: bool


# What a sign may not go beyond, and its most characters
_SENTENCE, _LINE = regex(r"[.!?](?=\s)|[\n。！？]"), regex(r"\n")
_BOUNDS = {SignKind.EXPOSE: (_LINE, 220), SignKind.FETCH: (_LINE, 250)}
_OTHERWISE = (_SENTENCE, 120)
_CASELESS = "\u2e80"  # from here on, words are not separated
_BEYOND_ASCII = regex(r"[^\x00-\x7f]")
_BRACKETS = "<["
_HEAD = 3  # characters of a word by which beginnings are looked for
_NEGATED = regex(
    r"(?:\bnever|\bnot|n['’]t|\bavoid|\brefuse|\bnicht|niemals|\bnie|\bkeine|\bjamais|\bpas|\bnunca|\bno|\bnão"
    r"|\bне|不要|禁止)\b[^.\n]{0,30}\Z"
)
_ABOUT_ATTACKS = regex(
    r"inject|attack|jailbreak|adversar|malicious|phish|red[- ]team|payload|untrusted|exploit|scanner|detect"
    r"|angriff|schadhaft|attaque|ataque|инъекц|атак|注入|攻击|攻撃"
)
_AROUND = 300  # characters on each side that tell what a passage is about
_BEFORE = 60  # characters before a sign that may negate it
_QUOTES = "\"'`“”„«»「」"
_REPEATED = 16  # characters: a beginning that recurs so soon is part of no sign
_MARGIN = " \t>*#-"


@cache
def _forms(kind: SignKind) -> tuple[tuple[str, str, bool, tuple[re.Pattern[str], ...]], ...]:
    """Return each beginning, its head, whether it must begin a line, and what has to follow."""
    return tuple(
        (
            begin.removeprefix("^"),
            _head(begin.removeprefix("^")),
            begin.startswith("^"),
            tuple(map(re.compile, patterns)),
        )
        for begins, patterns in rows(TABLES[kind])
        for begin in begins
    )


def _head(begin: str) -> str:
    """Return which of the heads of a text there must be for it to have a beginning; "" if that may be any."""
    special = [each for each in begin if not each.isascii() or each in _BRACKETS]
    if special:
        return special[0]
    word = begin[: next((at for at, each in enumerate(begin) if not each.isalnum()), None)]
    return "" if len(word) < _HEAD and word == begin else word[:_HEAD]  # “ai” begins “aim”


def _heads(text: str) -> set[str]:
    """Return the first characters of all words in ASCII, all other characters, and brackets."""
    heads = set(filter(text.__contains__, _BRACKETS))
    if not text.isascii():
        heads.update(_BEYOND_ASCII.findall(text))
        text = text.encode("ascii", "replace").decode()
    return heads.union([word[:_HEAD] for word in set(without_signs(text).split())])


@lru_cache(maxsize=16)
def signs_in(source: bytes) -> tuple[InstructionSign, ...]:
    """Return the signs in a text, in order."""
    reading = ReadText(source)
    found = sorted(_signs(reading), key=lambda sign: sign.start)
    offsets = reading.offsets(at for sign in found for at in (sign.start, sign.end))
    return tuple(replace(sign, start=offsets[sign.start], end=offsets[sign.end]) for sign in found)


def _signs(reading: ReadText) -> Iterator[InstructionSign]:
    heads = _heads(reading.lines)
    for kind in SignKind:
        text = reading.lines if kind in _BOUNDS else reading.joined
        done: set[int] = set()
        for begin, head, is_first, following in _forms(kind):
            if head and head not in heads:
                continue
            following_at = text.find(begin)
            while (at := following_at) >= 0:
                following_at = text.find(begin, at + len(begin))
                is_repeated = 0 < following_at - at <= _REPEATED  # the last one counts
                if is_repeated or at in done or not _begins(reading.lines, at, is_first=is_first):
                    continue
                end = _end(text, at + len(begin), following, *_BOUNDS.get(kind, _OTHERWISE))
                if end and not (kind is SignKind.EXPOSE and _is_negated(text, at)):
                    done.add(at)
                    yield InstructionSign(kind, at, end, _is_quoted(reading.lines, at, end))


def _is_negated(lower: str, at: int) -> bool:
    return bool(_NEGATED.search(lower, max(at - _BEFORE, 0), at))


def _begins(lower: str, at: int, *, is_first: bool) -> bool:
    """Return whether a word begins at an offset, and a line if it has to."""
    if is_first:
        return not lower[lower.rfind("\n", max(at - 12, 0), at) + 1 : at].strip(_MARGIN) if at else True
    return lower[at] >= _CASELESS or not lower[at - 1 : at].isalnum()


def _end(
    lower: str, at: int, following: tuple[re.Pattern[str], ...], border: re.Pattern[str], most: int
) -> int:
    """Return the end of a sign whose beginning ends at an offset; 0 if it is none."""
    if not following:
        return 0 if lower[at - 1].isalpha() and lower[at : at + 1].isalnum() and lower[at] < _CASELESS else at
    stop = border.search(lower, at, at + most)
    rest, done = lower[at : stop.start() if stop else at + most], 0
    for pattern in following:
        match = pattern.search(rest)
        if match is None:
            return 0
        rest, done = rest[match.end() :], done + match.end()
    return at + done


def _is_quoted(lower: str, start: int, end: int) -> bool:
    """Return whether a sign is in quotation marks or code, in a passage about attacks."""
    line = lower.rfind("\n", max(start - _AROUND, 0), start) + 1 or max(start - _AROUND, 0)
    before, after = lower[line:start], lower[end : end + _AROUND].partition("\n")[0]
    if not any(each in before for each in _QUOTES) or not any(each in after for each in _QUOTES):
        return False
    return bool(_ABOUT_ATTACKS.search(lower, max(start - _AROUND, 0), end + _AROUND))
