"""Files of stores, read from disk."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from memoryd import beneath
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.markdown.document import Document

MOST_BYTES = 8 * 1024 * 1024  # of one file; the largest real store has 5.5 MB


class UnreadableError(MemorydError):
    """One file cannot be read; the others can."""


def read(path: str, within: str = beneath.ANYWHERE) -> bytes:
    """Read one regular file; never blocks on a FIFO.

    Args:
        path: Absolute path.
        within: Real path of the directory that it must not leave by links.

    Raises:
        UnreadableError: If it is missing, special, too large, not permitted, or outside its bound.
    """
    try:
        descriptor = beneath.open_file(path, within)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnreadableError(f"cannot read {path}: {reason}") from error
    return read_open(descriptor, path)


def read_open(descriptor: int, path: str) -> bytes:
    """Read an open file completely and close it; the path is for messages."""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"cannot read {path}: it is not a regular file")
        if status.st_size > MOST_BYTES:
            raise _too_large(path)
        chunks = []
        left = MOST_BYTES + 1  # it may grow while it is read
        while left > 0 and (chunk := os.read(descriptor, min(max(status.st_size, 4096) + 1, left))):
            chunks.append(chunk)
            left -= len(chunk)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if left <= 0:
        raise _too_large(path)
    return b"".join(chunks)


def _too_large(path: str) -> UnreadableError:
    return UnreadableError(f"cannot read {path}: it is larger than {MOST_BYTES // 2**20} MiB")


def content(path: str, within: str = beneath.ANYWHERE) -> bytes | None:
    """Return the bytes of a regular file, or None if it does not exist.

    Raises:
        UnreadableError: If it exists but cannot be read.
    """
    try:
        return read(path, within)
    except UnreadableError:
        if os.path.lexists(path):
            raise
        return None


def mode(path: str) -> int | None:
    """Return the permission bits of a file, or None if it does not exist."""
    try:
        return stat.S_IMODE(os.stat(path, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return None


def listings(places: Iterable[str], root: str) -> dict[str, frozenset[str] | None]:
    """Return the names in every directory of these absolute paths, case-exact.

    Args:
        places: The paths.
        root: A directory that is known to exist: the store's.
    """
    found: dict[str, frozenset[str] | None] = {}
    for directory in dict.fromkeys(place.rpartition("/")[0] or "/" for place in places):
        list_names(directory, found, root)
    return found


def expanded(path: str) -> str:
    """Return a path with its home directory expanded."""
    return os.path.expanduser(path) if path.startswith("~") else path


def list_names(directory: str, found: dict[str, frozenset[str] | None], root: str) -> frozenset[str] | None:
    """List a directory with the names on disk, even if the file system folds case."""
    pending = [directory]
    while pending[-1] not in found and not _is_known(pending[-1], root):
        pending.append(pending[-1].rpartition("/")[0] or "/")
    while pending:
        place = pending.pop()
        if place not in found:
            parent, _, name = place.rpartition("/")
            missing = not _is_known(place, root) and name not in (found[parent or "/"] or ())
            found[place] = None if missing else _names(place)
    return found[directory]


def _is_known(directory: str, root: str) -> bool:
    """Return whether a directory exists since the store at `root` does."""
    return directory in {"/", root} or root.startswith(directory.rstrip("/") + "/")


def _names(directory: str) -> frozenset[str] | None:
    try:
        return frozenset(os.listdir(directory))
    except (OSError, ValueError):
        return None


def contents(paths: Iterable[str], within: str) -> dict[str, bytes]:
    """Read files outside stores, by absolute path, without those that cannot be read.

    Args:
        paths: Absolute paths.
        within: Real path of the directory that they must not leave by links.
    """
    found = {}
    for path in paths:
        with suppress(UnreadableError):
            found[path] = read(path, within)
    return found


def parsed(paths: Iterable[str], within: str) -> "dict[str, Document]":
    """Parse files outside stores in the same way; nothing is known of the headings of the others."""
    from memoryd.domain.markdown.document import parse  # noqa: PLC0415  # few commands parse them

    return {path: parse(path, raw) for path, raw in contents(paths, within).items()}
