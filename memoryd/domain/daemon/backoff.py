"""Backoff of the daemon after operations on a store."""

from collections.abc import Iterable
from itertools import takewhile

from memoryd.domain.history.versions import Operation
from memoryd.values import dataclass

HOUR = 3600.0  # seconds: at most one automatic rewrite in this time
DAY = 24 * HOUR  # after two consecutive ones that agents wrote into
_SOONEST, _LATEST = 5.0, 300.0  # seconds until failed work is tried again
AUTOMATIC = frozenset({"compact", "mend"})
"""Causes of the daemon's own operations, without recovery and undo."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The end of a backoff, in seconds since the epoch, and whether agents wrote into a rewrite."""

    until: float
    conflict: bool


def pause_after(failures: int) -> float:
    """Return the seconds until work that failed some times in a row is tried again.

    Seconds at first, because a disk may soon have room again; never more than minutes, because nothing
    tells when it has.
    """
    return min(_SOONEST * 2.0 ** min(failures - 1, 10), _LATEST)


def rest_after(operations: Iterable[Operation], now: float) -> Rest | None:
    """Return the backoff of a store; None if there is none. An aborted operation has rewritten nothing.

    Args:
        operations: The operations on the store, the newest first.
        now: Seconds since the epoch.
    """
    own = [
        each
        for each in operations
        if each.actor == "daemon" and each.cause in AUTOMATIC and each.status != "aborted"
    ]
    if not own:
        return None
    conflicts = len(list(takewhile(lambda each: each.status == "conflict", own)))
    began = min(own[0].time, now)  # the clock may have been wrong
    until = began + (DAY if conflicts > 1 else HOUR)
    return Rest(until, conflicts > 0) if until > now else None
