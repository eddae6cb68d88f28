"""Looking at a disk on which anything may vanish, be unreadable or be a trap: then there is nothing."""

import os
import stat
from pathlib import Path


def normal(path: str | Path) -> Path:
    """An absolute path without `..`; links stay, for a store keeps the path it was found by."""
    return Path(os.path.abspath(path))  # Path.resolve would follow links


def entries(directory: str) -> list[os.DirEntry[str]]:
    """What a directory holds, by name."""
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (OSError, ValueError):
        return []


def is_dir(path: Path | os.DirEntry[str]) -> bool:
    """Whether this is a directory or a link to one."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_own_dir(entry: os.DirEntry[str]) -> bool:
    """Whether this is a directory itself, not a link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # on file systems whose listings do not tell kinds
        return False


def is_file(path: Path | os.DirEntry[str]) -> bool:
    """Whether this is a regular file or a link to one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def exists(path: Path) -> bool:
    """Whether there is anything of that name, a link to nothing included."""
    return os.path.lexists(path)


def identity(directory: str) -> tuple[int, int] | None:
    """Device and inode: the same for every path to one directory."""
    try:
        status = Path(directory).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def ends(path: str, size: int) -> tuple[bytes, ...]:
    """The first and the last `size` bytes of a regular file; one piece where that is all of it."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return ()
            if status.st_size <= 2 * size:
                return (file.read(2 * size),)
            head = file.read(size)
            file.seek(-size, os.SEEK_END)
            return head, file.read(size)
    except (OSError, ValueError):
        return ()


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; opening a pipe in the usual way waits for somebody to write to it."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
