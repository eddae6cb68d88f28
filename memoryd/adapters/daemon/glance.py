"""A glance at directories: whether anything in them can have changed, by `stat` alone.

A directory's times move when an entry comes, goes or is renamed, a file's when it is written. So where
all of them are as they were, everything is, and nothing need be listed, opened or asked of a database:
this is what makes a full scan cheap enough to be done every minute.
"""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from memoryd.beneath import MOST_DEPTH

_RACY_NS = 2_000_000_000  # what changed this shortly before may change again without a new time


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen of some paths at one moment.

    Attributes:
        paths: Absolute paths that were looked at.
        directories: Those of them that are directories.
        device: Of the first path; None where there was nothing.
        settled: Whether all of it had been quiet, so that the next look cannot be deceived.
        files: How many of the paths are files.
    """

    paths: tuple[str, ...]
    directories: tuple[str, ...]
    device: int | None
    settled: bool
    files: int
    _seen: int = field(repr=False)

    def holds(self) -> bool:
        """Whether everything is as it was, for certain."""
        return self.settled and hash(tuple(_marks(self.paths))) == self._seen


def glance_at_tree(root: str, owns: Callable[[str], bool]) -> Glance:
    """Look at a directory, the directories below it and files in them; hidden ones are left out.

    Args:
        root: Absolute path of the directory.
        owns: Whether a file counts, by its path relative to the directory.
    """
    directories, names = [root], [root]
    deepest = root.count("/") + MOST_DEPTH  # as scans have it
    for directory in directories:  # grows as it goes
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
        except OSError:  # its mark tells, once that changes
            continue
    return _glance(tuple(names), tuple(directories))


def glance_at(paths: Iterable[str]) -> Glance:
    """Look at these paths, whatever lies there."""
    return _glance(tuple(paths), ())


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _glance(paths: tuple[str, ...], directories: tuple[str, ...]) -> Glance:
    now = time.time_ns()
    marks = _marks(paths)
    # A time that is far ahead, of a clock that was wrong, does not come a second time.
    settled = all(abs(now - time_ns) > _RACY_NS for time_ns in (*marks[2::4], *marks[3::4]))
    device = _device(paths[0]) if paths else None
    files = len(paths) - len(directories)
    return Glance(paths, directories, device, settled, files, hash(tuple(marks)))


def _marks(paths: Iterable[str]) -> list[int]:
    """Inode, size and times of what lies at each path; zeros for nothing that can be seen.

    One list of numbers, since there may be very many, once a minute.
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
