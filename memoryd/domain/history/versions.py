"""What is recorded of the past: versions of files by whoever wrote them, and operations of memoryd."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf

PURGE = "purge"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of memoryd.

    Attributes:
        id: Counts from 1.
        time: When it began, seconds since the epoch.
        cause: The command behind it: `compact`, `undo` …
        status: `intent`, `done`, `aborted` or `conflict`; `purged` where all that it changed was forgotten;
            `purge` of one that made the history forget, which cannot be taken back.
        title: What it did, in words.
        undoes: The operation that it took back, or None.
        actor: Who asked for it: `daemon` or `command`; "" where that was not recorded yet.
    """

    id: int
    time: float
    cause: str
    status: str
    title: str
    undoes: int | None
    actor: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one file, as it was seen.

    Attributes:
        id: Counts from 1 over all files.
        time: When it was seen first, seconds since the epoch.
        root: Absolute path of the store.
        path: Absolute path of the file.
        digest: SHA-256 of its content, hexadecimal; None where the file was gone.
        mode: Permission bits, or None where not known.
        operation: The operation of memoryd that wrote it; None for anybody else.
    """

    id: int
    time: float
    root: str
    path: str
    digest: str | None
    mode: int | None
    operation: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """How one file changed: a version and the one before it, if any."""

    before: Version | None
    after: Version

    @property
    def action(self) -> str:
        """`create`, `modify` or `delete`."""
        if self.after.digest is None:
            return "delete"
        return "modify" if self.before and self.before.digest else "create"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened at one moment: an operation of memoryd, or what somebody else did in one store.

    Attributes:
        time: Seconds since the epoch.
        operation: The operation; None where files were changed outside of memoryd.
        steps: The files that changed, by path; none where an operation came to nothing.
    """

    time: float
    operation: Operation | None
    steps: tuple[Step, ...]


def state_at(versions: Iterable[Version], time: float) -> dict[str, Version]:
    """The version of each file that stood at a moment, by path; files that were gone then are absent.

    Args:
        versions: The oldest first.
        time: Seconds since the epoch.
    """
    last = {version.path: version for version in versions if version.time <= time}
    return {path: version for path, version in last.items() if version.digest is not None}


def steps_of(versions: Iterable[Version]) -> tuple[Step, ...]:
    """Each version with the one before it of the same file; the oldest comes first."""
    last: dict[str, Version] = {}
    steps = []
    for version in versions:
        steps.append(Step(last.get(version.path), version))
        last[version.path] = version
    return tuple(steps)


def events_of(versions: Sequence[Version], operations: Iterable[Operation]) -> tuple[Event, ...]:
    """What happened, the newest first.

    Args:
        versions: The oldest first.
        operations: Those that are to appear; other ones count as done by somebody else.
    """
    known = {operation.id: operation for operation in operations}
    events = []
    seen = set()
    for (identity, _, _), group in groupby(steps_of(versions), lambda step: _moment(step, known)):
        steps = tuple(sorted(group, key=lambda step: step.after.path))
        operation = known.get(identity)
        seen.add(identity)
        events.append(Event(max(step.after.time for step in steps), operation, steps))
    events += [Event(each.time, each, ()) for each in known.values() if each.id not in seen]
    return newest_first(events)


def newest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events by time; of what has the same, by what was recorded later."""

    def order(event: Event) -> tuple[float, float]:
        # One that came to nothing follows what it found changed when it began
        return event.time, max((step.after.id for step in event.steps), default=inf)

    return tuple(sorted(events, key=order, reverse=True))


def _moment(step: Step, known: dict[int, Operation]) -> tuple[int, str, float]:
    """What the steps of one event have in common: the operation, else the store and the time of the look."""
    version = step.after
    if version.operation in known:
        return (version.operation or 0, "", 0.0)
    return (0, version.root, version.time)
