"""What is known of when things were recorded, and of where those went that are gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

LONG_AGO = timedelta(days=365)
"""What is older counts as stale where nobody says how old is too old."""

SPARED = frozenset({"user", "feedback"})
"""Types of memory that are never proposed for removal unless somebody asks for them by name."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a file went that a link still looks for.

    Attributes:
        place: Absolute path of the file that it is now.
        proved: The content is, or was when it was renamed, the same to the byte.
    """

    place: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its abbreviated id, and the day it was made."""

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Departed:
    """What took a path out of a repository.

    Attributes:
        commit: The last one that removed or renamed it.
        renamed: Where it went, from the top of the working tree; "" where it was deleted.
    """

    commit: Commit
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What rules go by that judge whether a memory still serves.

    Attributes:
        today: The day it is; None where nobody said.
        stale_before: Memory last recorded before this day is stale; None for `LONG_AGO`.
        types: The types of memory that are asked for by name; none for all but the `SPARED`.
        committed: The last commit of files, by absolute path.
        departed: Paths that were once in the repository and are gone, by absolute path, of those that
            documents name.
    """

    today: date | None = None
    stale_before: date | None = None
    types: frozenset[str] = frozenset()
    committed: Mapping[str, Commit] = field(default_factory=dict)
    departed: Mapping[str, Departed] = field(default_factory=dict)

    @property
    def cutoff(self) -> date | None:
        """The day before which memory is stale."""
        if self.stale_before or self.today is None:
            return self.stale_before
        return self.today - LONG_AGO

    def asks_for(self, types: frozenset[str]) -> bool:
        """Whether memory of these types, none where it has no type, may be proposed for removal."""
        return not types.isdisjoint(self.types) if self.types else types.isdisjoint(SPARED)
