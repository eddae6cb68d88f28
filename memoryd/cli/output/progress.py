"""A sign of life while something takes longer than a second."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from threading import Event

_PATIENCE = 1.0  # seconds without a word
_EVERY = 0.5  # seconds between two words
_LINE = "\r\x1b[K"  # to the beginning of the line, and nothing on it


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Tell a person, on stderr, what takes longer than a second, and how long it has.

    Nothing else is to be printed meanwhile. Nothing is told where stderr is no terminal, and nothing of
    it stays.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") in {None, "", "dumb"}:
        yield
        return
    from threading import Event, Thread

    done = Event()
    thread = Thread(target=_tell, args=(what, done, sys.stderr), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _tell(what: str, done: "Event", stream: TextIO) -> None:
    began = time.monotonic()
    told = False
    with suppress(OSError, ValueError):  # the terminal went away: whoever prints next finds out
        while not done.wait(_EVERY if told else _PATIENCE):
            stream.write(f"{_LINE}{what} … {time.monotonic() - began:.0f} s")
            stream.flush()
            told = True
        if told:
            stream.write(_LINE)
            stream.flush()
