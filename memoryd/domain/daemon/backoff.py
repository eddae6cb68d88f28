"""How long the daemon leaves a store alone, by what is recorded of its own operations on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from memoryd.domain.history.versions import Operation

HOUR = 3600.0  # seconds: at most one automatic rewrite in this time
DAY = 24 * HOUR  # after two in a row that agents wrote into
AUTOMATIC = frozenset({"compact", "mend"})
"""Causes of what the daemon does by itself; not of what it only finishes or brings back."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when a store is left alone, seconds since the epoch, and whether agents wrote into a rewrite."""

    until: float
    conflict: bool


def rest_after(operations: Iterable[Operation], now: float) -> Rest | None:
    """How long a store is to be left alone; None where it need not be.

    Args:
        operations: Those on the store, the newest first.
        now: Seconds since the epoch.
    """
    own = [each for each in operations if each.actor == "daemon" and each.cause in AUTOMATIC]
    if not own:
        return None
    conflicts = len(list(takewhile(lambda each: each.status == "conflict", own)))
    began = min(own[0].time, now)  # a clock may have been wrong
    until = began + (DAY if conflicts > 1 else HOUR)
    return Rest(until, conflicts > 0) if until > now else None
