"""The newest events are those of the whole history, however few of its versions are read."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import count_calls

from memoryd.adapters.history import History
from memoryd.domain.history.versions import (
    CLIENT,
    GIT,
    Event,
    Step,
    event_of,
    groups_of,
    newest_first,
    steps_of,
)
from memoryd.services.history.events import newest_events
from memoryd.services.history.look_up import HistoryPath

ROOTS = ("/s", "/t")
PATHS = ("/s/a.md", "/s/d/b.md", "/s/d.md", "/t/a.md", "/t/\udcff.md", "/t/\udcff/c.md")
PLACES = (*(HistoryPath(root, root) for root in ROOTS), *(HistoryPath(each[:2], each) for each in PATHS))
DIRECTORIES = (HistoryPath("/s", "/s/d"), HistoryPath("/t", "/t/\udcff"))
OPERATIONS = 4


class Row(NamedTuple):
    """A version: seconds since the one before it, its path, content, writer and operation."""

    pause: float
    path: str
    content: str | None
    writer: str
    operation: int | None


rows = st.lists(
    st.builds(
        Row,
        st.sampled_from((0.0, 0.0, 1.0, 700.0, -2.0)),
        st.sampled_from(PATHS),
        st.sampled_from(("x", "y", None)),
        st.sampled_from(("", "", GIT, CLIENT)),
        st.sampled_from((None, None, *range(1, OPERATIONS + 2))),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    with History(tmp_path_factory.mktemp("state") / "history.db") as history:
        yield history


def write(history: History, versions: Sequence[Row], begun: Sequence[float]) -> None:
    """Replace what is recorded; the last operation is a purge, the one before it wrote in one store only."""
    time = 1_000_000.0
    with closing(sqlite3.connect(history.path, isolation_level=None)) as raw:
        raw.execute("BEGIN")
        for table in ("versions", "operations", "changes"):
            raw.execute(f"DELETE FROM {table}")  # noqa: S608  # constants
        for number, row in enumerate(versions, 1):
            time += row.pause
            path = row.path if row.path.isascii() else row.path.encode(errors="surrogateescape")
            raw.execute(
                "INSERT INTO versions (id, time, root, path, hash, actor, author, operation) "
                "VALUES (?, ?, ?, ?, ?, ?, '', ?)",
                [number, text(time), row.path[:2], path, row.content, row.writer, row.operation],
            )
        for number, when in enumerate(begun, 1):
            status = "purge" if number == OPERATIONS else "done"
            raw.execute(
                "INSERT INTO operations (id, time, cause, status, title) VALUES (?, ?, 'x', ?, '')",
                [number, text(1_000_000 + when), status],
            )
            for root in ROOTS[: 1 if number == OPERATIONS - 1 else 2] if status == "done" else ():
                raw.execute(
                    "INSERT INTO changes (operation, root, path) VALUES (?, ?, ?)",
                    [number, root, f"{root}/a.md"],
                )
        raw.execute("COMMIT")


def text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def all_events(history: History, places: Sequence[HistoryPath]) -> tuple[Event, ...]:
    """Return the events of everything that is recorded."""
    operations = {each.id: each for each in history.operations()}
    events: list[Event] = []
    written: dict[int, list[Step]] = {}
    idle: set[int] = set()
    for place in places:
        steps = steps_of(each for each in history.record(place.root) if place.holds(each.path))
        known = {each.id for each in history.operations(place.root)}
        by_id = {step.after.id: step for step in steps}
        for group in groups_of([step.after for step in steps], known):
            operation, own = group[0].operation, [by_id[each.id] for each in group]
            if operation is not None and operation in known:
                written.setdefault(operation, []).extend(own)
            else:
                events.append(event_of(own, None))
        idle |= known if place.is_store else set()
    events += [event_of(steps, operations[each]) for each, steps in written.items()]
    events += [Event(operations[each].time, operations[each], ()) for each in idle - written.keys()]
    return newest_first(events)


@settings(max_examples=60, deadline=None)
@given(
    rows,
    st.lists(st.integers(-5, 3000), min_size=OPERATIONS, max_size=OPERATIONS),
    st.lists(st.sampled_from((*PLACES, *DIRECTORIES)), min_size=1, max_size=3, unique=True),
    st.integers(1, 6),
)
def test_the_newest_events_are_those_of_the_whole_history(
    history: History, versions: list[Row], begun: list[float], places: list[HistoryPath], most: int
) -> None:
    write(history, versions, begun)
    everything = all_events(history, places)
    assert newest_events(history, places, 0).shown == everything
    found = newest_events(history, places, most)
    assert found.shown == everything[:most]
    rest = everything[most:]
    assert found.versions == sum(len(event.steps) for event in rest)
    assert found.operations == sum(event.operation is not None for event in rest)


def test_few_versions_of_a_long_history_are_read(history: History) -> None:
    calls = []
    for length in (300, 3_000):
        rows = [Row(1.0, PATHS[number % 2], "xy"[number % 3 % 2], "", None) for number in range(length)]
        write(history, rows, [0.0] * OPERATIONS)
        calls.append(count_calls(partial(newest_events, history, PLACES[:3], 5)))
    assert calls[0] == calls[1]
