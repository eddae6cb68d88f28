"""Undo of operations, merged with later changes."""

import os
from collections.abc import Callable

from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.merge3 import MergeResult, merge, side_by_side
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.versions import PURGE, Operation
from memoryd.errors import ConflictError, MemorydError
from memoryd.services.edits import apply

_FINAL = {"purged": "what it changed was purged", PURGE: "a purge cannot be undone"}


def undo(
    history: History, identity: int | None, demand_inside: Callable[[str], None] = lambda _: None
) -> tuple[Operation, Plan, int]:
    """Undo an operation, as an operation of its own.

    A file that is as the operation left it becomes what it was, byte for byte. Later changes are merged
    with that, line by line.

    Args:
        history: The database in which the operation is recorded.
        identity: Its id; None for the newest that is not undone yet.
        demand_inside: Raises an error for the root of a store that may not be changed.

    Returns:
        The operation, the plan that undid it, and the id of the undo.

    Raises:
        MemorydError: If there is no such operation, or it changed nothing.
        ConflictError: If later changes conflict with it; both versions are then saved beside the history.
    """
    operation = _operation(history, identity)
    changes = []
    conflicts: list[tuple[str, str]] = []
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
            conflicts.append((change.path, str(history.set_aside(name, merged.content))))
        elif merged.content != now:
            changes.append(FileChange(change.root, change.path, now, merged.content, change.mode))
    if conflicts:
        paths, asides = (", ".join(each) for each in zip(*conflicts, strict=True))
        were = "was" if len(conflicts) == 1 else "were"
        raise ConflictError(
            f"operation {operation.id} cannot be undone: {paths} {were} changed since in the same lines",
            f"nothing was changed; both versions are in {asides}",
        )
    if not changes:
        raise MemorydError(f"nothing to undo: all files are as they were before operation {operation.id}")
    plan = Plan("undo", (Fix(f"undo {operation.cause}", Applicability.SAFE, tuple(changes)),))
    return operation, plan, apply(plan, history, undoes=operation)


def _operation(history: History, identity: int | None) -> Operation:
    """Return the operation to undo."""
    operation = history.last_to_undo() if identity is None else history.operation(identity)
    if operation is None:
        what = "nothing to undo" if identity is None else f"there is no operation {identity}"
        raise MemorydError(what, "`memoryd log` lists the operations")
    if operation.status != "done":
        what = _FINAL.get(operation.status, "it changed nothing")
        raise MemorydError(f'operation {operation.id} cannot be undone: {what} ("{operation.status}")')
    return operation


def _merged(change: FileChange, now: bytes | None, operation: Operation) -> MergeResult | None:
    """Return the content before an operation merged with later changes; None if there are none."""
    if now == change.after:
        return None
    labels = f"before operation {operation.id}", "now"
    if change.before is None or change.after is None or now is None:
        return side_by_side(change.before or b"", now or b"", labels)
    return merge(change.after, change.before, now, labels)
