"""Moves of HEAD that wrote files of a working tree."""

import os
import re
import stat
from typing import NamedTuple

from memoryd.adapters.git.repository import GitError, read_repository, top_of
from memoryd.values import regex

_MOST_BYTES = 64 * 1024  # of the end of a reflog
_LONGEST = 30.0  # seconds from the first file that a checkout writes to its entry in the reflog
_MOST_WORDS = 120  # bytes of what the reflog says
_SHORT = 10  # digits of a commit
_ROUNDING = 2.0  # seconds: entries have whole seconds, and some file systems, too
_ENTRY = regex(rb"([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t\n]*> (\d{1,12}) [+-]\d{4}\t([^\n]*)")
_COMMIT = regex(rb"commit(?: \((?:amend|initial)\))?:")  # these write no file
_CHECKOUT = b"checkout:"


class HeadMove(NamedTuple):
    """A move of HEAD: its time in seconds since the epoch, and what the reflog says of it, or ""."""

    time: float
    words: str = ""


def moves_of_head(path: str) -> tuple[HeadMove, ...]:
    """Return by which checkouts, merges, resets and the like the HEAD of a repository was moved.

    Args:
        path: Absolute path of a file or directory in its working tree, which need not exist.

    Returns:
        The moves, the oldest first; none if the path is in no repository.
    """
    top = top_of(os.path.realpath(path))
    try:
        repository = read_repository(top) if top else None
    except (GitError, OSError):
        return ()
    if repository is None:
        return ()
    log = _end_of(os.path.join(repository.directory, "logs", "HEAD"))
    if log is None:
        try:
            return (HeadMove(os.stat(os.path.join(repository.directory, "HEAD")).st_mtime),)
        except OSError:
            return ()
    entries = (_ENTRY.fullmatch(line) for line in log.split(b"\n"))
    return tuple(
        HeadMove(float(each[3]), _words(each)) for each in entries if each and not _writes_nothing(each)
    )


def _words(entry: re.Match[bytes]) -> str:
    """Return what an entry of the reflog says, and the commit that it led to."""
    words = entry[4].decode(errors="replace")[:_MOST_WORDS].strip()
    return f"{words}, at {entry[2][:_SHORT].decode()}"


def move_that_wrote(path: str, moves: tuple[HeadMove, ...]) -> HeadMove | None:
    """Return the move of HEAD with which git wrote or deleted a file, by the times of both; None if none.

    Args:
        path: Absolute path of the file. If it is missing, the directory that had it tells the time.
        moves: The moves.
    """
    if not moves:
        return None
    try:
        touched = os.lstat(path).st_mtime
    except OSError:
        touched = _time_of_nearest(os.path.dirname(path))
    fitting = (each for each in moves if each.time - _LONGEST <= touched <= each.time + _ROUNDING)
    return min(fitting, key=lambda each: abs(each.time - touched), default=None)


def _time_of_nearest(directory: str) -> float:
    """Return when the nearest existing directory, from this one upwards, was changed; 0 if unknown."""
    while directory != os.path.dirname(directory):
        try:
            return os.lstat(directory).st_mtime
        except FileNotFoundError:
            directory = os.path.dirname(directory)
        except OSError:
            break
    return 0.0


def _writes_nothing(entry: re.Match[bytes]) -> bool:
    """Return whether git wrote no file for an entry of the reflog: a commit, or a new branch right here."""
    return bool(_COMMIT.match(entry[4])) or (entry[1] == entry[2] and entry[4].startswith(_CHECKOUT))


def _end_of(path: str) -> bytes | None:
    """Return the last bytes of a regular file; None if it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None
        try:
            file.seek(max(status.st_size - _MOST_BYTES, 0))
            return file.read(_MOST_BYTES)
        except OSError:
            return None
