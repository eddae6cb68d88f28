"""Private directories and files of memoryd."""

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

_DIRECTORY, _FILE = 0o700, 0o600
_PAUSE = 0.05  # seconds between two attempts to lock


def make_directory(directory: Path) -> None:
    """Make a directory and its parents, for its owner only, whatever the umask.

    Raises:
        OSError: If it cannot be made or written to, naming it.
    """
    if not directory.is_dir():
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=_DIRECTORY, exist_ok=True)
        directory.chmod(_DIRECTORY)
    if not os.access(directory, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(directory))


def open_file(path: Path | str, flags: int) -> int:
    """Open a file, and create a missing one for its owner only, whatever the umask.

    Raises:
        OSError: If it cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, _FILE)
    try:
        with suppress(PermissionError):  # it belongs to another user
            os.fchmod(descriptor, _FILE)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def lock(descriptor: int, patience: float = 0.0) -> bool:
    """Lock an open file or directory until it is closed; return whether no other process keeps it locked.

    Args:
        descriptor: The file.
        patience: Seconds to wait for another process.

    Raises:
        OSError: If it cannot be locked.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def write_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, and its directory; an old file is replaced.

    Raises:
        OSError: If it cannot be written.
    """
    make_directory(path.parent)
    replace_file(path, content)


def replace_file(path: Path, content: bytes, mode: int | None = _FILE) -> None:
    """Replace a file in one step, or create it.

    Args:
        path: The file; a link to another is replaced, and not followed.
        content: The new content.
        mode: The permission bits, whatever the umask; None for those that the umask leaves.

    Raises:
        OSError: If it cannot be written; the old file stays.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        new.unlink(missing_ok=True)
        with open(os.open(new, flags, 0o666 if mode is None else _FILE), "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
        os.replace(new, path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


def may_exist(path: Path) -> bool:
    """Return whether a file exists, or an error leaves that open: to open it then says why."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
