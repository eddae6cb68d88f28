"""Changed stores, delayed until they are quiet."""

import time

from memoryd.values import dataclass

QUIET = 0.5  # seconds without an event before a store is read
_LATEST = 5.0  # longest time in seconds from the first event of a store until it is read


@dataclass(slots=True)
class _Pending:
    """Times, on the monotonic clock, of the first and the last event of an unread store."""

    first: float
    last: float

    @property
    def due(self) -> float:
        return min(self.last + QUIET, self.first + _LATEST)


class Debounce:
    """Stores with events, until they are read."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def due(self) -> float:
        """The time at which the next one is due, on the monotonic clock."""
        return min((each.due for each in self._pending.values()), default=float("inf"))

    def mark(self, place: str) -> None:
        """Record an event in a store."""
        now = time.monotonic()
        self._pending.setdefault(place, _Pending(now, now)).last = now

    def take(self) -> list[str]:
        """Return the stores that are due, and remove them."""
        now = time.monotonic()
        due = [place for place, pending in self._pending.items() if now >= pending.due]
        for place in due:
            del self._pending[place]
        return due
