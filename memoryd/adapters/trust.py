"""The file of trusted repositories of this user."""

import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path

from memoryd import private
from memoryd.domain.trust import TrustedRepository, ledger_text, read_ledger
from memoryd.errors import MemorydError

_MOST_BYTES = 1024 * 1024
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Trusted = frozenset[TrustedRepository]


def read_trusted(path: Path) -> Trusted:
    """Read the trusted repositories; none where there is no ledger.

    Raises:
        MemorydError: If the ledger cannot be used: then no repository is trusted.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise _unusable(path, error.strerror) from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(path, "it is not a regular file")
        if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise _unusable(path, "other users can write to it")
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise _unusable(path, f"it is larger than {_MOST_BYTES // 2**20} MiB")
    try:
        return read_ledger(content)
    except MemorydError as error:
        raise _unusable(path, error.message) from error


def _unusable(path: Path, reason: str | None) -> MemorydError:
    return MemorydError(
        f"cannot read the trusted repositories in {path}: {reason}",
        "no repository is trusted until you remove or repair that file",
    )


def change_trusted(path: Path, change: Callable[[Trusted], Trusted]) -> None:
    """Replace the ledger in one step, after any other process that does so.

    Raises:
        MemorydError: If it cannot be read or written.
    """
    try:
        private.make_directory(path.parent)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)  # freed when it is closed
            _replace(path.name, directory, ledger_text(change(read_trusted(path))))
        finally:
            os.close(directory)
    except OSError as error:
        raise MemorydError(
            f"cannot write {path}: {error.strerror}",
            "set MEMORYD_STATE_DIR to a directory that you can write to",
        ) from error


def _replace(name: str, directory: int, content: bytes) -> None:
    temporary = f".{name}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600, dir_fd=directory)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # whatever the umask
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    os.fsync(directory)
