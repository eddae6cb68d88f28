"""Files and directories opened without leaving a directory.

What a repository names may be a symbolic link to anything, and may be swapped for one at any moment. So
a path is resolved first, link by link, and then opened one component at a time, following none: what was
swapped in between cannot be opened. A path that opens in this way as it is written has no links.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

ANYWHERE = "/"
"""The bound of what a person names: everything except the kernel's own directories."""

MOST_DEPTH = 64
"""Levels of directories below one that is walked."""

_LONGEST = 4096  # of a path, with its final NUL, on Linux; shorter elsewhere
_MOST_LINKS = 40  # as Linux
_KERNELS = ("/proc", "/sys", "/dev")
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class OutsideError(OSError):
    """A path leads out of the directory that bounds it, or into /proc, /sys or /dev."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.EXDEV, "it leads out of its repository", path)


def is_within(path: str, directory: str) -> bool:
    """Return whether an absolute path is a directory or below it; both without links."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def resolve(path: str, within: str = ANYWHERE) -> str:
    """Return the path that a path leads to, without links; its last components may be missing.

    Args:
        path: The path.
        within: Real path of the directory that it must not leave.

    Raises:
        OutsideError: If it leaves that directory or passes through /proc, /sys or /dev.
        OSError: If its links lead in a circle, or it is longer than any path can be.
        ValueError: If it contains a NUL.
    """
    if len(path) >= _LONGEST:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
    pending = os.path.join(os.getcwd(), path).split("/")[::-1]
    real = ""
    links = 0
    while pending:
        name = pending.pop()
        if name in {"", "."}:
            continue
        if name == "..":
            real = real.rpartition("/")[0]
            continue
        place = f"{real}/{name}"
        if _is_kernels(place):
            raise OutsideError(path)
        try:
            target = os.readlink(place)
        except OSError:  # not a link, or nothing at all
            real = place
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        real = "" if target.startswith("/") else real
        pending += target.split("/")[::-1]
    if real == "/dev" or not is_within(real or "/", within):
        raise OutsideError(path)
    return real or "/"


def exists(path: str, within: str = ANYWHERE) -> bool:
    """Return whether something is at a path, without looking outside of a directory."""
    holder, name = os.path.split(path)
    try:
        return os.path.lexists(os.path.join(resolve(holder, within), name))
    except (OSError, ValueError):
        return False


class Territory:
    """The directory that a repository's files must not leave, asked about many paths.

    Args:
        root: A directory in it, as it is written.
        within: Its real path.
    """

    def __init__(self, root: str, within: str) -> None:
        self._within = within
        self._known: dict[str, bool] = {}
        written = root  # the same directory as the root spells it
        while written != ANYWHERE and os.path.realpath(written) != within:
            written = os.path.dirname(written)
        self._tops = {within, within if written == ANYWHERE else written}

    def covers(self, path: str) -> bool:
        """Return whether a path leads nowhere else; looks at nothing outside.

        Args:
            path: Absolute and normalized; links in its directory are followed, it need not exist.
        """
        if self._within == ANYWHERE or path in self._tops:
            return True
        directory = path.rpartition("/")[0] or "/"
        known = self._known.get(directory)
        if known is None:
            known = self._known[directory] = self._leads_inside(directory)
        return known

    def _leads_inside(self, directory: str) -> bool:
        if not any(is_within(directory, top) for top in self._tops):
            return False
        if len(directory) >= _LONGEST:
            return True  # and nothing is there
        try:
            resolve(directory, self._within)
        except (OSError, ValueError):
            return False
        return True


def escaping(path: str, within: str) -> str:
    """Return the first part of a path that leads out of a directory: the link itself."""
    while (above := os.path.dirname(path)) != path:
        try:
            resolve(above, within)
        except OutsideError:
            path = above
        else:
            return path
    return path


def open_file(path: str, within: str = ANYWHERE) -> int:
    """Open a file for reading, without waiting for a pipe; returns its descriptor.

    Args:
        path: Absolute path; links in it are followed where they stay in the bound.
        within: Real path of the directory that it must not leave.

    Raises:
        OSError: If it cannot be opened; an `OutsideError` if it leads out.
        ValueError: If the path contains a NUL.
    """
    return _open(path, _FILE, within)


