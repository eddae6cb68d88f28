"""Versions of files, and the operations that wrote them."""

from collections.abc import Callable, Container, Iterable

from memoryd.values import dataclass

PURGE = "purge"
RESCUE = "rescue"
"""The cause of operations that add lines written during another operation."""
DAEMON = "daemon"
"""The actor of the operations of the daemon."""
CLIENT = "client"
"""The writer of versions, and the actor of operations, that Claude Code reported as its own."""
BEFORE = "before"
"""Marks a content, not recorded yet, that was there before a write that Claude Code reported."""
GIT = "git"
"""The writer of versions that came with a checkout, merge and the like."""
_PAUSE = 600.0  # seconds between two writes of one agent that are shown as one event


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of memoryd.

    Attributes:
        id: Counts from 1.
        time: Its start, in seconds since the epoch.
        cause: The command behind it: `compact`, `undo` …
        status: `intent`, `done`, `aborted` or `conflict`; `purged` if all its changes were forgotten;
            `purge` for the operation that forgot, which cannot be undone.
        title: A description for people.
        undoes: The operation that it undid, or None.
        actor: `daemon` or `command`; `client` for the writes of a session of Claude Code, which it reported;
            "" in old records without it.
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
        time: The time when it was first seen, in seconds since the epoch.
        root: Absolute path of the store.
        path: Absolute path of the file.
        digest: SHA-256 of its content, hexadecimal; None for a deleted file.
        mode: Permission bits, or None if unknown.
        operation: The operation of memoryd that wrote it, or that a write of Claude Code is part of; None for
            any other writer.
        number: Counts from 1 over the versions of the file; 0 if unknown.
        actor: `git` for a checkout, merge and the like; `client` for a write that Claude Code reported; ""
            for an unknown writer or an operation.
        author: Who committed it, if it was imported from git; the agent, if the client wrote it; what the
            reflog says, if git wrote it.
    """

    id: int
    time: float
    root: str
    path: str
    digest: str | None
    mode: int | None
    operation: int | None
    number: int = 0
    actor: str = ""
    author: str = ""

    @property
    def is_by_known_writer(self) -> bool:
        """Return whether memoryd or git wrote it, which lose nothing that is not recorded."""
        return self.actor == GIT or (self.operation is not None and self.actor != CLIENT)


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one file: a version and the one before it, if any."""

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
    """An operation of memoryd, or changes by others in one store that were seen together.

    Attributes:
        time: Seconds since the epoch: of the last change, of an operation without effect its start.
        operation: The operation; None for changes by others.
        steps: The changed files, by path; none for an operation without effect.
    """

    time: float
    operation: Operation | None
    steps: tuple[Step, ...]

    @property
    def actor(self) -> str:
        """Return who did it: `daemon`, `command`, `git`, `client`, or "" for an unknown program."""
        return self.operation.actor if self.operation else self.steps[0].after.actor

    @property
    def newest(self) -> int:
        """Return the id of the last version; 0 if there is none."""
        return max((step.after.id for step in self.steps), default=0)


def last_in_force(
    operations: Iterable[Operation], wanted: Callable[[Operation], bool], since: float
) -> Operation | None:
    """Return the last finished operation of a kind since a time, if it is not undone.

    Args:
        operations: The operations on one store, the newest first.
        wanted: Returns whether an operation is of that kind.
        since: Seconds since the epoch.
    """
    undone: set[int] = set()
    for operation in operations:
        if operation.time < since:
            break
        if operation.status != "done" or operation.id in undone:
            continue
        if operation.undoes is not None:
            undone.add(operation.undoes)
        elif wanted(operation):
            return operation
    return None


def state_at(versions: Iterable[Version], time: float) -> dict[str, Version]:
    """Return the current version of each file at a moment, by path, without deleted files.

    Args:
        versions: The versions, the oldest first.
        time: Seconds since the epoch.
    """
    last = {version.path: version for version in versions if version.time <= time}
    return {path: version for path, version in last.items() if version.digest is not None}


def steps_of(versions: Iterable[Version]) -> tuple[Step, ...]:
    """Return each version with the one before it of the same file, the oldest first."""
    last: dict[str, Version] = {}
    steps = []
    for version in versions:
        steps.append(Step(last.get(version.path), version))
        last[version.path] = version
    return tuple(steps)


def groups_of(versions: Iterable[Version], known: Container[int]) -> list[list[Version]]:
    """Return the versions in the groups that are one event each.

    Args:
        versions: The versions in one store, the oldest first.
        known: The ids of the operations to show; the writes of others count as changes by others.
    """
    groups: list[list[Version]] = []
    by_operation: dict[int, list[Version]] = {}
    last: Version | None = None
    for version in versions:
        if version.operation is not None and version.operation in known:
            if version.operation not in by_operation:
                groups.append([])
                by_operation[version.operation] = groups[-1]
            by_operation[version.operation].append(version)
            last = None
            continue
        if last is None or not _were_together(last, version):
            groups.append([])
        groups[-1].append(version)
        last = version
    return groups


def _were_together(before: Version, after: Version) -> bool:
    """Return whether two changes by others were seen at once; also writes of one agent without a pause."""
    if (before.root, before.actor, before.author) != (after.root, after.actor, after.author):
        return False
    return after.time == before.time or (after.actor == CLIENT and after.time - before.time < _PAUSE)


def event_of(steps: Iterable[Step], operation: Operation | None) -> Event:
    """Return the event of a group of steps."""
    ordered = tuple(sorted(steps, key=lambda step: (step.after.path, step.after.id)))
    return Event(max(step.after.time for step in ordered), operation, ordered)


def newest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by the last version of each; those without one by time.

    An operation without effect follows the changes that it found when it began.
    """
    events = tuple(events)
    idle = sorted((each for each in events if not each.steps), key=_start)
    found = []
    for event in sorted((each for each in events if each.steps), key=lambda each: each.newest, reverse=True):
        while idle and idle[-1].time >= event.time:
            found.append(idle.pop())
        found.append(event)
    return (*found, *reversed(idle))


def _start(event: Event) -> tuple[float, int]:
    return event.time, event.operation.id if event.operation else 0
