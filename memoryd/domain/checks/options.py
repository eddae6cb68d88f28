"""Options of rules, from a person or a command."""

from datetime import date

from memoryd.values import dataclass

LIKENESS = 0.45
"""Default least share of common words of two notes to compare."""


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Requests to rules from a person or a command.

    Attributes:
        likeness: Least share of common words of two notes to compare.
        want_fixes: Findings come with fixes that take long to plan.
        want_changes: Those fixes come with their changes, which are shown or made; without, they only say
            what would be done.
        types: The types of memory that may be proposed for removal; empty for all except those that
            never age.
        stale_before: Memory last recorded before this day is stale; None for the default age.
    """

    likeness: float = LIKENESS
    want_fixes: bool = True
    want_changes: bool = True
    types: frozenset[str] = frozenset()
    stale_before: date | None = None
