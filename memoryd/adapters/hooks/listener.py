"""The daemon's socket for hooks."""

import os
import selectors
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field
from functools import partial
from pathlib import Path

from memoryd import private
from memoryd.errors import MemorydError
from memoryd.values import dataclass

MOST_BYTES = 8 * 1024 * 1024  # of one event
_MOST_BYTES_AT_ONCE = 4 * MOST_BYTES  # of all events that are being received
_MOST_CONNECTIONS = 64
_PATIENCE = 2.0  # seconds for a client to send its event
_CHUNK = 1 << 18  # bytes
_LONGEST_PATH = 107  # bytes of the address of a Unix socket
_CREDENTIALS = "3i"  # struct ucred: process, user, group


Answer = Callable[[bytes, Callable[[bytes], bool]], None]
"""Is given an event, and a function that sends the answer and returns whether the client waited for it."""


@dataclass(slots=True)
class _Client:
    """A connection on which an event is being received."""

    deadline: float
    received: bytearray = field(default_factory=bytearray)


class Listener:
    """A Unix socket, only for its owner, served by a thread of its own.

    A client that hangs, sends too much or is another user's is dropped; it delays no other.

    Args:
        path: Path of the socket; one that an earlier daemon left is replaced.

    Raises:
        MemorydError: If it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if len(os.fsencode(path)) > _LONGEST_PATH:
            raise MemorydError(
                f"the path of the socket for hooks is too long: {path}",
                f"set MEMORYD_RUNTIME_DIR to a shorter one (at most {_LONGEST_PATH} bytes with its name)",
            )
        try:
            private.make_directory(path.parent)
            path.unlink(missing_ok=True)
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            mask = os.umask(0o177)
            try:
                self._socket.bind(str(path))
            finally:
                os.umask(mask)
        except OSError as error:
            raise MemorydError(f"cannot make the socket {path}: {error.strerror}") from error
        self._socket.settimeout(0)
        self._clients: dict[socket.socket, _Client] = {}
        self._wake, self._awake = os.pipe()
        self._thread: threading.Thread | None = None

    def serve(self, answer: Answer) -> None:
        """Start the thread that answers; until then, clients are refused at once.

        Args:
            answer: Is called by that thread with each event.
        """
        self._socket.listen(_MOST_CONNECTIONS)
        self._thread = threading.Thread(target=self._run, args=(answer,), name="hooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the thread, and remove the socket."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        os.write(self._awake, b"x")
        if self._thread:
            self._thread.join(_PATIENCE)
        self._socket.close()

    def _run(self, answer: Answer) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(self._seconds_left()):
                    if key.fileobj == self._wake:
                        return
                    if key.fileobj is self._socket:
                        self._accept(selector)
                    elif isinstance(key.fileobj, socket.socket):
                        self._receive(selector, key.fileobj, answer)
                self._drop_late(selector)

    def _seconds_left(self) -> float | None:
        """Return the seconds until the next client is late; None without clients."""
        due = min((client.deadline for client in self._clients.values()), default=None)
        return None if due is None else max(due - time.monotonic(), 0)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:  # it is gone, or there are too many files: the next one may do
            return
        if len(self._clients) >= _MOST_CONNECTIONS or not _is_own(connection):
            connection.close()
            return
        connection.settimeout(0)
        self._clients[connection] = _Client(time.monotonic() + _PATIENCE)
        selector.register(connection, selectors.EVENT_READ)

    def _receive(self, selector: selectors.BaseSelector, connection: socket.socket, answer: Answer) -> None:
        client = self._clients[connection]
        try:
            chunk = connection.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self._drop(selector, connection)
            return
        client.received += chunk
        if not chunk:
            try:
                answer(bytes(client.received), partial(_reply, connection))
            finally:
                self._drop(selector, connection)
        elif len(client.received) > MOST_BYTES or self._taken() > _MOST_BYTES_AT_ONCE:
            self._drop(selector, connection)

    def _taken(self) -> int:
        return sum(len(client.received) for client in self._clients.values())

    def _drop_late(self, selector: selectors.BaseSelector) -> None:
        now = time.monotonic()
        for connection in [each for each, client in self._clients.items() if now >= client.deadline]:
            self._drop(selector, connection)

    def _drop(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        selector.unregister(connection)
        del self._clients[connection]
        connection.close()


def _reply(connection: socket.socket, answer: bytes) -> bool:
    """Send an answer as one line; return whether the other side waited for it."""
    try:
        return connection.send(answer + b"\n") == len(answer) + 1
    except OSError:
        return False


def _is_own(connection: socket.socket) -> bool:
    """Return whether the other side is this user; elsewhere than on Linux, the directory sees to that."""
    if not sys.platform.startswith("linux"):
        return True
    size = struct.calcsize(_CREDENTIALS)
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack(_CREDENTIALS, credentials)
    return bool(user == os.getuid())
