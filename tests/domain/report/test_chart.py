import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.report.chart import (
    ACTORS,
    HIGH,
    STRIP,
    WIDE,
    is_level,
    sparkline,
    trend_chart,
    writes_chart,
)
from memoryd.domain.report.model import FillPoint, Writes

fills = st.lists(st.floats(0, 9), min_size=1, max_size=20)


def points(used: list[float]) -> list[FillPoint]:
    return [FillPoint(100.0 + number, each) for number, each in enumerate(used)]


@given(fills)
def test_a_trend_stays_within_its_chart(used: list[float]) -> None:
    chart = trend_chart(points(used), (100, 130))
    numbers = [float(each) for each in re.findall(r"[\d.]+", chart.line)]
    assert all(0 <= each <= WIDE for each in numbers)
    assert all(0 <= float(each) <= HIGH for each in re.findall(r"V([\d.]+)", chart.line))
    assert 0 < chart.limit < HIGH
    assert chart.area.endswith("Z")


def test_the_line_is_above_the_limit_where_the_fill_is() -> None:
    chart = trend_chart(points([0.5, 1.5]), (100, 110))
    assert chart.line == f"M0 85.2H64V15.7H{WIDE}"
    assert 15.7 < chart.limit < 85.2


@pytest.mark.parametrize(("last", "days"), [("2026-01-31", 1), ("2026-04-02", 1), ("2027-01-01", 4)])
def test_long_periods_have_a_bar_for_several_days(last: str, days: int) -> None:
    chart = writes_chart([Writes("2026-01-31", "git", 3)], "2026-01-01", last)
    assert chart.days == days
    (strip,) = chart.strips
    assert (strip.actor, strip.total) == ("git", 3)
    assert strip.bars[0].height == STRIP
    assert strip.bars[0].x + chart.bar <= WIDE + 1


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(list(ACTORS)), st.integers(1, 99))))
def test_no_file_is_lost(found: list[tuple[int, str, int]]) -> None:
    writes = [Writes(f"2026-01-{day:02}", actor, files) for day, actor, files in found]
    chart = writes_chart(writes, "2025-09-01", "2026-01-30")
    total = sum(files for _, _, files in found)
    assert sum(strip.total for strip in chart.strips) == total
    assert sum(bar.files for strip in chart.strips for bar in strip.bars) == total


def test_a_sparkline_has_a_block_for_each_part() -> None:
    found = [FillPoint(2.0, 0.0), FillPoint(4.0, 0.5), FillPoint(6.0, 1.0), FillPoint(8.0, 3.0)]
    assert sparkline(found, (0, 10), 5) == "▁▅███"
    assert sparkline(found[1:], (0, 10), 5) == " ▅███"
    assert sparkline([], (0, 10), 3) == "   "


def test_a_fill_that_never_changed_is_level() -> None:
    assert is_level(points([0.3, 0.3]))
    assert not is_level(points([0.3, 0.4]))
