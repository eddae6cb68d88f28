"""Directories and files of memoryd's own, which nobody else may read."""

import os
from contextlib import suppress
from pathlib import Path

from memoryd.errors import MemorydError

_DIRECTORY, _FILE = 0o700, 0o600


def make_directory(directory: Path, variable: str) -> None:
    """Make a directory with those above it; only its owner may use it, whatever the umask.

    Args:
        directory: The directory; one that exists stays as it is.
        variable: Environment variable that names another one.

    Raises:
        MemorydError: If it cannot be made or written to, naming both.
    """
    try:
        if not directory.is_dir():
            directory.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                directory.mkdir(mode=_DIRECTORY)
                directory.chmod(_DIRECTORY)
        reason = "" if os.access(directory, os.W_OK | os.X_OK) else "it is not writable"
    except OSError as error:
        reason = error.strerror
    if reason:
        raise MemorydError(
            f"cannot use the directory {directory}: {reason}",
            f"make it writable, or set {variable} to a directory that is",
        )


def open_file(path: Path | str, flags: int) -> int:
    """Open a file, which is made where it is missing; only its owner may read it, whatever the umask.

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
