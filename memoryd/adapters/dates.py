"""Clock and time zone of this machine."""

from datetime import UTC, datetime, timedelta, tzinfo


class _Here(tzinfo):
    """The time zone of this machine, with summer time where a moment is in it."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return moment.replace(tzinfo=None).astimezone().utcoffset() if moment else None

    def dst(self, _moment: datetime | None) -> None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return moment.replace(tzinfo=None).astimezone().tzname() if moment else None

    def fromutc(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)


def now() -> datetime:
    """Return the present, in the time zone of this machine."""
    return datetime.now().replace(tzinfo=_Here())  # noqa: DTZ005  # it gets its zone here
