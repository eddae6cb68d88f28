"""What is known of when things were recorded, and of where those went that are gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

LONG_AGO = timedelta(days=365)
"""What is older counts as stale where nobody says how old is too old."""

SPARED = frozenset({"user", "feedback"})
"""Types of memory that are never proposed for removal unless somebody asks for them by name."""


@dataclass(frozen=True, slots=True)
class MovedFile:
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
class DepartedPath:
    """What took a path out of a repository.

    Attributes:
        commit: The last one that removed or renamed it.
        renamed: Where it went, from the top of the working tree; "" where it was deleted.
    """

    commit: Commit
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts by which rules judge whether a memory is outdated.

    Attributes:
        today: The day of the examination; None where it is not known.
        committed: The last commit of files, by absolute path.
        departed: Deleted or renamed paths of the repository, by absolute path, of those that documents
            name.
    """

    today: date | None = None
    committed: Mapping[str, Commit] = field(default_factory=dict)
    departed: Mapping[str, DepartedPath] = field(default_factory=dict)
