"""Lock that lets one process write memory files."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryd import private
from memoryd.errors import MemorydError

_POLL = 0.05  # seconds between two tries


class BusyError(MemorydError):
    """Another process is applying an operation."""


@contextmanager
def turn(lock: Path, patience: float) -> Iterator[None]:
    """Hold the right to apply or undo operations.

    Args:
        lock: The file to lock.
        patience: Seconds to wait for another process.

    Raises:
        BusyError: If the other process takes longer.
        MemorydError: If there can be no lock.
    """
    deadline = time.monotonic() + patience
    try:
        descriptor = private.open_file(lock, os.O_RDWR)
    except OSError as error:
        raise MemorydError(f"cannot lock {lock}: {error.strerror}", "nothing is edited without it") from error
    try:
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise BusyError("another memoryd is writing just now", "run the command again")
            time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
