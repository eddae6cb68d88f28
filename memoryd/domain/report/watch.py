"""Wish for a page that stays open, and its times."""

from memoryd.values import dataclass

LEAST = 60.0
"""Least seconds between two pages."""
MOST = 6 * 3600.0
"""Seconds after which a page is written again though nothing has changed: its period moves on."""
_SHARE = 50  # at most one part in so many of the time is for pages


@dataclass(frozen=True, slots=True)
class ReportWish:
    """A page that a person keeps open.

    Attributes:
        since: Start of its period, as a person wrote it.
        is_redacted: Whether names, paths and texts are left out.
    """

    since: str
    is_redacted: bool


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Times at which a page may and must be written again.

    Attributes:
        soonest: It is not written before, whatever changes; in seconds of the monotonic clock.
        latest: It is written then, even if nothing has changed.
    """

    soonest: float = 0.0
    latest: float = 0.0

    def is_due(self, now: float, *, changed: bool) -> bool:
        """Return whether the page is to be written now."""
        return now >= (self.soonest if changed else self.latest)


def next_times(now: float, cost: float) -> PageTimes:
    """Return the times of the next page.

    Args:
        now: Seconds of the monotonic clock.
        cost: Seconds of processor time that the last page took.
    """
    return PageTimes(now + max(LEAST, cost * _SHARE), now + max(MOST, cost * _SHARE))
