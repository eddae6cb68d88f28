"""Forwarder of hook events, without imported modules.

It is started as `python -I -S forward.py SOCKET DIRECTORY KIND` for each event about memory, so most of its
time is that of the interpreter: it parses nothing. Where the daemon does not answer in time, it prints
nothing, and the agent goes on.
"""

import _socket
import posix
import sys
import time

_PATIENCE = 0.05  # seconds that an agent is delayed at most
_PATIENCE_AFTER = 0.2  # the same after a write, which is to be recorded in order, and after a turn
_LARGEST = 8 * 1024 * 1024  # bytes of an event
_LARGEST_ANSWER = 64 * 1024  # bytes
_MOST_WAITING = 1000  # files
_CHUNK = 65536  # bytes


def main(address: str, waiting: str, kind: str) -> None:
    """Forward the event on standard input, and print the answer.

    Args:
        address: Path of the daemon's socket.
        waiting: Directory for events about writes that the daemon was not told of.
        kind: `after` for an event about a write that took place, `stop` for one about the end of a turn.
    """
    event = _read()
    if event is None:
        return
    answer = ask(address, event, _PATIENCE_AFTER if kind in ("after", "stop") else _PATIENCE)
    if answer is None and kind == "after":
        keep(waiting, event)
    elif answer:
        posix.write(1, answer)


def _read() -> bytes | None:
    """Return all of standard input; None if there is more than allowed."""
    chunks = []
    size = 0
    while chunk := posix.read(0, _CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > _LARGEST:
            return None
    return b"".join(chunks)


def ask(address: str, event: bytes, patience: float) -> bytes | None:
    """Return the answer of the daemon, which may be empty; None if there is none in time (seconds)."""
    deadline = time.monotonic() + patience
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(patience)
        connection.connect(address)
        connection.sendall(event)
        connection.shutdown(_socket.SHUT_WR)
        answer = b""
        while not answer.endswith(b"\n"):
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            chunk = connection.recv(_CHUNK)
            if not chunk or len(answer) > _LARGEST_ANSWER:
                return None
            answer += chunk
    except OSError:
        return None
    finally:
        connection.close()
    return answer.strip()


def keep(waiting: str, event: bytes) -> None:
    """Write an event into a file named after the time, for the daemon or the next command to take in."""
    try:  # noqa: SIM105  # `contextlib` is not built in
        posix.mkdir(waiting, 0o700)
    except FileExistsError:
        pass
    if len(posix.listdir(waiting)) >= _MOST_WAITING:
        return
    path = f"{waiting}/{time.time_ns()}-{posix.getpid()}"
    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_NOFOLLOW | posix.O_CLOEXEC
    descriptor = posix.open(f"{path}.new", flags, 0o600)
    while event:
        event = event[posix.write(descriptor, event) :]
    posix.close(descriptor)
    posix.rename(f"{path}.new", f"{path}.json")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
    except Exception:  # noqa: BLE001  # whatever it is, the agent goes on
        sys.exit(0)
