"""Versions and events of a store or a file."""

import os
from datetime import datetime

from memoryd.adapters.history import History
from memoryd.beneath import is_within
from memoryd.domain.dates.moments import parse_moment
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.history.versions import Step, Version
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_NAMED = 5  # last versions of a file that an error names
_READ = 8  # versions that are read at first


@dataclass(frozen=True, slots=True)
class HistoryPath:
    """The path of a store, or of a file or directory in it.

    Attributes:
        root: The store's root, as it is recorded.
        path: Absolute path of a file or directory in it; the root itself for all of it.
    """

    root: str
    path: str

    @property
    def is_store(self) -> bool:
        """Return whether the path is the root of the store."""
        return self.path == self.root

    def holds(self, path: str) -> bool:
        """Return whether a file is at or below the path."""
        return is_within(path, self.path)


def places_of(path: str, history: History) -> tuple[HistoryPath, ...]:
    """Return what a path means in the history: a store, a path in one, or all stores below a directory.

    Deleted stores and files count as well, and links in the path are resolved.

    Raises:
        MemorydError: If nothing is recorded of the path.
    """
    roots = history.roots()
    for name in dict.fromkeys((os.path.abspath(path), os.path.realpath(path))):
        around = [root for root in roots if is_within(name, root)]
        if around:
            return (HistoryPath(max(around, key=len), name),)
        below = tuple(HistoryPath(root, root) for root in roots if root.startswith(f"{name.rstrip('/')}/"))
        if below:
            return below
    name = os.path.realpath(path)
    for root in roots:
        real = os.path.realpath(root)
        if is_within(name, real):
            return (HistoryPath(root, root + name[len(real) :]),)
    raise MemorydError(
        f"nothing is recorded of {path}", "name a store or a file in one; `memoryd log` lists what is known"
    )


def is_recorded(path: str, history: History) -> bool:
    """Return whether a path is, or was, a store, or a directory or file in one."""
    try:
        places = places_of(path, history)
    except MemorydError:
        return False
    return any(place.is_store or history.lookup.newest(place.root, place.path, 1) for place in places)


def is_directory(place: HistoryPath, history: History) -> bool:
    """Return whether a path is, or was, a directory with files: a store, or one in a store."""
    return history.lookup.is_directory(place.root, place.path)


def change_of(step: Step, history: History) -> FileChange:
    """Return the change of a file in a step."""
    before = step.before.digest if step.before else None
    after = step.after
    return FileChange(after.root, after.path, history.content(before), history.content(after.digest))


def find_version(history: History, place: HistoryPath, text: str, now: datetime) -> Version:
    """Return the version of a file by its number or by a moment.

    A number is that of the file; one that no version of the file has, and `#N`, is that over all files.

    Raises:
        MemorydError: If there is no such version.
    """
    moment = None if is_number(text) else moment_of(text, now)
    if moment is None:
        found = history.lookup.numbered(place.root, place.path, text)
    else:
        found = history.lookup.at(place.root, place.path, moment)
    if found is None:
        last = history.lookup.newest(place.root, place.path, _NAMED)
        known = ", ".join(str(version.number) for version in last)
        raise MemorydError(
            f"{place.path} has no version {text}",
            f"its last versions are {known}; `memoryd log` shows more"
            if known
            else "nothing is recorded of it",
        )
    return found


def is_number(version: str) -> bool:
    """Return whether the text after an `@` is a number of a version, of the file or (`#N`) over all files."""
    return version.removeprefix("#").isdecimal()


def earlier_version(history: History, place: HistoryPath, now: bytes | None) -> Version:
    """Return the newest version of a file that differs from its content now.

    Raises:
        MemorydError: If there is no such version.
    """
    versions, most = history.lookup.newest(place.root, place.path, _READ), _READ
    while versions:
        for version in reversed(versions):
            if version.digest and history.content(version.digest) != now:
                return version
        most *= 2
        versions = history.lookup.newest(place.root, place.path, most, below=versions[0].id)
    raise MemorydError(f"no other version of {place.path} is recorded", "`memoryd log` shows the versions")


def moment_of(text: str, now: datetime) -> float:
    """Return a moment in seconds since the epoch.

    Raises:
        MemorydError: If the text is not a moment.
    """
    moment = parse_moment(text, now)
    if moment is None:
        raise MemorydError(
            f'"{text}" is neither a version nor a moment',
            "versions are numbers, see `memoryd log`; moments are '2 hours ago', yesterday, 2026-02-03 14:00",
        )
    return moment.timestamp()


def state(history: History, place: HistoryPath, time: float) -> dict[str, bytes | None]:
    """Return the contents of the files of a store, or below a directory, at a moment, by absolute path."""
    found = history.lookup.state(place.root, place.path, time)
    return {version.path: history.content(version.digest) for version in found}
