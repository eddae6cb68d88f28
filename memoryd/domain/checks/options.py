"""Options of rules, as a person or a command gives them."""

from dataclasses import dataclass
from datetime import date

LIKENESS = 0.6
"""Share of common words from which on two notes are compared, where no other is asked for."""


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """What a person or a command asks of rules.

    Attributes:
        likeness: Share of common words from which on two notes are compared.
        want_fixes: Whether findings come with fixes that take long to plan.
        types: The types of memory that may be proposed for removal; empty for all but those that never
            age.
        stale_before: Memory last recorded before this day is stale; None for the rule's own age.
    """

    likeness: float = LIKENESS
    want_fixes: bool = True
    types: frozenset[str] = frozenset()
    stale_before: date | None = None
