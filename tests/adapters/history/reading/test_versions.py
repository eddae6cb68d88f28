"""Queries for some versions answer as a look at all of them does."""

from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.adapters.history import History
from memoryd.domain.history.versions import state_at

ROOT = "/s"
PATHS = ("/s/a.md", "/s/d/b.md", "/s/d.md", "/s/d/\udcff.md", "/s/\udcff/c.md")
PLACES = (ROOT, *PATHS, "/s/d", "/s/\udcff", "/s/none")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    with History(tmp_path_factory.mktemp("state") / "history.db") as history:
        yield history


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from((b"x", b"y", None))), max_size=12))
def test_some_versions_are_those_of_all(history: History, seen: list[tuple[str, bytes | None]]) -> None:
    for each in seen:
        history.observe(ROOT, [each])
    everything, lookup = history.record(ROOT), history.lookup
    times = [everything[len(everything) // 2].time, everything[-1].time, inf] if everything else [inf]
    for place in PLACES:
        own = [each for each in everything if place in {ROOT, each.path} or each.path.startswith(f"{place}/")]
        assert lookup.newest(ROOT, place, -1) == tuple(own)
        assert lookup.newest(ROOT, place, 3) == tuple(own[-3:])
        assert lookup.count(ROOT, place) == (len(own), own[0].time if own else 0.0)
        assert lookup.is_directory(ROOT, place) == any(each.path.startswith(f"{place}/") for each in own)
        for time in times:
            state = [each for each in state_at(everything, time).values() if each in own]
            assert lookup.state(ROOT, place, time) == tuple(state)
        if not own or lookup.is_directory(ROOT, place):
            continue
        last = own[-1]
        assert lookup.newest(ROOT, place, 1, below=last.id) == tuple(own[-2:-1])
        assert lookup.was_there_before(last) == any(each.digest == last.digest for each in own[:-1])
        for time in times[:-1]:
            found = [each for each in own if each.time <= time]
            assert lookup.at(ROOT, place, time) == (found[-1] if found else None)


def test_a_number_is_that_of_the_file_else_that_over_all_files(tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as history:
        for path in ("a", "b", "b"):
            history.observe(ROOT, [(f"/s/{path}", str(path).encode() * len(history.record(ROOT)))])
        history.observe(ROOT, [("/s/b", b"new")])
        found = {
            number: history.lookup.numbered(ROOT, "/s/b", number)
            for number in ("1", "#1", "#3", "4", "9", "#x")
        }
    ids = {number: version and (version.id, version.number) for number, version in found.items()}
    assert ids == {"1": (2, 1), "#1": None, "#3": (3, 2), "4": (4, 3), "9": None, "#x": None}
