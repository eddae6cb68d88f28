"""Moves of HEAD that wrote files of a working tree."""

import os
import re
import stat

from memoryd.adapters.git.repository import GitError, read_repository, top_of
from memoryd.values import regex

_MOST_BYTES = 64 * 1024  # of the end of a reflog
_LONGEST = 30.0  # seconds from the first file that a checkout writes to its entry in the reflog
_ROUNDING = 2.0  # seconds: entries have whole seconds, and some file systems, too
_ENTRY = regex(rb"([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t\n]*> (\d{1,12}) [+-]\d{4}\t([^\n]*)")
_COMMIT = regex(rb"commit(?: \((?:amend|initial)\))?:")  # these write no file
_CHECKOUT = b"checkout:"


def times_of_moves(path: str) -> tuple[float, ...]:
    """Return when a checkout, merge, reset and the like moved the HEAD of a repository.

    Args:
        path: Absolute path of a file or directory in its working tree, which need not exist.

    Returns:
        Seconds since the epoch; none if the path is in no repository.
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
            return (os.stat(os.path.join(repository.directory, "HEAD")).st_mtime,)
        except OSError:
            return ()
    entries = (_ENTRY.fullmatch(line) for line in log.split(b"\n"))
    return tuple(float(each[3]) for each in entries if each and not _writes_nothing(each))


def was_written(path: str, moves: tuple[float, ...]) -> bool:
    """Return whether git wrote or deleted a file when it moved HEAD, by the times of both.

    Args:
        path: Absolute path of the file. If it is missing, the directory that had it tells the time.
        moves: When HEAD was moved, in seconds since the epoch.
    """
    if not moves:
        return False
    try:
        touched = os.lstat(path).st_mtime
    except OSError:
        touched = _time_of_nearest(os.path.dirname(path))
    return any(move - _LONGEST <= touched <= move + _ROUNDING for move in moves)


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
