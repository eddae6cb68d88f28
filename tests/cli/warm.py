"""The program in processes that are forked from one that has imported it.

Most of a short command is the start of Python and its imports. A fork skips both, and the run is otherwise
a process like any other: its own environment, directory, streams and exit code. What a test says about the
start itself needs a real one.
"""

import atexit
import json
import os
import pkgutil
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path

_ADDRESS = "memoryd"
_MOST = 1 << 17  # bytes of a request
_SETTLED_AT_START = ("PYTHON", "LC_", "LANG", "COVERAGE_", "LD_", "MALLOC_", "SQLITE_")
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
_ENVIRONMENT["PYTHONPATH"] = str(Path(__file__).parents[2])


def fits(environment: Mapping[str, str]) -> bool:
    """Whether a fork does what a start with this environment would do."""
    settled = [
        {name: value for name, value in each.items() if name.startswith(_SETTLED_AT_START)}
        for each in (_ENVIRONMENT, environment)
    ]
    return hasattr(os, "pidfd_open") and settled[0] == settled[1]


def run(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """Run the program; return its exit code (negative for a signal) and what it wrote.

    Args:
        arguments: What follows its name.
        cwd: Its working directory.
        environment: All of its environment.
        timeout: Seconds after which it is killed.

    Raises:
        TimeoutError: If it was killed.
    """
    request = json.dumps([list(arguments), str(cwd), dict(environment)]).encode()
    (out, out_end), (err, err_end) = os.pipe(), os.pipe()
    with _connection() as connection, ThreadPoolExecutor(2) as readers:
        socket.send_fds(connection, [request], [out_end, err_end])
        os.close(out_end)
        os.close(err_end)
        written = [readers.submit(_read, stream) for stream in (out, err)]
        process = int(connection.recv(_MOST))
        connection.settimeout(timeout)
        try:
            code = int(connection.recv(_MOST))
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise
        return code, written[0].result(), written[1].result()


def _read(stream: int) -> bytes:
    with open(stream, "rb") as file:
        return file.read()


def _connection() -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(str(_server() / _ADDRESS))
    return connection


@cache
def _server() -> Path:
    """Start the process that is forked, once; return the directory of its socket."""
    directory = Path(tempfile.mkdtemp(prefix="memoryd-warm-"))
    process = subprocess.Popen(
        [sys.executable, __file__, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_ENVIRONMENT,
    )
    atexit.register(_stop, process, directory)
    assert process.stdout is not None
    assert process.stdout.readline(), "the process to fork has not started"
    return directory


def _stop(process: "subprocess.Popen[bytes]", directory: Path) -> None:
    process.kill()
    process.communicate()
    shutil.rmtree(directory)


def _serve(directory: Path) -> None:
    for module in pkgutil.walk_packages(import_module("memoryd").__path__, "memoryd."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(directory / _ADDRESS))
        listener.listen()
        os.write(1, b"ready\n")
        _answer(listener)


def _answer(listener: socket.socket) -> None:
    running: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == 0:  # the tests were killed
                    return
                if key.fd == listener.fileno():
                    process, connection = _fork(listener)
                    ended = os.pidfd_open(process)
                    running[ended] = process, connection
                    selector.register(ended, selectors.EVENT_READ)
                else:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    process, connection = running.pop(key.fd)
                    with connection:
                        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
                        connection.send(str(code).encode())


def _fork(listener: socket.socket) -> tuple[int, socket.socket]:
    connection, _ = listener.accept()
    request, streams, _, _ = socket.recv_fds(connection, _MOST, 2)
    process = os.fork()
    if not process:
        _become(request, streams)
    for stream in streams:
        os.close(stream)
    connection.send(str(process).encode())
    return process, connection


def _become(request: bytes, streams: Sequence[int]) -> None:
    """Be the program, in a child; never return."""
    code = 70
    try:
        arguments, cwd, environment = json.loads(request)
        for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), *streams)):
            os.dup2(stream, number)
        os.closerange(3, 64)  # of the process that was forked
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv[:] = ["memoryd", *arguments]
        from memoryd.__main__ import main  # noqa: PLC0415  # in the child alone

        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  # else the child would go on as a server
        sys.excepthook(*sys.exc_info())
        code = 1
    os._exit(code)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
