import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memoryd.adapters.hooks import listener as listener_module
from memoryd.adapters.hooks.listener import MOST_BYTES, Listener
from memoryd.errors import MemorydError


def echo(event: bytes, reply: Callable[[bytes], bool]) -> None:
    reply(event.upper())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "hook.sock"


@pytest.fixture
def listener(path: Path) -> Iterator[Listener]:
    found = Listener(path)
    yield found
    found.close()


def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(str(path))
    return connection


def ask(path: Path, event: bytes) -> bytes:
    with connect(path) as connection:
        connection.sendall(event)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(65536)


def test_each_event_is_answered_with_a_line(path: Path, listener: Listener) -> None:
    listener.serve(echo)
    assert [ask(path, event) for event in (b"a", b"", b"b\nc")] == [b"A\n", b"\n", b"B\nC\n"]


def test_the_socket_is_for_its_owner_only(path: Path, listener: Listener) -> None:
    listener.serve(echo)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_before_it_serves_clients_are_refused_at_once(path: Path, listener: Listener) -> None:
    assert path.is_socket()
    assert listener is not None
    with socket.socket(socket.AF_UNIX) as client, pytest.raises(ConnectionRefusedError):
        client.connect(str(path))


def test_a_client_that_hangs_delays_no_other(path: Path, listener: Listener) -> None:
    listener.serve(echo)
    with connect(path) as hung, connect(path) as half:
        half.sendall(b"half of an eve")
        assert ask(path, b"x" * 1_000).startswith(b"XXX")
        assert ask(path, b"next") == b"NEXT\n"
        assert hung.fileno() >= 0


def test_a_client_that_takes_too_long_is_dropped(
    path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "_PATIENCE", 0.05)
    listener.serve(echo)
    with connect(path) as hung:
        hung.sendall(b"half")
        assert hung.recv(10) == b""  # closed by the other side
    assert ask(path, b"next") == b"NEXT\n"


def test_an_event_that_is_too_large_is_dropped(path: Path, listener: Listener) -> None:
    listener.serve(echo)
    with connect(path) as connection, pytest.raises(OSError, match=r"pipe|reset"):
        connection.sendall(b"x" * (MOST_BYTES * 2))
    assert ask(path, b"next") == b"NEXT\n"


def test_many_clients_at_once_are_answered(path: Path, listener: Listener) -> None:
    listener.serve(echo)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(ask(path, b"e" * 70_000)[:3])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"EEE"] * 20


def test_it_is_known_that_a_client_did_not_wait(path: Path, listener: Listener) -> None:
    held, told = threading.Event(), []
    done = threading.Event()

    def late(_event: bytes, reply: Callable[[bytes], bool]) -> None:
        held.wait(20)
        told.append(reply(b"x"))
        done.set()

    listener.serve(late)
    with connect(path) as connection:
        connection.sendall(b"event")
        connection.shutdown(socket.SHUT_WR)
    held.set()
    assert done.wait(20)
    assert told == [False]


def test_what_an_earlier_daemon_left_is_replaced_and_the_end_removes_it(path: Path) -> None:
    first = Listener(path)
    second = Listener(path)
    second.serve(echo)
    assert ask(path, b"a") == b"A\n"
    second.close()
    assert not path.exists()
    first.close()


def test_a_path_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MemorydError, match="too long"):
        Listener(tmp_path / ("x" * 120) / "hook.sock")
    assert os.listdir(tmp_path) == []
