import pytest

from memoryd.domain.report.watch import LEAST, MOST, PageTimes, next_times


def test_the_first_page_is_due_at_once() -> None:
    assert PageTimes().is_due(0.0, changed=True)
    assert PageTimes().is_due(0.0, changed=False)


@pytest.mark.parametrize(
    ("after", "changed", "is_due"),
    [(LEAST - 1, True, False), (LEAST, True, True), (MOST - 1, False, False), (MOST, False, True)],
)
def test_a_cheap_page_is_written_a_minute_after_the_last(
    after: float, *, changed: bool, is_due: bool
) -> None:
    assert next_times(100.0, 0.1).is_due(100.0 + after, changed=changed) is is_due


def test_a_dear_page_takes_two_percent_of_the_time() -> None:
    times = next_times(0.0, 10.0)
    assert not times.is_due(499.0, changed=True)
    assert times.is_due(500.0, changed=True)
    assert next_times(0.0, 1000.0).latest == 50_000
