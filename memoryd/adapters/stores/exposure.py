"""Permissions that other users of the machine have."""

import os
import stat
from collections.abc import Iterable

_ENTERED = {stat.S_IXOTH: stat.S_IXOTH, stat.S_IXGRP: stat.S_IXGRP | stat.S_IXOTH}


def open_to_others(paths: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return those of some paths that other users can read, and those that they can write to.

    A file in a directory that they cannot enter is closed. A group that may write counts as other users,
    unless it has the number of the owner and so belongs to the owner alone.

    Args:
        paths: Absolute paths; what cannot be looked at is left out.
    """
    entered: dict[tuple[str, int], bool] = {}
    readable, writable = set(), set()
    for path in paths:
        try:
            found = os.stat(path)
        except OSError:
            continue
        directory = os.path.dirname(os.path.realpath(path))
        if _can_enter(directory, stat.S_IXOTH, entered):
            readable |= {path} if found.st_mode & stat.S_IROTH else set()
            writable |= {path} if found.st_mode & stat.S_IWOTH else set()
        is_shared = found.st_mode & stat.S_IWGRP and found.st_gid != found.st_uid
        if is_shared and _can_enter(directory, stat.S_IXGRP, entered):
            writable.add(path)
    return frozenset(readable), frozenset(writable)


def _can_enter(directory: str, who: int, known: dict[tuple[str, int], bool]) -> bool:
    """Return whether all others, or a group, can enter a directory and all above it."""
    if (directory, who) not in known:
        above = os.path.dirname(directory)
        try:
            is_open = bool(os.stat(directory).st_mode & _ENTERED[who])
        except OSError:
            is_open = False
        known[directory, who] = is_open and (above == directory or _can_enter(above, who, known))
    return known[directory, who]
