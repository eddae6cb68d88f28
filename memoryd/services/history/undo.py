"""Plans to undo operations, merged with later changes."""

import os
from collections.abc import Callable, Collection
from pathlib import Path

from memoryd import private
from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.merge3 import MergeResult, merge, side_by_side
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.versions import CLIENT, DAEMON, PURGE, RESCUE, Operation
from memoryd.errors import ConflictError, MemorydError

_FINAL = {"purged": "what it changed was purged", PURGE: "a purge cannot be undone"}


def find_operation(history: History, identity: int) -> Operation:
    """Return the operation with an id.

    Raises:
        MemorydError: If there is none, or it cannot be undone.
    """
    operation = history.operation(identity)
    if operation is None:
        raise MemorydError(f"there is no operation {identity}", "`memoryd log` lists the operations")
    if operation.status != "done":
        what = _FINAL.get(operation.status, "it changed nothing")
        raise MemorydError(f'operation {operation.id} cannot be undone: {what} ("{operation.status}")')
    return operation


def last_operation(history: History, roots: Collection[str] | None, *, daemon: bool = False) -> Operation:
    """Return the last operation that a person made, and that is not undone.

    Args:
        history: The database of operations.
        roots: Only operations on one of these stores; None for all.
        daemon: The last operation of the daemon instead.

    Raises:
        MemorydError: If there is none.
    """
    for operation, stores in history.to_undo():
        is_own = operation.cause != RESCUE and operation.actor != CLIENT
        is_wanted = is_own and (operation.actor == DAEMON) is daemon
        if is_wanted and (roots is None or not stores.isdisjoint(roots)):
            return operation
    hints = "`memoryd log` lists the operations"
    if not daemon and roots is not None:
        hints += "; --all looks at every store, --daemon at what the daemon did"
    raise MemorydError("nothing to undo", hints)


def changes_since(history: History, operation: Operation) -> int:
    """Return in how many events other changes were made to the stores of an operation since."""
    roots = {change.root for change in history.plan(operation).changes}
    moments = set()
    for root in sorted(roots):
        versions = history.record(root)
        own = max((each.id for each in versions if each.operation == operation.id), default=0)
        moments |= {(each.operation or 0, each.time) for each in versions if own and each.id > own}
    return len(moments)


def plan_undo(
    history: History, operation: Operation, demand_inside: Callable[[str], None] = lambda _: None
) -> Plan:
    """Plan to undo an operation.

    A file that is as the operation left it becomes what it was, byte for byte. Later changes are merged
    with that, line by line.

    Args:
        history: The database in which the operation is recorded.
        operation: The operation.
        demand_inside: Raises an error for the root of a store that may not be changed.

    Raises:
        MemorydError: If it changed nothing.
        ConflictError: If later changes conflict with it; both versions are then saved beside the history.
    """
    changes = []
    conflicts: list[tuple[str, str]] = []
    is_created = False
    for change in history.plan(operation).changes:
        demand_inside(change.root)
        now = files.content(change.path, os.path.realpath(change.root))
        if now == change.before:
            continue
        merged = _merged(change, now, operation)
        if merged is None:
            changes.append(change.inverse)
        elif merged.conflicts:
            name = f"operation-{operation.id}-{len(conflicts) + 1}-{change.path.rpartition('/')[2]}"
            conflicts.append((change.path, str(set_aside(history, name, merged.content))))
        elif merged.content != now:
            changes.append(FileChange(change.root, change.path, now, merged.content, change.mode))
        is_created = is_created or (bool(merged and merged.conflicts) and change.before is None)
    if conflicts:
        paths, asides = (", ".join(each) for each in zip(*conflicts, strict=True))
        were = "was" if len(conflicts) == 1 else "were"
        why = "created by it, and changed since" if is_created else "changed since in the same lines"
        raise ConflictError(
            f"operation {operation.id} cannot be undone: {paths} {were} {why}",
            f"nothing was changed; both versions are in {asides}",
        )
    if not changes:
        raise MemorydError(f"nothing to undo: all files are as they were before operation {operation.id}")
    return Plan("undo", (Fix(f"undo {operation.cause}", Applicability.SAFE, tuple(changes)),))


def set_aside(history: History, name: str, content: bytes) -> Path:
    """Write a file for a person to read, beside the history, readable only by its owner.

    Raises:
        MemorydError: If it cannot be written.
    """
    path = history.path.parent / "conflicts" / name
    try:
        private.write_file(path, content)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}") from error
    return path


def _merged(change: FileChange, now: bytes | None, operation: Operation) -> MergeResult | None:
    """Return the content before an operation merged with later changes; None if there are none."""
    if now == change.after:
        return None
    labels = f"before operation {operation.id}", "now"
    if change.before is None or change.after is None or now is None:
        return side_by_side(change.before or b"", now or b"", labels)
    return merge(change.after, change.before, now, labels)
