from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.versions import CLIENT, GIT, Operation, Version
from memoryd.domain.report.model import Writes
from memoryd.domain.report.series import total_writes, trend_of, writes_of


def version(time: float, digest: str | None = "x", **values: object) -> Version:
    fields: dict[str, object] = {"operation": None, "actor": "", **values}
    return Version(int(time), time, "/s", "/s/MEMORY.md", digest, None, **fields)  # type: ignore[arg-type]


def day_of(time: float) -> str:
    return f"day {int(time // 10)}"


def test_a_trend_begins_with_what_was_there_before() -> None:
    versions = [version(1, "a"), version(5, "b"), version(12, "c"), version(19, "d")]
    found = trend_of(versions, (10, 20), 10, lambda each: {"b": 0.2, "c": 0.4, "d": 0.3}[each.digest or ""])
    assert [(point.time, point.used) for point in found] == [(10, 0.2), (12, 0.4), (19, 0.3)]


def test_a_deleted_file_is_empty_and_a_damaged_one_unknown() -> None:
    versions = [version(11, None), version(15, "damaged")]
    found = trend_of(versions, (10, 20), 10, lambda _: None)
    assert [(point.time, point.used) for point in found] == [(11, 0.0)]


@given(st.lists(st.floats(0, 99), max_size=60).map(sorted), st.integers(1, 20))
def test_a_trend_has_few_points_in_order_and_ends_with_the_last(times: list[float], most: int) -> None:
    versions = [version(time, f"{number}") for number, time in enumerate(times)]
    found = trend_of(versions, (20, 100), most, lambda each: float(each.digest or 0))
    assert len(found) <= most + 1
    assert [point.time for point in found] == sorted(point.time for point in found)
    if times:
        assert found[-1].used == len(times) - 1


def test_writes_are_counted_by_day_and_writer() -> None:
    operations = {
        1: Operation(1, 30, "compact", "done", "", None, "daemon"),
        2: Operation(2, 31, "prune", "done", "", None, "command"),
    }
    versions = [
        version(1),  # when the store was first seen
        version(12, actor=CLIENT),
        version(13, actor=CLIENT),
        version(14, actor=GIT),
        version(25),
        version(31, operation=1),
        version(32, operation=2),
    ]
    assert writes_of(versions, operations, 0, day_of) == (
        Writes("day 1", "agent", 2),
        Writes("day 1", "git", 1),
        Writes("day 2", "other", 1),
        Writes("day 3", "daemon", 1),
        Writes("day 3", "memoryd", 1),
    )
    assert writes_of(versions, operations, 30, day_of)[0].day == "day 3"


def test_writes_of_several_stores_are_added() -> None:
    one, other = (Writes("a", "git", 1),), (Writes("a", "git", 2), Writes("b", "git", 1))
    assert total_writes([one, other]) == (Writes("a", "git", 3), Writes("b", "git", 1))
