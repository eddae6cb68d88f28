"""Short state of all memory for a prompt."""

import fcntl
import os

NAME = "prompt"
"""Name of the file, beside the lock of the daemon."""
SILENT = 180.0
"""Age in seconds from which the daemon counts as silent, as `SILENT_AFTER` of `domain.daemon.state`."""

_LONGEST = 200  # bytes that are read


def read_prompt(directory: str, now: float) -> str:
    """Return one short line: what the daemon last wrote, or that there is no daemon.

    Args:
        directory: The directory of the daemon's lock.
        now: The time, in seconds since the epoch.
    """
    if running_pid(os.path.join(directory, "lock")) is None:
        return "memoryd: no daemon"
    try:
        descriptor = os.open(os.path.join(directory, NAME), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return "memoryd: starting"
    try:
        silent = now - os.fstat(descriptor).st_mtime > SILENT
        written = os.read(descriptor, _LONGEST).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)
    return "memoryd: no answer" if silent else written


def running_pid(lock: "str | os.PathLike[str]") -> int | None:
    """Return the process id of the daemon that holds the lock, or None."""
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return locked_by(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def locked_by(descriptor: int) -> int:
    """Return the process id that is written in an open lock; 0 if there is none yet."""
    return int(os.pread(descriptor, 20, 0) or b"0")