def open_directory(path: str, within: str = ANYWHERE) -> int:
    """Open a directory; returns its descriptor. See `open_file`."""
    return _open(path, _DIRECTORY, within)


class Siblings:
    """Directories opened one after the other: the one above the last stays open for others in it.

    A context manager, for a short time: if the one above is moved, others are still opened in it.
    """

    def __init__(self) -> None:
        self._above = -1
        self._key = ("", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def open_directory(self, path: str, within: str = ANYWHERE) -> int:
        """Open a directory as `open_directory` does; returns its descriptor."""
        above, _, name = path.rpartition("/")
        if (above, within) != self._key:
            self._hold(above, within)
        if self._above >= 0 and name not in {"", ".", ".."} and len(path) < _LONGEST:
            with suppress(OSError):  # it may be a link
                return os.open(name, _DIRECTORY, dir_fd=self._above)
        return open_directory(path, within)

    def _hold(self, above: str, within: str) -> None:
        """Open the directory above others, if it is one that they may be opened from."""
        self._close()
        self._key = (above, within)
        with suppress(OSError):
            real = resolve(above or "/", within)
            if real != "/":  # where the kernel's directories are
                self._above = _open_real(real, _DIRECTORY, within)

    def _close(self) -> None:
        if self._above >= 0:
            os.close(self._above)
        self._above = -1


@contextmanager
def directory(path: str, within: str = ANYWHERE) -> Iterator[int]:
    """Hold a directory open. See `open_file`."""
    descriptor = open_directory(path, within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_plain(path: str, above: int, *, is_directory: bool = False) -> int:
    """Open what a path leads to from an open directory, following no link; returns its descriptor.

    Args:
        path: Relative path without `..`.
        above: Descriptor of the directory.
        is_directory: Whether it must be a directory.

    Raises:
        OSError: If it cannot be opened: `ELOOP` or `ENOTDIR` where one of its components is a link.
    """
    *holders, name = path.rstrip("/").split("/")
    held = above
    try:
        for holder in holders:
            inner = os.open(holder, _DIRECTORY, dir_fd=held)
            if held != above:
                os.close(held)
            held = inner
        return os.open(name or ".", _DIRECTORY if is_directory else _FILE, dir_fd=held)
    finally:
        if held != above:
            os.close(held)


def sync_directory(path: str) -> None:
    """Make the names in a directory durable.

    Raises:
        OSError: If it is gone, or the disk fails.
    """
    with directory(path) as descriptor:
        os.fsync(descriptor)


def walk(root: str) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Walk a directory: the path of each one in it, and what it contains except directories.

    Links are not followed, and what is more than `MOST_DEPTH` levels down is left out, as is what cannot
    be listed.
    """
    pending = [(root, 0)]
    while pending:
        place, depth = pending.pop()
        others = []
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending += [(entry.path, depth + 1)] * (depth < MOST_DEPTH)
                    else:
                        others.append(entry)
        except OSError:
            continue
        yield place, sorted(others, key=lambda entry: entry.name)


def _open(path: str, flags: int, within: str) -> int:
    if _is_plain(path, within):
        with suppress(OSError):  # a component of it may be a link
            return _open_real(path, flags, within)
    return _open_real(resolve(path, within), flags, within)


def _is_plain(path: str, within: str) -> bool:
    """Return whether a path is below a directory as it is written, unless there are links in it."""
    if not path.startswith(f"{within.rstrip('/')}/") or path.startswith(_KERNELS) or len(path) >= _LONGEST:
        return False
    whole = f"{path}/"
    return "//" not in whole and "/./" not in whole and "/../" not in whole


def _open_real(real: str, flags: int, within: str) -> int:
    above = os.open(within, _DIRECTORY)
    try:
        inner = real[len(within.rstrip("/")) + 1 :]
        return open_plain(inner, above, is_directory=flags == _DIRECTORY)
    finally:
        os.close(above)


def _is_kernels(path: str) -> bool:
    """Return whether a path is in /proc, /sys or /dev; /dev/shm is memory like any other."""
    return path in {"/proc", "/sys"} or (path.startswith("/dev/") and path != "/dev/shm")  # noqa: S108  # not written to
