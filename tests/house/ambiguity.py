"""Regular expressions that can read one text in exponentially many ways.

Only repeats without a (small) bound are looked at. Each is made a Glushkov automaton, whose states are the
places of its characters. It is ambiguous if two ways lead from a place back to it over one text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]  # the parser of the standard library
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_SMALL = 8  # repeats up to here are written out; larger ones count as endless
_SIGNS = "éßñжЖ你かー한“”„«»‘’—–…·，。：；、（）「」★✅👩\u200d\u200b\xa0\u2028\u0301²٣"
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CHARACTERS = (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN)

_Pair = tuple[int, int]  # two places that are reached over the same text
_Parsed = Any  # a sequence of parsed parts, or the operator or argument of one


def endless_repeats(pattern: str | bytes, flags: int = 0) -> Iterator[bool]:
    """Yield, for each endless repeat of a regular expression, whether it is ambiguous."""
    parsed = parser.parse(pattern, flags)
    for body, inner_flags in _repeats(parsed, parsed.state.flags):
        if len(body) == 1 and body[0][0] in _CHARACTERS:
            continue
        automaton = _Automaton(_Alphabet(_codes(parsed, is_text=isinstance(pattern, str)), inner_flags))
        automaton.close(automaton.add(body))
        yield automaton.is_ambiguous


def _repeats(parsed: _Parsed, flags: int) -> Iterator[tuple[_Parsed, int]]:
    for operator, argument in parsed:
        if operator is sre.ATOMIC_GROUP and len(argument) == 1 and argument[0][0] in _REPEATS:
            yield from _repeats(
                argument[0][1][2], flags
            )  # what ends an atomic group never takes back anything
            continue
        if operator in _REPEATS:
            _, most, body = argument
            is_sure = operator is sre.POSSESSIVE_REPEAT or [each for each, _ in body] == [sre.ATOMIC_GROUP]
            if most > _SMALL and not is_sure:  # one that takes back nothing has one way only
                yield body, flags
        more = _changed(flags, argument) if operator is sre.SUBPATTERN else flags
        for inner in _inner(operator, argument):
            yield from _repeats(inner, more)


def _changed(flags: int, group: _Parsed) -> int:
    """Return the flags that hold inside a group."""
    return (int(flags) | int(group[1])) & ~int(group[2])


def _inner(operator: _Parsed, argument: _Parsed) -> Iterator[_Parsed]:
    if operator in _REPEATS:
        yield argument[2]
    elif operator is sre.SUBPATTERN:
        yield argument[3]
    elif operator is sre.ATOMIC_GROUP:
        yield argument
    elif operator is sre.BRANCH:
        yield from argument[1]
    elif operator in {sre.ASSERT, sre.ASSERT_NOT}:
        yield argument[1]
    elif operator is sre.GROUPREF_EXISTS:
        yield from (each for each in argument[1:] if each is not None)


def _codes(parsed: _Parsed, *, is_text: bool) -> tuple[int, ...]:
    """Return characters that stand for all: ASCII, some others, and those that an expression names."""
    found = {*range(128), *(map(ord, _SIGNS) if is_text else (0x80, 0xFF)), *_named(parsed)}
    folded = {ord(each) for code in found for each in _cases(chr(code))} if is_text else set()
    return tuple(sorted(found | folded))


def _cases(character: str) -> Iterator[str]:
    """Yield a character in both cases."""
    yield from (each for each in (character.lower(), character.upper()) if len(each) == 1)


class _Alphabet:
    """Characters, and which of them a part of an expression matches under some flags."""

    def __init__(self, codes: tuple[int, ...], flags: int) -> None:
        self.flags = flags
        self._codes = codes
        self._all = (1 << len(codes)) - 1

    def with_flags(self, flags: int) -> "_Alphabet":
        """Return the same characters under other flags."""
        return _Alphabet(self._codes, flags)

    def set_of(self, operator: _Parsed, argument: _Parsed) -> int:
        """Return the characters that a part matches, as bits."""
        if operator is sre.ANY:
            return self._all if self.flags & re.DOTALL else self._all & ~self._bits(10, 10)
        if operator is not sre.IN:
            found = self._bits(argument, argument)
            return found if operator is sre.LITERAL else self._all & ~found
        found, is_negated = 0, False
        for kind, each in argument:
            if kind is sre.NEGATE:
                is_negated = True
            elif kind is sre.CATEGORY:
                is_ascii = bool(self.flags & re.ASCII) or not self.flags & re.UNICODE
                found |= _of_category(self._codes, _CATEGORIES[each], is_ascii=is_ascii)
            else:
                found |= self._bits(*(each if kind is sre.RANGE else (each, each)))
        return self._all & ~found if is_negated else found

    def _bits(self, first: int, last: int) -> int:
        return _of_range(self._codes, first, last, folds=bool(self.flags & re.IGNORECASE))


@lru_cache(4096)
def _of_range(codes: tuple[int, ...], first: int, last: int, *, folds: bool) -> int:
    found = 0
    for at, code in enumerate(codes):
        if first <= code <= last or (folds and any(first <= ord(each) <= last for each in _cases(chr(code)))):
            found |= 1 << at
    return found


@lru_cache(1024)
def _of_category(codes: tuple[int, ...], category: str, *, is_ascii: bool) -> int:
    is_in = re.compile(category, re.ASCII if is_ascii else 0).match
    return sum(1 << at for at, code in enumerate(codes) if is_in(chr(code)))


def _named(parsed: _Parsed) -> Iterator[int]:
    for operator, argument in parsed:
        if operator in {sre.LITERAL, sre.NOT_LITERAL}:
            yield argument
        elif operator is sre.IN:
            for kind, each in argument:
                if kind is sre.LITERAL:
                    yield each
                elif kind is sre.RANGE:
                    yield from each
        for inner in _inner(operator, argument):
            yield from _named(inner)


@dataclass(frozen=True)
class _Part:
    """A part of an expression: the places where it begins and ends, and whether it may be empty."""

    first: frozenset[int]
    last: frozenset[int]
    is_empty: bool


_NOTHING = _Part(frozenset(), frozenset(), is_empty=True)


class _Automaton:
    """Places of characters, and which follow which; more than once where there are several ways."""

    def __init__(self, letters: _Alphabet) -> None:
        self._letters = letters
        self._sets: list[int] = []
        self._follow: dict[tuple[int, int], int] = {}
        self._greedy: dict[
            int, int
        ] = {}  # characters that cannot follow a place: a possessive repeat takes them

    def add(self, parsed: _Parsed) -> _Part:
        """Add a sequence."""
        whole = _NOTHING
        for operator, argument in parsed:
            whole = self._join(whole, self._part(operator, argument))
        return whole

    def close(self, part: _Part) -> None:
        """Let a part follow itself."""
        for before in part.last:
            for after in part.first:
                self._link(before, after)

    def _link(self, before: int, after: int) -> None:
        if self._sets[after] & ~self._greedy.get(before, 0):
            self._follow[before, after] = self._follow.get((before, after), 0) + 1

    def _join(self, one: _Part, other: _Part) -> _Part:
        for before in one.last:
            for after in other.first:
                self._link(before, after)
        first = one.first | other.first if one.is_empty else one.first
        last = one.last | other.last if other.is_empty else other.last
        return _Part(first, last, one.is_empty and other.is_empty)

    def _part(self, operator: _Parsed, argument: _Parsed) -> _Part:
        if operator in _CHARACTERS:
            self._sets.append(self._letters.set_of(operator, argument))
            place = frozenset({len(self._sets) - 1})
            return _Part(place, place, is_empty=False)
        if operator in _REPEATS:
            return self._repeat(operator, *argument)
        around = self._letters
        if operator is sre.SUBPATTERN:
            self._letters = around.with_flags(_changed(around.flags, argument))
        is_look_around = operator in {
            sre.ASSERT,
            sre.ASSERT_NOT,
        }  # taken as if it held anywhere, as anchors are
        parts = [] if is_look_around else [self.add(each) for each in _inner(operator, argument)]
        self._letters = around
        if operator is sre.GROUPREF_EXISTS and argument[2] is None:
            parts.append(_NOTHING)
        return _either(parts) if parts else _NOTHING

    def _repeat(self, operator: _Parsed, least: int, most: int, body: _Parsed) -> _Part:
        whole = _NOTHING
        for _ in range(min(least, _SMALL)):
            whole = self._join(whole, self.add(body))
        if most > _SMALL:
            part = self.add(body)
            self.close(part)
            whole = self._join(whole, _Part(part.first, part.last, is_empty=True))
            if operator is sre.POSSESSIVE_REPEAT and len(body) == 1 and body[0][0] in _CHARACTERS:
                for place in whole.last:
                    self._greedy[place] = self._sets[place]
            return whole
        return self._join(whole, self._optional(body, most - least)) if most > least else whole

    def _optional(self, body: _Parsed, times: int) -> _Part:
        part = self.add(body)
        if times > 1:
            part = self._join(part, self._optional(body, times - 1))
        return _Part(part.first, part.last, is_empty=True)

    @property
    def is_ambiguous(self) -> bool:
        """Return whether two ways lead from a place back to it over the same text."""
        after: dict[int, list[int]] = {}
        for one, other in self._follow:
            after.setdefault(one, []).append(other)
        pairs: dict[_Pair, set[_Pair]] = {}
        waiting = [(place, place) for place in after]
        while waiting:
            pair = waiting.pop()
            if pair in pairs:
                continue
            pairs[pair] = {
                (one, other)
                for one in after.get(pair[0], ())
                for other in after.get(pair[1], ())
                if self._sets[one] & self._sets[other]
            }
            waiting += pairs[pair]
        back: dict[_Pair, set[_Pair]] = {}
        for pair, others in pairs.items():
            for following in others:
                back.setdefault(following, set()).add(pair)
        for place in {one for one, other in pairs if one == other}:
            around = _reached(pairs, (place, place)) & _reached(back, (place, place))
            if any(one != other for one, other in around) or self._is_doubled_in(around):
                return True
        return False

    def _is_doubled_in(self, group: set[_Pair]) -> bool:
        """Return whether a step between two places of a group can be taken in two ways."""
        return any(
            times > 1 and (one, one) in group and (other, other) in group
            for (one, other), times in self._follow.items()
        )


def _reached(after: Mapping[_Pair, set[_Pair]], start: _Pair) -> set[_Pair]:
    found: set[_Pair] = set()
    waiting = [start]
    while waiting:
        new = after.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _either(parts: list[_Part]) -> _Part:
    return _Part(
        frozenset().union(*(each.first for each in parts)),
        frozenset().union(*(each.last for each in parts)),
        is_empty=any(each.is_empty for each in parts),
    )
