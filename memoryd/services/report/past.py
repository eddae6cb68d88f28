"""Past of stores, from the history."""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from memoryd.adapters.dates import now
from memoryd.domain.dates.moments import parse_moment
from memoryd.domain.history.line_changes import line_counts
from memoryd.domain.history.versions import Operation, Version
from memoryd.domain.limits.budget import used
from memoryd.domain.report.chart import is_level, sparkline
from memoryd.domain.report.model import FillPoint, MovedLines
from memoryd.domain.report.series import bounds_of, trend_of
from memoryd.domain.stores.profiles import Profile
from memoryd.errors import MemorydError
from memoryd.services.status.views import StoreView

if TYPE_CHECKING:
    from memoryd.adapters.history import History

_DAYS = 90 * 86_400.0  # seconds that a sparkline looks back at most
_CELLS = 12


class StorePast:
    """Past of stores in the history; empty where that is damaged.

    Args:
        history: The history; None if there is none.
        period: Start and end, in seconds since the epoch.
    """

    def __init__(self, history: "History | None", period: tuple[float, float]) -> None:
        self._history = history
        self.period = period

    def versions(self, root: str) -> tuple[Version, ...]:
        """Return all versions of a store, the oldest first."""
        return self._history.record(root) if self._history else ()

    def operations(self, root: str) -> tuple[Operation, ...]:
        """Return the operations on a store, the newest first."""
        return self._history.operations(root) if self._history else ()

    def trend(
        self, view: StoreView, most: int, versions: tuple[Version, ...] | None = None
    ) -> tuple[FillPoint, ...]:
        """Return the fill of a store's index file over the period, up to now."""
        profile = view.store.profile
        path = f"{view.store.root}/{profile.index_name}"
        if versions is None:
            own, first = self._samples(view.store.root, path, most)
        else:
            own = [version for version in versions if version.path == path]
            first = own[0].time if own else 0.0
        start = max(self.period[0], first)  # few points for a short past
        points = trend_of(own, (start, self.period[1]), most, lambda each: self._fill(each, profile))
        if view.summary.fill:
            points = (*points, FillPoint(self.period[1], view.summary.fill.used))
        return points

    def _samples(self, root: str, path: str, most: int) -> tuple[Sequence[Version], float]:
        """Return those versions of a file that few points need, and the time of the first."""
        if self._history is None:
            return (), 0.0
        _, first = self._history.lookup.count(root, path)
        period = max(self.period[0], first), self.period[1]
        return self._history.lookup.last_between(root, path, bounds_of(period, most)), first

    def _fill(self, version: Version, profile: Profile) -> float | None:
        try:
            content = self._history.content(version.digest) if self._history else None
        except MemorydError:  # `history verify` reports it
            return None
        return None if content is None else used(content, profile)

    def moved(self, operation: Operation, root: str, index_name: str) -> tuple[MovedLines, ...]:
        """Return the files of a store, except the index file, to which an operation added lines."""
        if self._history is None:
            return ()
        try:
            plan = self._history.plan(operation)
        except MemorydError:
            return ()
        found = []
        for change in plan.changes:
            path = change.path.removeprefix(f"{root}/")
            lines = line_counts(change.before or b"", change.after or b"")[0]
            if change.root == root and path != index_name and lines:
                found.append(MovedLines(path, lines))
        return tuple(found)


def day_of(time: float) -> str:
    """Return the day of a moment in the time zone of this machine, as `2026-01-31`."""
    return datetime.fromtimestamp(time).astimezone().strftime("%Y-%m-%d")


def period_since(since: str) -> tuple[float, float]:
    """Return start and end of the period since a moment, in seconds since the epoch.

    Raises:
        MemorydError: If the text is not a moment in the past.
    """
    start, end = parse_moment(since, now()), time.time()
    if start is None or start.timestamp() >= end:
        raise MemorydError(f'--since: "{since}" is not a time in the past', "for example 90d, or 2026-02-03")
    return start.timestamp(), end


def sparks(views: Iterable[StoreView], history: "History | None", today: float) -> dict[str, tuple[str, str]]:
    """Return the fill of stores over the last months as blocks, and the day on which they begin, by path.

    A store whose fill never changed has none.

    Args:
        views: The stores.
        history: Has the versions; None if there is none.
        today: The present, in seconds since the epoch.
    """
    past = StorePast(history, (today - _DAYS, today))
    found = {}
    for view in views:
        points = past.trend(view, _CELLS)
        if not is_level(points):
            start = points[0].time
            found[view.store.root] = (sparkline(points, (start, today), _CELLS), day_of(start))
    return found
