"""Progress of work that takes longer than a second."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from threading import Event

T = TypeVar("T")

_DELAY = 1.0  # seconds before the first message
_EVERY = 0.2  # seconds between updates
_CELLS = 20  # of the bar
_LINE = "\x1b[G\x1b[K"  # to the start of the line, and clear it; \r in output is always that of a text


class Progress:
    """The state of some work, in steps if they are known.

    Attributes:
        what: What is done, as a clause: "checking stores".
        done: Number of finished steps.
        total: Number of steps; 0 if they are not known.
    """

    def __init__(self, what: str) -> None:
        self.what, self.done, self.total = what, 0, 0
        self._whole = what
        self._began = time.monotonic()

    def tick(self, what: str, done: int, total: int) -> None:
        """Record that so many steps are finished; other work begins to count from the start."""
        if what != self.what or done < self.done:
            self._began = time.monotonic()
        self.what, self.done, self.total = what, done, total

    def line(self, seconds: float, columns: int) -> str:
        """Return what to show: what is done, how much of it, and the time left.

        Args:
            seconds: The time since the work began.
            columns: Width of the terminal in cells.
        """
        if self.total <= 1:
            return f"{self._whole} … {seconds:.0f} s"[: columns - 1]
        full = _CELLS * self.done // self.total
        shown = f"{self.what}  {'█' * full}{'░' * (_CELLS - full)}  {self.done:,} of {self.total:,}"
        if self.done:
            left = (time.monotonic() - self._began) / self.done * (self.total - self.done)
            shown += f", {_duration(left)} left"
        return shown[: columns - 1]


class _Current:
    """The work that is shown now, so that what is deep inside of it can report its steps."""

    progress = Progress("")


def tick(what: str, done: int, total: int) -> None:
    """Record that so many steps of the present work are finished."""
    _Current.progress.tick(what, done, total)


def follow(what: str, items: Sequence[T]) -> Iterator[T]:
    """Yield items, and count those that are finished."""
    for done, item in enumerate(items):
        tick(what, done, len(items))
        yield item
    tick(what, len(items), len(items))


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show on stderr what takes longer than a second, how far it is, and how long it will take.

    Nothing else may be printed meanwhile. The message is removed at the end; nothing is shown if stderr
    is not a terminal.
    """
    _Current.progress = progress = Progress(what)
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") in {None, "", "dumb"}:
        yield
        return
    from threading import Event, Thread

    done = Event()
    thread = Thread(target=_report, args=(progress.line, done, sys.stderr), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _duration(seconds: float) -> str:
    """Return a time to wait, rounded: 8 s, 2 min."""
    return f"{seconds:.0f} s" if seconds < 99.5 else f"{seconds / 60:.0f} min"  # noqa: PLR2004


def _report(line: Callable[[float, int], str], done: "Event", stream: TextIO) -> None:
    began = time.monotonic()
    shown = False
    with suppress(OSError, ValueError):  # a closed terminal is reported by the next output
        while not done.wait(_EVERY if shown else _DELAY):
            columns = shutil.get_terminal_size().columns
            stream.write(f"{_LINE}{line(time.monotonic() - began, columns)}")
            stream.flush()
            shown = True
        if shown:
            stream.write(_LINE)
            stream.flush()
