"""Lock that lets one process write memory files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryd import private
from memoryd.errors import MemorydError


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
    try:
        descriptor = private.open_file(lock, os.O_RDWR)
    except OSError as error:
        raise MemorydError(f"cannot lock {lock}: {error.strerror}", "nothing is edited without it") from error
    try:
        if not private.lock(descriptor, patience):
            raise BusyError("another memoryd is writing just now", "run the command again")
        yield
    finally:
        os.close(descriptor)
