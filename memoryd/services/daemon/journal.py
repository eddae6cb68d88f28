"""What the daemon logs, and what it remembers of that."""

import time
import traceback
from collections import Counter
from datetime import UTC, datetime

import structlog

from memoryd.adapters.heartbeat import Trouble

_FRAMES = 6  # of a bug, the innermost


class Journal:
    """Structured log under stable names of events: paths and counts, never memory text.

    Attributes:
        trouble: The last error.
        counts: How often each event was logged, and "error" for those that are errors.
    """

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._said: dict[tuple[str, str], object] = {}
        self.trouble: Trouble | None = None
        self.counts: Counter[str] = Counter()

    def info(self, event: str, **fields: object) -> None:
        """Log what went as it should."""
        self.counts[event] += 1
        self._log.info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """Log what a person may want to know of."""
        self.counts[event] += 1
        self._log.warning(event, **fields)

    def error(self, event: str, reason: str, **fields: object) -> None:
        """Log what did not work; remembered as the last error."""
        self.counts.update([event, "error"])
        self.trouble = Trouble(event, iso(time.time()), reason)
        self._log.error(event, reason=reason, **fields)

    def bug(self, error: Exception, **fields: object) -> None:
        """Log what nobody foresaw: its kind and its place. Its message may quote what it was about."""
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        where = [f"{frame.name}, {frame.filename}:{frame.lineno}" for frame in frames]
        self.error("bug", reason=type(error).__name__, where=where, **fields)

    def is_news(self, event: str, place: str, what: object) -> bool:
        """Whether this is something else than what was said of a place under this name before."""
        before = self._said.get((event, place))
        self._said[event, place] = what
        return before != what

    def forget(self, place: str) -> None:
        """Say again of this place whatever may be the matter."""
        for key in [key for key in self._said if key[1] == place]:
            del self._said[key]


def iso(seconds: float) -> str:
    """A time, seconds since the epoch, as status.json has it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
