"""Evidence from git: commits, renames and deletions of paths."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta

from memoryd.values import dataclass

LONG_AGO = timedelta(days=365)
"""Age from which memory counts as stale by default."""

SPARED = frozenset({"user", "feedback"})
"""Types of memory that are proposed for removal only if a person names them."""


@dataclass(frozen=True, slots=True)
class MovedFile:
    """The new path of a file that a link still expects at its old path.

    Attributes:
        place: Absolute path of the file now.
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
    """The commit that removed a path from a repository.

    Attributes:
        commit: The last one that removed or renamed it.
        renamed: Its new path, from the root of the working tree; "" if it was deleted.
    """

    commit: Commit
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts by which rules judge whether a memory is outdated.

    Attributes:
        today: The day of the examination; None if unknown.
        committed: The last commit of files, by absolute path.
        departed: Deleted or renamed paths of the repository, by absolute path, of those that documents
            name.
        existing: Absolute paths that documents name, and whether each exists.
    """

    today: date | None = None
    committed: Mapping[str, Commit] = field(default_factory=dict)
    departed: Mapping[str, DepartedPath] = field(default_factory=dict)
    existing: tuple[tuple[str, bool], ...] = field(default=(), compare=False)
