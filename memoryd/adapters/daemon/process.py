"""Service manager notifications, and the lock of the daemon."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from memoryd import private
from memoryd.adapters.daemon.prompt import locked_by
from memoryd.errors import MemorydError

_PATIENCE = 0.2  # seconds


def notify(state: str) -> None:
    """Notify systemd, if it asked for that (sd_notify(3)): `READY=1`, `STATUS=…`, `WATCHDOG=1`."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection, suppress(OSError):  # no listener
        connection.connect("\0" + address[1:] if address.startswith("@") else address)
        connection.sendall(state.encode())


def is_service() -> bool:
    """Return whether systemd started this process and would start it again."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def notify_reloading() -> None:
    """Notify systemd that the configuration is being read again; `READY=1` ends that."""
    microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    notify(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")


def watchdog_interval() -> float | None:
    """Return the longest time in seconds between two `WATCHDOG=1` for systemd; None if it expects none."""
    asked = os.environ.get("WATCHDOG_USEC", "")
    whose = os.environ.get("WATCHDOG_PID", "")
    if not asked.isascii() or not asked.isdigit() or whose not in {"", str(os.getpid())}:
        return None
    return int(asked) / 1e6 or None


@contextmanager
def only_instance(lock: Path) -> Iterator[None]:
    """Hold the lock of the only daemon of this user.

    Raises:
        MemorydError: If another daemon runs, or the lock cannot be created.
    """
    try:
        private.make_directory(lock.parent)
        descriptor = private.open_file(lock, os.O_RDWR)
    except OSError as error:
        raise MemorydError(
            f"cannot use the directory {lock.parent}: {error.strerror}",
            "make it writable, or set MEMORYD_RUNTIME_DIR and MEMORYD_STATE_DIR to directories that are",
        ) from error
    try:
        if not private.lock(descriptor, _PATIENCE):  # a process that only looks at it holds it for a moment
            raise MemorydError(
                f"memoryd already runs as process {locked_by(descriptor)}",
                "stop that one first, or let it run",
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
