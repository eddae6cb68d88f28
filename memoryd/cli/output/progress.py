"""Progress message for work that takes longer than a second."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from threading import Event

_DELAY = 1.0  # seconds before the first message
_EVERY = 0.5  # seconds between updates
_LINE = "\x1b[G\x1b[K"  # to the start of the line, and clear it; \r in output is always that of a text


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show on stderr what takes longer than a second, and for how long.

    Nothing else may be printed meanwhile. The message is removed at the end; nothing is shown if stderr
    is not a terminal.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") in {None, "", "dumb"}:
        yield
        return
    from threading import Event, Thread

    done = Event()
    thread = Thread(target=_report, args=(what, done, sys.stderr), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _report(what: str, done: "Event", stream: TextIO) -> None:
    began = time.monotonic()
    shown = False
    with suppress(OSError, ValueError):  # a closed terminal is reported by the next output
        while not done.wait(_EVERY if shown else _DELAY):
            stream.write(f"{_LINE}{what} … {time.monotonic() - began:.0f} s")
            stream.flush()
            shown = True
        if shown:
            stream.write(_LINE)
            stream.flush()
