"""Moments and durations as people write and read them."""

import re
from datetime import UTC, datetime, timedelta

from memoryd.domain.text.phrases import counted
from memoryd.values import regex

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604_800.0),
    **dict.fromkeys(("mo", "month", "months"), 30 * 86_400.0),
    **dict.fromkeys(("y", "year", "years"), 365 * 86_400.0),
    "ms": 0.001,
}
_DURATION = regex(r"(?:(\d+(?:\.\d+)?)|an?\b)[\s.]*([a-z]*)", re.ASCII)
_AGO = regex(r"[\s.]*(?:ago[\s.]*)?\Z")
_SECOND = regex(r"\d\d:\d\d:\d\d(?![.,\d])")
_DAYS = {"now": None, "today": 0, "yesterday": 1}
_SHOWN = (
    (31_557_600, "year", "years"),
    (86_400, "day", "days"),
    (3600, "h", "h"),
    (60, "min", "min"),
    (1, "s", "s"),
)


def parse_duration(text: str, *, bare: str = "") -> timedelta | None:
    """Return the duration that a text means; None if it means none.

    Args:
        text: A number and a unit, case-insensitive: `90s`, `2 minutes`, `1.5h`, `90d`, `12w`, `a week`.
            `m` is minutes, `mo` months of 30 days, `y` years of 365 days.
        bare: The unit of a number without one; "" if a unit is required.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if not match:
        return None
    seconds = _SECONDS.get(match[2] or (bare if match[1] else ""))
    try:
        return None if seconds is None else timedelta(seconds=seconds * float(match[1] or 1))
    except OverflowError:
        return None


def parse_moment(text: str, now: datetime) -> datetime | None:
    """Return the moment that a text means; None if it means none.

    Args:
        text: An age (`2 hours ago`, `90m`, `3d`), a day (`yesterday`, `2026-02-03`: its start), or an
            ISO 8601 time. A time in seconds, as `log` shows it, includes all its fractions.
        now: The present, with its time zone, which applies if the text names none.
    """
    words = " ".join(text.lower().split())
    if words in _DAYS:
        days = _DAYS[words]
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return now if days is None else start - timedelta(days=days)
    duration = parse_duration(_AGO.sub("", words))
    try:
        if duration is not None:  # in local time, a change to summer time would count
            return now.astimezone(UTC) - duration
        moment = datetime.fromisoformat(text.strip())
        if _SECOND.search(text):
            moment = moment.replace(microsecond=999_999)
        return (moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_time(text: str | None) -> datetime | None:
    """Return an ISO 8601 time as a program wrote it, UTC if it has no zone; None if it is invalid."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def clock(moment: datetime, now: datetime) -> str:
    """Return the time of day, with the date if that is not today, in the time zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    return local.strftime("%H:%M" if local.date() == now.date() else "%Y-%m-%d %H:%M")


def ago(moment: datetime | None, now: datetime) -> str:
    """Return the age of a moment, in its greatest unit."""
    if moment is None:
        return "at an unknown time"
    seconds = int((now - moment).total_seconds())
    for size, one, many in _SHOWN:
        if seconds >= size:
            return f"{counted(seconds // size, one, many)} ago"
    return "just now"
