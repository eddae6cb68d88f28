"""The newest events of stores and files."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from memoryd.domain.history.versions import Event, Step, Version, event_of, groups_of, newest_first, steps_of

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.services.history.look_up import HistoryPath

_ROWS = 4  # versions that are read for each wanted event
_MORE = 8  # times as many are read if those are too few


class NewestEvents(NamedTuple):
    """The newest events, and what is older.

    Attributes:
        shown: The events, the newest first.
        versions: How many versions are in none of them.
        operations: How many operations are none of them.
        since: The time of the first version, in seconds since the epoch.
    """

    shown: tuple[Event, ...]
    versions: int = 0
    operations: int = 0
    since: float = 0.0


_Group = tuple[int | None, list[Version]]
"""The operation, or None, and the versions of an event."""


class _Window(NamedTuple):
    """The newest versions of a path, in groups of one event each.

    Attributes:
        groups: The versions of each group; the older ones of an operation may be missing.
        floor: Groups are complete, and none is missing, whose last version has a higher id.
        known: The ids of the operations on the path.
        before: The version before another of the same file, by the id of that, as far as it was read.
    """

    groups: list[list[Version]]
    floor: int
    known: frozenset[int]
    before: dict[int, Version | None]


def newest_events(history: "History", places: Iterable["HistoryPath"], most: int) -> NewestEvents:
    """Return the newest events of stores and files.

    Args:
        history: The history.
        places: The stores and files.
        most: How many events at most; 0 for all, for which every version is read.
    """
    places, size = tuple(places), most * _ROWS
    while True:
        windows = [_window(history, place, size) for place in places]
        floor = max((window.floor for window in windows), default=0)
        joined = _joined(windows, floor)
        if not floor or len(joined) >= most:
            break
        size *= _MORE
    groups = joined[:most] if most else joined
    is_full = most and len(groups) == most
    since = max(version.time for version in groups[-1][1]) if is_full else 0.0
    events = newest_first(_with_operations(history, places, windows, groups, since))
    return _with_rest(history, places, windows, events[:most]) if most else NewestEvents(events)


def _window(history: "History", place: "HistoryPath", size: int) -> _Window:
    known = history.lookup.operations_on(place.root, place.path)
    versions = history.lookup.newest(place.root, place.path, size + 1 if size else -1)
    is_whole = not size or len(versions) <= size
    groups = groups_of(versions, known)
    floor = 0
    if not is_whole:  # the first group may have begun earlier
        first = versions[0]
        floor = first.id if first.operation in known else groups[0][-1].id
    before = {step.after.id: step.before for step in steps_of(versions) if step.before or is_whole}
    return _Window(groups, floor, known, before)


def _joined(windows: Iterable[_Window], floor: int) -> list[_Group]:
    """Return the groups above the floor with their operations, each of these once, the newest first."""
    found: list[_Group] = []
    by_operation: dict[int, list[Version]] = {}
    for window in windows:
        for group in window.groups:
            operation = group[0].operation
            if operation is None or operation not in window.known:
                found.append((None, group))
            elif operation in by_operation:
                by_operation[operation] += group
            else:
                by_operation[operation] = [*group]
    found += by_operation.items()
    newest = {id(versions): max(version.id for version in versions) for _, versions in found}
    found.sort(key=lambda each: newest[id(each[1])], reverse=True)
    return [each for each in found if newest[id(each[1])] > floor]


def _with_operations(
    history: "History",
    places: Iterable["HistoryPath"],
    windows: Sequence[_Window],
    groups: Sequence[_Group],
    since: float,
) -> list[Event]:
    """Return the events of groups, with all versions of each operation, and operations without effect.

    Args:
        history: The history.
        places: The stores and files.
        windows: Their newest versions.
        groups: The versions and the operation of each wanted event.
        since: The least time of an operation without effect, in seconds since the epoch.
    """
    wanted = {operation for operation, _ in groups if operation is not None}
    known = {each for window in windows for each in window.known}
    found = history.lookup.operations_among(known, since) + history.lookup.operations_among(wanted)
    operations = {each.id: each for each in found}
    steps: dict[int, list[Step]] = {identity: [] for identity in operations}
    before = {identity: version for window in windows for identity, version in window.before.items()}

    def step(version: Version) -> Step:
        is_known = version.id in before
        return Step(before[version.id] if is_known else history.lookup.before(version), version)

    written: dict[str, list[Version]] = {}
    for version in history.lookup.written_by(operations) if operations else ():
        written.setdefault(version.root, []).append(version)
    for place, window in zip(places, windows, strict=True):
        for version in written.get(place.root, ()):
            if version.operation in window.known and place.holds(version.path):
                steps[version.operation or 0].append(step(version))
    events = [event_of(map(step, group), None) for operation, group in groups if operation is None]
    for identity, operation in operations.items():
        if identity in wanted:
            events.append(event_of(steps[identity], operation))
        elif not steps[identity]:
            events.append(Event(operation.time, operation, ()))
    return events


def _with_rest(
    history: "History", places: Iterable["HistoryPath"], windows: Iterable[_Window], shown: tuple[Event, ...]
) -> NewestEvents:
    """Return events with the numbers of those that are older."""
    counts = [history.lookup.count(place.root, place.path) for place in places]
    operations = {each for window in windows for each in window.known}
    operations -= {event.operation.id for event in shown if event.operation}
    versions = sum(count for count, _ in counts) - sum(len(event.steps) for event in shown)
    since = min((first for count, first in counts if count), default=0.0)
    return NewestEvents(shown, versions, len(operations), since)
