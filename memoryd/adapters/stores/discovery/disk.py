"""Disk access that treats missing and unreadable paths alike."""

import os
import stat
from pathlib import Path

from memoryd import beneath


def normal(path: str | Path) -> Path:
    """Return an absolute path without `..`; links stay, because a store keeps the path it was found by."""
    return Path(os.path.abspath(path))  # Path.resolve would follow links


def entries(directory: str) -> list[os.DirEntry[str]]:
    """List what a directory contains, by name; nothing if it cannot be listed."""
    return listed(directory)[0]


def listed(directory: str) -> tuple[list[os.DirEntry[str]], str]:
    """List what a directory contains, by name, and why it cannot be listed: "" if it can or is missing."""
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda entry: entry.name), ""
    except (FileNotFoundError, NotADirectoryError):
        return [], ""
    except OSError as error:
        return [], f"cannot be listed: {error.strerror}"
    except ValueError:
        return [], "cannot be listed: its name contains a NUL"


def is_link(entry: os.DirEntry[str]) -> bool:
    """Return whether this is a symbolic link."""
    try:
        return entry.is_symlink()
    except OSError:  # on file systems whose listings have no file types
        return True  # treat it as one


def target_of(link: str) -> str:
    """Return what a link names, as written; "" if it is not a link."""
    try:
        return os.readlink(link)
    except (OSError, ValueError):
        return ""


def is_dir(path: Path | os.DirEntry[str]) -> bool:
    """Return whether this is a directory or a link to one."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_own_dir(entry: os.DirEntry[str]) -> bool:
    """Return whether this is a directory, not a link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # on file systems whose listings have no file types
        return False


def is_file(path: Path | os.DirEntry[str]) -> bool:
    """Return whether this is a regular file or a link to one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def exists(path: Path) -> bool:
    """Return whether the path exists, even as a broken link."""
    return os.path.lexists(path)


def identity(directory: str, *, follow: bool = True) -> tuple[int, ...]:
    """Return device and inode, which are the same for every path to one directory; () if it is missing."""
    try:
        status = os.stat(directory, follow_symlinks=follow)
    except (OSError, ValueError):
        return ()
    return status.st_dev, status.st_ino


def ends(path: str, size: int) -> tuple[bytes, ...]:
    """Return the first and the last `size` bytes of a regular file of the user's own.

    Return one piece if that is all of it, none if it cannot be read.
    """
    try:
        with open(beneath.open_file(path), "rb") as file:
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


def whole(path: str, within: str, most: int) -> bytes:
    """Return the content of a regular file.

    Args:
        path: Absolute path.
        within: Real path of the directory that it must not leave by links.
        most: Most bytes that it may have.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not a regular file, or larger: a sentence's end that says so.
    """
    with open(beneath.open_file(path, within), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("is not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"is larger than {most // 1024} KiB")
    return content
