"""Private directories and files of memoryd."""

import errno
import os
from contextlib import suppress
from pathlib import Path

_DIRECTORY, _FILE = 0o700, 0o600


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


def write_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, and its directory; an old file is replaced.

    Raises:
        OSError: If it cannot be written.
    """
    make_directory(path.parent)
    path.unlink(missing_ok=True)
    with open(open_file(path, os.O_WRONLY | os.O_EXCL), "wb") as file:
        file.write(content)


def may_exist(path: Path) -> bool:
    """Return whether a file exists, or an error leaves that open: to open it then says why."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
