"""Which stores changed and are to be read: once they are quiet, but not too late."""

import time
from dataclasses import dataclass

QUIET = 0.5  # seconds without an event before a store is read
_LATEST = 5.0  # seconds after its first event that a store is read at the latest


@dataclass(slots=True)
class _Pending:
    """Times, on the monotonic clock, of the first and the last event of a store that was not read since."""

    first: float
    last: float

    @property
    def due(self) -> float:
        return min(self.last + QUIET, self.first + _LATEST)


class Debounce:
    """Places with events, until they are taken to be read."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def due(self) -> float:
        """When the next one is to be taken, on the monotonic clock."""
        return min((each.due for each in self._pending.values()), default=float("inf"))

    def mark(self, place: str) -> None:
        """Something happened there just now."""
        now = time.monotonic()
        self._pending.setdefault(place, _Pending(now, now)).last = now

    def take(self) -> list[str]:
        """Those whose time has come; they are read from now on."""
        now = time.monotonic()
        due = [place for place, pending in self._pending.items() if now >= pending.due]
        for place in due:
            del self._pending[place]
        return due
