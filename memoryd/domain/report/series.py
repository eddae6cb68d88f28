"""Fill and writes over time, from the versions of files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from memoryd.domain.history.versions import CLIENT, DAEMON, GIT, Operation, Version
from memoryd.domain.report.model import FillPoint, Writes

_TICK = 0.002  # seconds; times are recorded in milliseconds


def trend_of(
    versions: Iterable[Version],
    period: tuple[float, float],
    most: int,
    measure: Callable[[Version], float | None],
) -> tuple[FillPoint, ...]:
    """Return the fill of a file over a period, in few points.

    Args:
        versions: The versions of the file, the oldest first.
        period: Start and end, in seconds since the epoch.
        most: Most points.
        measure: Returns the fill by a version; None if its content is damaged.
    """
    start, end = period
    points = []
    for version in _sampled(versions, period, most):
        used = 0.0 if version.digest is None else measure(version)
        if used is not None:
            points.append(FillPoint(min(max(version.time, start), end), used))
    return tuple(points)


def bounds_of(period: tuple[float, float], most: int) -> Iterator[float]:
    """Yield moments just around the ends of the parts of a period, in seconds since the epoch."""
    start, end = period
    for part in range(most + 1):
        moment = start + part * _length(period, most)
        yield from (moment - _TICK, moment + _TICK)
    yield from (end - _TICK, end + _TICK)


def _length(period: tuple[float, float], most: int) -> float:
    return max(period[1] - period[0], 1.0) / max(most - 1, 1)


def _sampled(versions: Iterable[Version], period: tuple[float, float], most: int) -> Iterator[Version]:
    """Yield the last version before a period, and the last one in each of its equal parts."""
    start, end = period
    length = _length(period, most)
    last: dict[int, Version] = {}
    for version in versions:
        if version.time <= end:
            last[-1 if version.time < start else int((version.time - start) / length)] = version
    return (version for _, version in sorted(last.items(), key=lambda each: each[0]))


def writes_of(
    versions: Sequence[Version],
    operations: Mapping[int, Operation],
    since: float,
    day_of: Callable[[float], str],
) -> tuple[Writes, ...]:
    """Return how many files were written by day and writer, in order of days.

    The files that were there when a store was first seen were not written then.

    Args:
        versions: All versions of a store, the oldest first.
        operations: The operations on it by number.
        since: Seconds since the epoch.
        day_of: Returns the day of a moment.
    """
    first = min((version.time for version in versions), default=0.0)
    counts = Counter(
        (day_of(version.time), _actor(version, operations))
        for version in versions
        if version.time >= since and (version.time > first or version.is_by_known_writer)
    )
    return tuple(Writes(day, actor, files) for (day, actor), files in sorted(counts.items()))


def total_writes(each: Iterable[Iterable[Writes]]) -> tuple[Writes, ...]:
    """Return the writes of several stores together."""
    counts: Counter[tuple[str, str]] = Counter()
    for writes in each:
        for write in writes:
            counts[write.day, write.actor] += write.files
    return tuple(Writes(day, actor, files) for (day, actor), files in sorted(counts.items()))


def _actor(version: Version, operations: Mapping[int, Operation]) -> str:
    if version.operation is not None and version.actor != CLIENT:
        operation = operations.get(version.operation)
        return "daemon" if operation and operation.actor == DAEMON else "memoryd"
    return {CLIENT: "agent", GIT: "git"}.get(version.actor, "other")
