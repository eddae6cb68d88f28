"""States, steps and events of the past, moments in words, and what may leave."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.retention import expendable
from memoryd.domain.history.versions import Operation, Version, events_of, state_at


def version(number: int, time: float, path: str, digest: str | None, operation: int | None = None) -> Version:
    return Version(number, time, "/s", f"/s/{path}", digest, None, operation)


def operation(number: int, time: float, status: str = "done") -> Operation:
    return Operation(number, time, "compact", status, "a title", None, "daemon")


def test_a_state_is_what_stood_at_a_moment() -> None:
    versions = [
        version(1, 10, "a", "x"),
        version(2, 20, "b", "y"),
        version(3, 20, "a", None),
        version(4, 30, "a", "z"),
    ]
    states = {
        time: {path: each.digest for path, each in state_at(versions, time).items()}
        for time in (9, 10, 20, 30)
    }
    assert states == {9: {}, 10: {"/s/a": "x"}, 20: {"/s/b": "y"}, 30: {"/s/a": "z", "/s/b": "y"}}


def test_an_operation_that_came_to_nothing_is_newer_than_what_it_found() -> None:
    events = events_of([version(1, 10, "a", "x"), version(2, 20, "a", "y")], [operation(1, 20, "aborted")])
    assert [(event.time, event.operation is None) for event in events] == [
        (20, False),
        (20, True),
        (10, True),
    ]


def test_events_are_what_was_seen_at_once_and_operations_whole() -> None:
    versions = [
        version(1, 10, "a", "x"),
        version(2, 10, "b", "y"),
        version(3, 20, "b", "z", operation=1),
        version(4, 20.1, "a", None, operation=1),
        version(5, 30, "b", "y", operation=9),
    ]
    events = events_of(versions, [operation(1, 19), operation(2, 25, "aborted")])
    shown = [
        (
            event.operation.id if event.operation else None,
            [(step.action, step.after.id) for step in event.steps],
        )
        for event in events
    ]
    assert shown == [
        (None, [("modify", 5)]),
        (2, []),
        (1, [("delete", 4), ("modify", 3)]),
        (None, [("create", 1), ("create", 2)]),
    ]


def lines_of(version: Version) -> frozenset[bytes]:
    return frozenset((version.digest or "").encode().split())


digests = st.none() | st.lists(st.sampled_from("abcd"), max_size=3).map(" ".join)


@given(st.lists(st.tuples(st.sampled_from("xyz"), digests), max_size=15), st.integers(0, 16))
def test_no_line_leaves_with_what_may_leave(seen: Sequence[tuple[str, str | None]], before: int) -> None:
    versions = [version(number, number, path, digest) for number, (path, digest) in enumerate(seen, 1)]
    leaving = expendable(versions, lines_of, before)
    staying = [each for each in versions if each not in leaving]
    assert all(each.time < before for each in leaving)
    assert frozenset().union(*map(lines_of, versions)) == frozenset().union(*map(lines_of, staying))
    for moment in range(before, 17):
        held = {path: each.digest for path, each in state_at(versions, moment).items()}
        assert held == {path: each.digest for path, each in state_at(staying, moment).items()}
    assert expendable(staying, lines_of, before) == ()


def test_old_versions_that_say_nothing_more_leave() -> None:
    versions = [
        version(1, 1, "x", "a"),
        version(2, 2, "x", "a b"),
        version(3, 3, "x", "a c"),
        version(4, 4, "x", "a c d"),
    ]
    assert [each.id for each in expendable(versions, lines_of, 4)] == [3, 1]
