"""Long output on a terminal, shown in a pager."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_DEFAULT = "less -FRX"
_NOT_STARTED = frozenset({126, 127})  # exit codes of a shell whose command cannot run


class _HeldOutput:
    """Output that waits until it is known whether it is longer than the terminal."""

    def __init__(self) -> None:
        self.parts: list[bytes] | None = None  # None while nothing is held


_held = _HeldOutput()


@contextmanager
def in_pages(*, wanted: bool = True) -> Iterator[None]:
    """Hold what is printed on the terminal, and show it in a pager at the end if it is long.

    Args:
        wanted: Whether a pager may be used.
    """
    if not wanted or not _is_terminal(sys.stdout) or not pager():
        yield
        return
    _held.parts = []
    try:
        yield
    finally:
        release()
        stop()


def pager() -> str | None:
    """Return the command of the pager: MEMORYD_PAGER, PAGER, or less; None if there is none to use."""
    named = os.environ.get("MEMORYD_PAGER", os.environ.get("PAGER", _DEFAULT))
    if named.strip() in {"", "cat"} or os.environ.get("TERM") in {None, "", "dumb"}:
        return None
    import shlex

    try:
        program = shlex.split(named)[0]
    except ValueError:  # an open quote: the shell would refuse it, too
        return None
    return named if "=" in program or shutil.which(program) else None


def hold(content: bytes, stream: TextIO) -> bool:
    """Keep output of a terminal for the pager; return whether it was kept."""
    if _held.parts is None or not (stream is sys.stdout or _is_terminal(stream)):
        return False
    _held.parts.append(content)
    return True


def release() -> None:
    """Show what is held: before a question, and at the end."""
    if not _held.parts:
        return
    content, _held.parts = b"".join(_held.parts), []
    command = pager()
    if command is None or not _is_long(content) or not _shown(content, command):
        sys.stdout.flush()
        with suppress(OSError):  # a closed terminal
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()


def stop() -> None:
    """Hold nothing more, for commands that redraw the screen or run until they are stopped."""
    release()
    _held.parts = None


def _is_long(content: bytes) -> bool:
    if not _has_screen():
        return False
    size = shutil.get_terminal_size()
    rows = 0
    for line in content.split(b"\n"):
        rows += max(-(-len(line) // max(size.columns, 1)), 1)
        if rows > size.lines:
            return True
    return False


def _has_screen() -> bool:
    """Return whether the terminal has a height; one that a program made to record output has none."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines > 0
    except OSError:
        return False


def _shown(content: bytes, command: str) -> bool:
    """Show output in the pager until a person leaves it; return whether the pager ran."""
    import signal
    import subprocess

    settings = {"LESS": "FRX", "LV": "-c", **os.environ}
    process = subprocess.Popen(["/bin/sh", "-c", command], stdin=subprocess.PIPE, env=settings)  # noqa: S603
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
    try:
        with suppress(BrokenPipeError):  # the person has seen enough
            process.communicate(content)
        return process.wait() not in _NOT_STARTED
    finally:
        signal.signal(signal.SIGINT, before)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()
