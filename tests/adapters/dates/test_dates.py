import time
from datetime import UTC, datetime, timedelta

import pytest

from memoryd.adapters.dates import now


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_present_is_the_present() -> None:
    assert abs(now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(("month", "offset"), [(1, 1), (7, 2)])
def test_a_moment_has_the_offset_of_its_own_season(month: int, offset: int) -> None:
    moment = datetime(2026, month, 1, 12, tzinfo=UTC).astimezone(now().tzinfo)
    assert (moment.hour, moment.utcoffset()) == (12 + offset, timedelta(hours=offset))
    assert moment == datetime(2026, month, 1, 12, tzinfo=UTC)
    assert now().replace(month=month, day=1).utcoffset() == timedelta(hours=offset)
