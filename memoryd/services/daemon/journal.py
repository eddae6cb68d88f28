"""What the daemon logs, and what it remembers of that."""

import time
import traceback
from collections import Counter
from datetime import UTC, datetime

import structlog

from memoryd.domain.daemon.state import Trouble

_FRAMES = 6  # of a bug, the innermost
_HOUR = 3600  # seconds in which the same error is said once
_MOST = 10_000  # things said that are remembered


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

    def error(self, event: str, reason: str, *, again: bool = False, **fields: object) -> None:
        """Log what did not work; remembered as the last error.

        Args:
            event: Its name.
            reason: One sentence.
            again: Whether to log it even where the same was logged within the hour.
            fields: What else there is to say.
        """
        now = time.time()
        self.counts.update([event, "error"])
        self.trouble = Trouble(event, iso(now), reason)
        if self.is_news(event, f"{fields.get('store', '')}/{reason}", now // _HOUR) or again:
            self._log.error(event, reason=reason, **fields)

    def bug(self, error: Exception, store: str) -> None:
        """Log what nobody foresaw: its kind and its place. Its message may quote what it was about."""
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        where = [f"{frame.name}, {frame.filename}:{frame.lineno}" for frame in frames]
        self.error("bug", reason=type(error).__name__, where=where, store=store)

    def is_news(self, event: str, place: str, what: object) -> bool:
        """Whether this is something else than what was said of a place under this name before."""
        if len(self._said) > _MOST:
            self._said.clear()
        before = self._said.get((event, place))
        self._said[event, place] = what
        return before != what

    def forget(self, place: str) -> None:
        """Say again of this place whatever may be the matter."""
        for key in [key for key in self._said if f"{key[1]}/".startswith(f"{place}/")]:
            del self._said[key]


def iso(seconds: float) -> str:
    """A time, seconds since the epoch, as status.json has it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
