"""Charts of fills and writes over time."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from memoryd.domain.report.model import FillPoint, Writes
from memoryd.values import dataclass

ACTORS = {
    "agent": "agents (Claude Code)",
    "daemon": "memoryd, by itself",
    "memoryd": "memoryd, by command",
    "git": "git",
    "other": "other programs",
}
"""Names of the writers."""
WIDE, HIGH = 640, 120
"""Size of the chart of a fill, in CSS pixels."""
STRIP = 24
"""Height of the bars of one writer."""
_TOP = 1.15  # of the limit or the highest fill: the upper edge of a chart
_MOST_BARS = 92  # longer periods have a bar for several days
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Chart of the fill of an index file.

    Attributes:
        line: The line, as the `d` of an SVG path.
        area: The area below it.
        limit: Height at which the limit is.
    """

    line: str
    area: str
    limit: float


def trend_chart(points: Sequence[FillPoint], period: tuple[float, float], limit: float = 1.0) -> TrendChart:
    """Return the chart of a fill, which stays as it is from each point to the next one.

    Args:
        points: The fill, the oldest point first; at least one.
        period: Start and end, in seconds since the epoch.
        limit: The fill at which the line of the limit is.
    """
    start, end = period
    top = max([limit, *(point.used for point in points)]) * _TOP
    length = max(end - start, 1.0)
    at = [
        (round((point.time - start) / length * WIDE, 1), round(HIGH - point.used / top * HIGH, 1))
        for point in points
    ]
    steps = "".join(f"H{x:g}V{y:g}" for x, y in at[1:])
    (left, first), baseline = at[0], f"V{HIGH}H{at[0][0]:g}Z"
    line = f"M{left:g} {first:g}{steps}H{WIDE}"
    return TrendChart(line, line + baseline, round(HIGH - limit / top * HIGH, 1))


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a strip.

    Attributes:
        x: Left edge, in CSS pixels.
        height: Height, at most `STRIP`.
        day: First day.
        files: Number of files.
    """

    x: float
    height: float
    day: str
    files: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars of one writer.

    Attributes:
        actor: The writer, for people.
        total: Number of files in the period.
        bars: The bars.
    """

    actor: str
    total: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class WritesChart:
    """Chart of the files that were written.

    Attributes:
        strips: One for each writer.
        bar: Width of a bar, in CSS pixels.
        days: Number of days in one bar.
    """

    strips: tuple[Strip, ...]
    bar: float
    days: int


def writes_chart(writes: Iterable[Writes], first: str, last: str) -> WritesChart:
    """Return the chart of what was written from a first to a last day, both as `2026-01-31`."""
    begin = date.fromisoformat(first)
    count = (date.fromisoformat(last) - begin).days + 1
    days = -(-count // _MOST_BARS)
    room = WIDE / -(-count // days)
    found: dict[str, dict[int, int]] = {}
    for each in writes:
        at = max((date.fromisoformat(each.day) - begin).days, 0) // days
        bars = found.setdefault(each.actor, {})
        bars[at] = bars.get(at, 0) + each.files
    most = max((files for bars in found.values() for files in bars.values()), default=1)
    strips = tuple(
        Strip(
            name,
            sum(found[actor].values()),
            tuple(
                Bar(
                    round(at * room, 1),
                    round(max(files / most * STRIP, 2.0), 1),
                    (begin + timedelta(at * days)).isoformat(),
                    files,
                )
                for at, files in sorted(found[actor].items())
            ),
        )
        for actor, name in ACTORS.items()
        if actor in found
    )
    return WritesChart(strips, round(room * 0.8, 2), days)


def sparkline(points: Sequence[FillPoint], period: tuple[float, float], cells: int) -> str:
    """Return the fill over a period as blocks, one for each equal part; a full block is the limit or more.

    Args:
        points: The fill, the oldest point first.
        period: Start and end, in seconds since the epoch.
        cells: Number of blocks; those before the first point are spaces.
    """
    start, end = period
    length = max(end - start, 1.0) / cells
    shown = []
    for cell in range(cells):
        moment = start + (cell + 1) * length
        known = [point.used for point in points if point.time <= moment]
        level = min(int(known[-1] * (len(_BLOCKS) - 1) + 0.5), len(_BLOCKS) - 1) if known else None
        shown.append(" " if level is None else _BLOCKS[level])
    return "".join(shown)


def is_level(points: Sequence[FillPoint]) -> bool:
    """Return whether a fill never changed."""
    return all(one.used == other.used for one, other in pairwise(points))
