"""Stores as `stat` alone shows them."""

import os
import stat

from memoryd.beneath import MOST_DEPTH
from memoryd.domain.stores.listing import Listing, Signature, fingerprint, is_settled
from memoryd.domain.stores.store import Store
from memoryd.values import dataclass

_MOST_FILES = 100_000  # as in scans
_ITSELF = frozenset({""})  # the directories of most stores, which there are thousands of


@dataclass(frozen=True, slots=True)
class Look:
    """The state of a plain store: all of its files are regular ones, and none is behind a link.

    Attributes:
        files: Its files, sorted by path.
        names: What is directly in its directory except Markdown, hidden files included, without case.
        directories: Those below it, by path relative to it; "" for its own.
        digest: The fingerprint of the files.
        mark: A text that changes with any file, and with the times and permissions of the directories.
        newest: The last change of any of them, in nanoseconds since the epoch.
    """

    files: Listing
    names: frozenset[str]
    directories: frozenset[str]
    digest: bytes
    mark: str
    newest: int


class _Seen:
    """Result of a look so far."""

    __slots__ = ("below", "files", "names", "numbers")

    def __init__(self) -> None:
        self.files: dict[str, Signature] = {}
        self.names: set[str] = set()
        self.below = [""]
        self.numbers: list[int] = []


def look(store: Store) -> Look | None:
    """Look at a store; None if it has links, special or unusual files, or cannot be listed."""
    seen = _Seen()
    try:
        for directory in seen.below:  # the list grows meanwhile
            if not _list(store, directory, seen):
                return None
    except (OSError, UnicodeEncodeError):
        return None
    files = dict(sorted(seen.files.items()))
    newest = max(*seen.numbers[3::5], *seen.numbers[4::5])
    for _, _, modified, changed in files.values():
        newest = max(newest, modified, changed)
    digest = fingerprint(files)
    mark = f"{digest.hex()} {seen.numbers} {seen.below}"
    directories = frozenset(seen.below) if len(seen.below) > 1 else _ITSELF
    return Look(files, frozenset(seen.names), directories, digest, mark, newest)


def _list(store: Store, directory: str, seen: _Seen) -> bool:
    """Take one directory of a store; return False if a scan would say more of it than its files."""
    profile, names, files = store.profile, seen.names, seen.files
    place = f"{store.root}/{directory}".rstrip("/")
    status = os.stat(place, follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode) or directory.count("/") > MOST_DEPTH:
        return False
    seen.numbers += (status.st_dev, status.st_ino, status.st_mode, status.st_mtime_ns, status.st_ctime_ns)
    with os.scandir(place) as entries:
        for entry in entries:
            name = entry.name
            if not (directory or name.endswith(".md")):
                names.add(name.casefold())
            if name[0] == ".":
                continue
            path = directory + name
            if entry.is_dir(follow_symlinks=False):
                if path not in profile.private_dirs and profile.enters(f"{path}/"):
                    seen.below.append(f"{path}/")
            elif profile.owns(path):
                if not path.isascii():
                    path.encode()
                found = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(found.st_mode) or len(files) >= _MOST_FILES:
                    return False
                files[path] = Signature(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return True


def mark_of(path: str, began_ns: int | None = None) -> str | None:
    """Return a text that changes when a file or directory is changed or replaced.

    Args:
        path: Absolute path; links in it are followed.
        began_ns: None is returned for what changed after this time, in nanoseconds since the epoch, or so
            shortly before that it may change again without another mark.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ""
    if began_ns is not None and not is_settled(max(status.st_mtime_ns, status.st_ctime_ns), began_ns):
        return None
    kind = (status.st_dev, status.st_ino, status.st_mode, status.st_size)
    return f"{os.path.realpath(path)} {kind} {status.st_mtime_ns} {status.st_ctime_ns}"
