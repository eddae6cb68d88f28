"""Structured log to stderr; paths and counts, never memory text."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor


def configure(
    json_line: Callable[..., str], visible_line: Callable[[str], str], renderer: Processor | None = None
) -> None:
    """Log to stderr: readable lines on a terminal, JSON lines elsewhere (the journal, a file).

    Args:
        json_line: Writes a value as JSON that is safe to print.
        visible_line: Makes a text safe to print on a terminal.
        renderer: Makes the line of an event instead.
    """

    def escape(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {key: visible_line(value) if isinstance(value, str) else value for key, value in event.items()}

    on_terminal = sys.stderr.isatty()
    escapes = on_terminal and renderer is None
    renderer = renderer or (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(json_line)
    )
    structlog.configure(
        processors=[
            *([escape] if escapes else []),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if on_terminal else "iso", utc=not on_terminal),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Steadfast(sys.stderr))),
    )


def let_go() -> None:
    """Flush stderr; if that fails, discard the rest so that the interpreter does not fail at exit."""
    try:
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


class _Steadfast:
    """A stream that ignores errors: a full disk or a closed pipe must not end the daemon."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, and ignore errors."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, and ignore errors."""
        with suppress(OSError, ValueError):
            self._stream.flush()
