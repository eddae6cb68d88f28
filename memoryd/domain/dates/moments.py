"""Moments as people write them: `2 hours ago`, `yesterday`, `2026-02-03 14:00`."""

import re
from datetime import UTC, datetime, timedelta

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
}
_AGO = re.compile(r"(\d+(?:\.\d+)?|an?)[\s.]*([a-z]+?)s?[\s.]*(?:ago)?", re.ASCII)
_SECOND = re.compile(r"\d\d:\d\d:\d\d(?![.,\d])")
_DAYS = {"now": None, "today": 0, "yesterday": 1}


def parse_moment(text: str, now: datetime) -> datetime | None:
    """The moment that a text means; None where it means none.

    Args:
        text: So long ago (`2 hours ago`, `90m`, `3d`), a day (`yesterday`, `2026-02-03`: its beginning),
            or an ISO 8601 time. A second, as `log` shows it, is meant with all of its parts.
        now: The present, with its time zone, which holds where the text names none.
    """
    words = " ".join(text.lower().split())
    if words in _DAYS:
        days = _DAYS[words]
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return now if days is None else start - timedelta(days=days)
    match = _AGO.fullmatch(words)
    unit = _UNITS.get(match[2]) if match else None
    try:
        if match and unit:
            ago = timedelta(seconds=unit * (1 if match[1].startswith("a") else float(match[1])))
            return now.astimezone(UTC) - ago  # by the clock on the wall, a change to summer time would count
        moment = datetime.fromisoformat(text.strip())
        if _SECOND.search(text):
            moment = moment.replace(microsecond=999_999)
        return (moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
