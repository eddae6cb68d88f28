"""States, steps and events of the past, moments in words, and what may leave."""

from memoryd.domain.history.versions import (
    Event,
    Operation,
    Version,
    event_of,
    groups_of,
    last_in_force,
    newest_first,
    state_at,
    steps_of,
)


def version(number: int, time: float, path: str, digest: str | None, operation: int | None = None) -> Version:
    return Version(number, time, "/s", f"/s/{path}", digest, None, operation)


def operation(number: int, time: float, status: str = "done") -> Operation:
    return Operation(number, time, "compact", status, "a title", None, "daemon")


def events_of(versions: list[Version], operations: list[Operation]) -> tuple[Event, ...]:
    known = {each.id: each for each in operations}
    steps = {step.after.id: step for step in steps_of(versions)}
    groups = groups_of(versions, known)
    events = [
        event_of([steps[each.id] for each in group], known.get(group[0].operation or 0)) for group in groups
    ]
    done = {event.operation.id for event in events if event.operation}
    return newest_first(
        [*events, *(Event(each.time, each, ()) for each in operations if each.id not in done)]
    )


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


def test_an_operation_is_in_force_until_it_is_undone_and_again_when_the_undo_is() -> None:
    first, second = operation(1, 10), operation(2, 20)
    undo = Operation(3, 30, "undo", "done", "", 2, "command")
    again = Operation(4, 40, "undo", "done", "", 3, "command")

    def last(operations: list[Operation], cause: str, since: float) -> Operation | None:
        return last_in_force(operations, lambda each: each.cause == cause, since)

    assert last([second, first], "compact", 0) == second
    assert last([second, first], "prune", 0) is None
    assert last([second, first], "compact", 21) is None
    assert last([undo, second, first], "compact", 0) == first
    assert last([again, undo, second, first], "compact", 0) == second
    failed = Operation(3, 30, "undo", "conflict", "", 2, "command")
    assert last([failed, operation(5, 25, "aborted"), second], "compact", 0) == second


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
