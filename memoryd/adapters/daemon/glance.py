"""Changes in directories, noticed by `stat` alone.

A directory's times change when an entry is added, removed or renamed, a file's when it is written. If all of
them are unchanged, nothing needs to be listed, opened or read from a database: this makes a full scan cheap
enough for every minute.
"""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import field

from memoryd.beneath import MOST_DEPTH
from memoryd.values import dataclass

_RACY_NS = 2_000_000_000  # a file that changed so recently may change again without a new time


@dataclass(frozen=True, slots=True)
class Glance:
    """The state of some paths at one moment.

    Attributes:
        paths: Absolute paths.
        directories: Those of them that are directories.
        device: Device of the first path; None if it did not exist.
        settled: All paths had been quiet, so that the next comparison is reliable.
        files: Number of the paths that are files.
    """

    paths: tuple[str, ...]
    directories: tuple[str, ...]
    device: int | None
    settled: bool
    files: int
    _seen: int = field(repr=False)

    def holds(self) -> bool:
        """Return whether everything is certainly unchanged."""
        return self.settled and hash(tuple(_marks(self.paths))) == self._seen


def glance_at_tree(root: str, owns: Callable[[str], bool]) -> Glance:
    """Return the state of a directory, its sub-directories and their files, without hidden ones.

    Args:
        root: Absolute path of the directory.
        owns: Returns whether a file counts, by its path relative to the directory.
    """
    directories, names = [root], [root]
    deepest = root.count("/") + MOST_DEPTH  # as in scans
    for directory in directories:  # the list grows meanwhile
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if _is_directory(entry):
                        names.append(entry.path)
                        directories += [entry.path] * (directory.count("/") < deepest)
                    elif owns(entry.path[len(root) + 1 :]):
                        names.append(entry.path)
        except OSError:  # its mark changes when it becomes readable
            continue
    return _glance(tuple(names), tuple(directories))


def glance_at(paths: Iterable[str]) -> Glance:
    """Return the state of these paths."""
    return _glance(tuple(paths), ())


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _glance(paths: tuple[str, ...], directories: tuple[str, ...]) -> Glance:
    now = time.time_ns()
    marks = _marks(paths)
    # A time far in the future, from a wrong clock, does not occur a second time.
    settled = all(abs(now - time_ns) > _RACY_NS for time_ns in (*marks[2::4], *marks[3::4]))
    device = _device(paths[0]) if paths else None
    files = len(paths) - len(directories)
    return Glance(paths, directories, device, settled, files, hash(tuple(marks)))


def _marks(paths: Iterable[str]) -> list[int]:
    """Return inode, size and times of each path; zeros if it does not exist or cannot be seen.

    It is one list of numbers, because there may be very many, once a minute.
    """
    marks: list[int] = []
    for path in paths:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            marks += (0, 0, 0, 0)
        else:
            marks += (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return marks


def _device(path: str) -> int | None:
    try:
        return os.stat(path).st_dev
    except (OSError, ValueError):
        return None
