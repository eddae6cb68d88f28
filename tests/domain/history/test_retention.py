from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.retention import (
    THINNINGS,
    expendable,
    fair_share,
    intermediate_versions,
    old_versions,
)
from memoryd.domain.history.versions import Version, state_at

DAY = 86400.0


def version(number: int, time: float, path: str, digest: str | None) -> Version:
    return Version(number, time, "/s", f"/s/{path}", digest, None, None)


def content_of(version: Version) -> bytes | None:
    return None if version.digest is None else version.digest.replace(" ", "\n").encode()


def lines_of(versions: Iterable[Version]) -> set[bytes]:
    return {line for each in versions for line in (content_of(each) or b"").split()}


def by_file(versions: Iterable[Version]) -> list[list[tuple[Version, bytes | None]]]:
    found: dict[str, list[tuple[Version, bytes | None]]] = {}
    for each in versions:
        found.setdefault(each.path, []).append((each, content_of(each)))
    return list(found.values())


def without(versions: Sequence[Version], candidates: set[int]) -> list[Version]:
    gone = expendable(by_file(versions), candidates)
    assert gone <= candidates
    return [each for each in versions if each.id not in gone]


digests = st.none() | st.lists(st.sampled_from("abcd"), max_size=4).map(" ".join)
histories = st.lists(st.tuples(st.sampled_from("xyz"), digests), max_size=15)


@given(histories, st.integers(0, 16))
def test_no_line_leaves_with_old_versions(seen: Sequence[tuple[str, str | None]], before: int) -> None:
    versions = [version(number, number, path, digest) for number, (path, digest) in enumerate(seen, -5)]
    staying = without(versions, old_versions(versions, before))
    assert lines_of(versions) == lines_of(staying)
    assert all(each in staying for each in versions if each.time >= before)
    for moment in range(before, 17):
        held = {path: each.digest for path, each in state_at(versions, moment).items()}
        assert held == {path: each.digest for path, each in state_at(staying, moment).items()}
    assert without(staying, old_versions(staying, before)) == staying


@given(histories, st.sets(st.integers(-5, 16)))
def test_no_line_leaves_whatever_may_leave(seen: Sequence[tuple[str, str | None]], chosen: set[int]) -> None:
    versions = [version(number, number, path, digest) for number, (path, digest) in enumerate(seen, -5)]
    last = {each.path: each.id for each in versions}
    candidates = chosen & ({each.id for each in versions} - set(last.values()))
    assert lines_of(without(versions, candidates)) == lines_of(versions)


@given(
    st.lists(st.tuples(st.sampled_from("xy"), digests, st.floats(0, 200 * DAY)), max_size=25),
    st.sampled_from(THINNINGS),
)
def test_no_line_leaves_by_thinning(
    seen: Sequence[tuple[str, str | None, float]], thinning: Sequence[tuple[float, float]]
) -> None:
    now = 500 * DAY
    times = sorted((now - age for _, _, age in seen))
    versions = [
        version(number, time, path, digest)
        for number, (time, (path, digest, _)) in enumerate(zip(times, seen, strict=True), 1)
    ]
    candidates = intermediate_versions(versions, now, thinning)
    staying = without(versions, candidates)
    assert lines_of(versions) == lines_of(staying)
    assert {each.path: each.digest for each in versions} == {each.path: each.digest for each in staying}
    assert without(staying, intermediate_versions(staying, now, thinning)) == staying


def test_old_versions_that_say_nothing_more_leave() -> None:
    versions = [
        version(number, number, "x", text) for number, text in enumerate(["a", "a b", "a c", "a c d"], 1)
    ]
    assert [each.id for each in without(versions, old_versions(versions, 4))] == [2, 4]


def test_of_two_versions_with_a_line_the_newer_one_stays() -> None:
    versions = [version(number, number, "x", text) for number, text in enumerate(["a", "a b", "a c", "d"], 1)]
    assert [each.id for each in without(versions, {1, 2, 3})] == [2, 3, 4]


@pytest.mark.parametrize(
    ("age", "every", "kept"),
    [(0.5, 60, 60), (3, 60, 1), (3, 3600, 60), (30, 3600, 3), (30, DAY, 60), (150, DAY, 9)],
    ids=str,
)
def test_one_version_stays_of_each_hour_day_and_week(age: float, every: float, kept: int) -> None:
    end = 20_000 * DAY - 1
    times = [end - every * number for number in reversed(range(60))]
    versions = [version(number, time, "x", "a") for number, time in enumerate(times, 1)]
    now = end + age * DAY
    if every * 60 > DAY and age < 1:
        now = end
    thinned = intermediate_versions([*versions, version(99, now, "x", "a")], now, THINNINGS[0])
    assert abs(60 - len(thinned) - kept) <= 1


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 100), max_size=8), st.integers(0, 300))
def test_shares_fill_the_room_and_no_more(sizes: dict[str, int], most: int) -> None:
    share = fair_share(sizes, most)
    taken = sum(min(size, share) for size in sizes.values())
    if sum(sizes.values()) <= most:
        assert share == float("inf")
    else:
        assert taken == pytest.approx(most)
