"""Log of the daemon, with the last error and counts."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog

from memoryd.domain.daemon.notices import notice
from memoryd.domain.daemon.state import Trouble

_FRAMES = 6  # innermost frames of a bug that are logged
_HOUR = 3600  # seconds in which the same error is logged once
_MOST = 10_000  # most entries that are remembered


class Journal:
    """Structured log with stable event names: paths and counts, never memory text.

    Args:
        tell: Notifies people of an event, by its name and a sentence; None if they do not want that.

    Attributes:
        trouble: The last error.
        counts: How often each event was logged, and "error" for all errors.
    """

    def __init__(self, tell: Callable[[str, str], None] | None = None) -> None:
        self._tell = tell
        self._log = structlog.get_logger()
        self._said: dict[tuple[str, str], object] = {}
        self.trouble: Trouble | None = None
        self.counts: Counter[str] = Counter()

    def info(self, event: str, **fields: object) -> None:
        """Log a normal event."""
        self.counts[event] += 1
        self._log.info(event, **fields)
        self._notify(event, fields)

    def page_written(self, seconds: float) -> None:
        """Log that the page of the report was written, and the processor time that it took."""
        self.info("report_written", seconds=seconds)

    def warning(self, event: str, **fields: object) -> None:
        """Log an event that a person may want to know."""
        self.counts[event] += 1
        self._log.warning(event, **fields)
        self._notify(event, fields)

    def _notify(self, event: str, fields: Mapping[str, object]) -> None:
        if self._tell and (sentence := notice(event, fields)):
            self._tell(event, sentence)

    def error(self, event: str, reason: str, *, again: bool = False, **fields: object) -> None:
        """Log a failure, and remember it as the last error.

        Args:
            event: Name of the event.
            reason: One sentence.
            again: Log it even if the same was logged within the hour.
            fields: More fields.
        """
        now = time.time()
        self.counts.update([event, "error"])
        self.trouble = Trouble(event, iso(now), reason)
        if self.is_news(event, f"{fields.get('store', '')}/{reason}", now // _HOUR) or again:
            self._log.error(event, reason=reason, **fields)

    def bug(self, error: Exception, store: str) -> None:
        """Log an unexpected error by kind and place. Its message may quote memory text."""
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        where = [f"{frame.name}, {frame.filename}:{frame.lineno}" for frame in frames]
        self.error("bug", reason=type(error).__name__, where=where, store=store)

    def is_news(self, event: str, place: str, what: object) -> bool:
        """Return whether this differs from the last state of a place under this event name."""
        if len(self._said) > _MOST:
            self._said.clear()
        before = self._said.get((event, place))
        self._said[event, place] = what
        return before != what

    def forget(self, place: str) -> None:
        """Forget what was logged of a place, so that it is logged again."""
        for key in [key for key in self._said if f"{key[1]}/".startswith(f"{place}/")]:
            del self._said[key]


def iso(seconds: float) -> str:
    """Return a time, seconds since the epoch, as in status.json."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
