from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.dates.moments import ago, clock, parse_duration, parse_moment, read_time

NOW = datetime(2026, 2, 3, 14, 30, tzinfo=UTC)
UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("now", timedelta()),
        ("2 hours ago", timedelta(hours=2)),
        ("an hour ago", timedelta(hours=1)),
        ("90m", timedelta(minutes=90)),
        ("1.5 h", timedelta(minutes=90)),
        ("3 days", timedelta(days=3)),
        ("2.weeks.ago", timedelta(weeks=2)),
        ("6mo", timedelta(days=180)),
        ("2 months ago", timedelta(days=60)),
        ("a year ago.", timedelta(days=365)),
        ("today", timedelta(hours=14, minutes=30)),
        ("yesterday", timedelta(hours=38, minutes=30)),
        ("2026-02-03", timedelta(hours=14, minutes=30)),
        ("2026-02-03 14:00", timedelta(minutes=30)),
        ("2026-02-03T15:00+01:00", timedelta(minutes=30)),
        ("2026-02-03 14:00:10", timedelta(minutes=29, seconds=49, microseconds=1)),
        ("2026-02-03 14:00:10.250", timedelta(minutes=29, seconds=49, milliseconds=750)),
    ],
)
def test_moments_as_people_write_them(text: str, ago: timedelta) -> None:
    assert parse_moment(text, NOW) == NOW - ago


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2",
        "2 parsecs ago",
        "hours",
        "9" * 400 + "d",
        "9999999999d",
        "2026-02-31",
        "0001-01-01T00:00+01:00",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert parse_moment(text, NOW) is None


def test_moments_keep_to_summer_time_where_they_are_in_it() -> None:
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # clocks went forward that night
    found = [parse_moment(text, now) for text in ("yesterday", "12 hours ago", "2026-02-03 14:00")]
    assert [moment.astimezone(UTC).isoformat() for moment in found if moment] == [
        "2026-03-27T23:00:00+00:00",
        "2026-03-28T22:00:00+00:00",
        "2026-02-03T13:00:00+00:00",
    ]


@given(st.integers(0, 1_999), st.sampled_from(sorted(UNITS)))
def test_a_number_and_a_unit_are_a_duration_wherever_one_is_read(number: int, unit: str) -> None:
    assert parse_duration(f"{number}{unit}") == number * UNITS[unit]
    assert parse_duration(f" {number} {unit.upper()} ") == number * UNITS[unit]
    assert parse_moment(f"{number}{unit} ago", NOW) == NOW - number * UNITS[unit]


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("2 minutes", timedelta(minutes=2)),
        ("2 months", timedelta(days=60)),
        ("5ms", timedelta(milliseconds=5)),
        ("1.5h", timedelta(minutes=90)),
        ("90secs", timedelta(seconds=90)),
        ("a week", timedelta(weeks=1)),
    ],
)
def test_durations_as_people_write_them(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


def test_a_number_alone_has_the_unit_of_its_place() -> None:
    assert parse_duration("90") is None
    assert parse_duration("90", bare="s") == timedelta(seconds=90)
    assert parse_duration("90", bare="d") == timedelta(days=90)


@pytest.mark.parametrize("text", ["", "a", "m", "-1d", "1e3s", "2mon", "1d2h", "٣d", "9" * 400 + "s", "hmm"])
def test_what_is_no_duration(text: str) -> None:
    assert parse_duration(text, bare="d") is None


@given(st.text(alphabet="0123456789.-+ aegomyhdw\n:TZ٣", max_size=12))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse_duration(text, bare="s")
    parse_moment(text, NOW)
    read_time(text)


def test_times_of_programs() -> None:
    assert read_time("2026-02-03T14:30:00") == NOW
    assert read_time("2026-02-03T15:30:00+01:00") == NOW
    assert [read_time(text) for text in (None, "", "soon")] == [None, None, None]


def test_a_time_of_day_has_its_date_where_that_is_another() -> None:
    berlin = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    assert clock(NOW - timedelta(hours=1), NOW) == "13:30"
    assert clock(NOW - timedelta(hours=15), NOW) == "2026-02-02 23:30"
    assert clock(NOW, berlin) == "15:30"
    assert clock(datetime(2025, 7, 1, 12, tzinfo=UTC), berlin) == "2025-07-01 14:00"  # in summer time


@pytest.mark.parametrize(
    ("past", "shown"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(hours=23.9), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_how_long_ago_is_in_the_greatest_unit(past: timedelta, shown: str) -> None:
    assert ago(NOW - past, NOW) == shown


def test_an_unknown_time_is_said_to_be_one() -> None:
    assert ago(None, NOW) == "at an unknown time"
