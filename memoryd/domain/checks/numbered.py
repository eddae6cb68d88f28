"""Numbered fixes, which a person accepts or leaves out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.edits.plan import Fix
from memoryd.values import dataclass

FixKey = tuple[str, str, str, str, int]
"""Identity of a fix while others are left out: code, path, quoted text, title, number among equal ones."""


@dataclass(frozen=True, slots=True)
class NumberedFix:
    """A proposed change with its evidence.

    Attributes:
        number: Its number in the output, from 1.
        found: The findings that it fixes, at least one.
        make: Returns the change, the same at each call; where it is only shown, it is made only then.
        keys: The identities of the fix, one for each finding.
        is_first: Whether it changes the files as they are, and not as earlier fixes leave them.
    """

    number: int
    found: tuple[Diagnostic, ...]
    make: Callable[[], Fix]
    keys: frozenset[FixKey] = frozenset()
    is_first: bool = True

    @property
    def fix(self) -> Fix:
        """The change."""
        return self.make()

    @property
    def place(self) -> Diagnostic:
        """The first of its findings."""
        return self.found[0]


def keyed(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[FixKey, Diagnostic]]:
    """Yield findings that have a fix, each with the identity of its fix, in their order."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for each in diagnostics:
        if each.fix:
            key = (each.code, each.path, each.quoted, each.fix.title)
            yield (*key, seen[key]), each
            seen[key] += 1


@dataclass(frozen=True, slots=True)
class FixRound:
    """The fixes that are applied together, before the findings are judged again.

    Attributes:
        found: All findings before these fixes.
        fixed: Those that are fixed.
        fixes: The fixes, in their order.
    """

    found: tuple[Diagnostic, ...]
    fixed: tuple[Diagnostic, ...]
    fixes: tuple[Fix, ...]

    @property
    def keys(self) -> frozenset[FixKey]:
        """The identities of the fixes."""
        fixed = set(map(id, self.fixed))
        return frozenset(key for key, each in keyed(self.found) if id(each) in fixed)


def numbered(rounds: Iterable[FixRound]) -> tuple[NumberedFix, ...]:
    """Return the fixes of some rounds with their numbers."""
    made: list[NumberedFix] = []
    for number, done in enumerate(rounds):
        fixed = set(map(id, done.fixed))
        found: dict[Fix, list[tuple[FixKey, Diagnostic]]] = {}
        for key, each in keyed(done.found):
            if each.fix and id(each) in fixed:
                found.setdefault(each.fix, []).append((key, each))
        for fix in done.fixes:
            if here := found.get(fix):
                keys = frozenset(key for key, _ in here)
                diagnostics = tuple(each for _, each in here)
                made.append(
                    NumberedFix(len(made) + 1, diagnostics, partial(_same, fix), keys, is_first=not number)
                )
    return tuple(made)


def _same(fix: Fix) -> Fix:
    return fix


def keys_without(fixes: Iterable[NumberedFix], excluded: frozenset[int]) -> frozenset[FixKey]:
    """Return the identities of all fixes but some, by number."""
    kept: set[FixKey] = set()
    left_out: set[FixKey] = set()
    for each in fixes:
        (left_out if each.number in excluded else kept).update(each.keys)
    return frozenset(kept - left_out)
