import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import REPOSITORY

from memoryd.adapters.hooks import forward
from memoryd.adapters.hooks.listener import Listener

SCRIPT = REPOSITORY / "memoryd" / "adapters" / "hooks" / "forward.py"
ABSENT = {"site", "os", "re", "json", "socket", "sqlite3", "selectors", "pathlib", "contextlib", "memoryd"}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Path]:
    listener = Listener(tmp_path / "hook.sock")

    def answer(event: bytes, reply: Callable[[bytes], bool]) -> None:
        reply(b"" if event == b"silent" else b"answer to " + event[:20])

    listener.serve(answer)
    yield tmp_path / "hook.sock"
    listener.close()


def run(address: Path, event: bytes, kind: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    waiting = address.with_name("waiting")
    return subprocess.run(
        [sys.executable, "-I", "-S", *options, SCRIPT, address, waiting, kind],
        input=event,
        capture_output=True,
        check=False,
        timeout=60,
    )


def kept(address: Path) -> list[bytes]:
    waiting = address.with_name("waiting")
    return [each.read_bytes() for each in sorted(waiting.iterdir())] if waiting.exists() else []


def test_it_imports_built_in_modules_only(address: Path) -> None:
    done = run(address, b"event", "before", "-X", "importtime")
    names = {line.rpartition(b"|")[2].strip().decode() for line in done.stderr.splitlines()}
    assert "posix" in names
    assert names & ABSENT == set()
    assert done.stdout in {b"", b"answer to event"}  # a busy machine may be late


def test_the_answer_is_returned(address: Path) -> None:
    assert forward.ask(str(address), b"event", 20) == b"answer to event"
    assert forward.ask(str(address), b"silent", 20) == b""
    assert forward.ask(str(address), b"x" * 3_000_000, 20) == b"answer to " + b"x" * 20


def test_without_a_daemon_only_writes_are_kept(tmp_path: Path) -> None:
    address = tmp_path / "none.sock"
    for kind in ("before", "read", "always"):
        done = run(address, b"event", kind)
        assert (done.returncode, done.stdout, kept(address)) == (0, b"", [])
    for event in (b"first", b"second"):
        assert run(address, event, "after").stdout == b""
    assert kept(address) == [b"first", b"second"]
    assert all(each.name.endswith(".json") for each in address.with_name("waiting").iterdir())


def test_a_daemon_that_hangs_is_given_up(tmp_path: Path) -> None:
    address = tmp_path / "hung.sock"
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(address))
        hung.listen(1)
        assert forward.ask(str(address), b"event", 0.01) is None
        assert forward.ask(str(address), b"x" * 5_000_000, 0.01) is None
        assert run(address, b"event", "after").returncode == 0
    assert kept(address) == [b"event"]


def test_an_answer_without_a_line_end_or_too_long_is_none(tmp_path: Path) -> None:
    for content in (b"", b"half", b"x" * 200_000):
        address = tmp_path / f"{len(content)}.sock"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(address))
            server.listen(1)
            if os.fork() == 0:
                connection, _ = server.accept()
                connection.recv(100)
                try:
                    connection.sendall(content)
                finally:
                    os._exit(0)
            assert forward.ask(str(address), b"event", 20) is None
            os.wait()


def test_whatever_is_wrong_the_agent_goes_on(tmp_path: Path) -> None:
    address = tmp_path / "none.sock"
    address.with_name("waiting").write_text("a file")
    assert run(address, b"event", "after").returncode == 0
    assert subprocess.run([sys.executable, "-I", "-S", SCRIPT], input=b"", check=False).returncode == 0


def test_an_event_that_is_too_large_is_left_alone(tmp_path: Path) -> None:
    address = tmp_path / "none.sock"
    assert run(address, b"x" * (9 * 1024 * 1024), "after").returncode == 0
    assert kept(address) == []


def test_a_directory_that_is_full_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "_MOST_WAITING", 2)
    for _ in range(4):
        forward.keep(str(tmp_path / "waiting"), b"event")
    assert len(list((tmp_path / "waiting").iterdir())) == 2
