"""Plans to restore files, whole stores and lost entries."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.merge3 import merge
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.lost_updates import Loss, losses, with_lost_entries
from memoryd.domain.history.versions import Version, state_at
from memoryd.domain.text.phrases import counted
from memoryd.errors import ConflictError, MemorydError

_AT_ONCE = 600.0  # seconds in which the files of a deleted directory are all recorded as deleted


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """A plan, and the number of newer files that it does not change."""

    plan: Plan
    newer: int = 0


def plan_restore(history: History, wanted: Version) -> RestorePlan:
    """Plan to restore one file to a version.

    Raises:
        MemorydError: If the file was deleted in that version.
    """
    if wanted.digest is None:
        raise MemorydError(f"{wanted.path} was deleted in version {wanted.id}", "name an earlier version")
    return RestorePlan(_plan(f"restore {_name(wanted)} to version {wanted.id}", _changes(history, [wanted])))


def plan_restore_store(
    history: History, root: str, time: float | None, *, path: str | None = None, delete: bool = False
) -> RestorePlan:
    """Plan to restore a store to a moment.

    Args:
        history: The recorded versions.
        root: The store.
        time: The moment, seconds since the epoch; None to restore what was deleted, from just before that.
        path: Only this file or directory of the store, absolute.
        delete: Delete files that are newer than the moment.

    Raises:
        MemorydError: If nothing was recorded by that moment, or no moment is given and files exist.
    """
    inside = _inside(path or root)
    versions = tuple(version for version in history.record(root) if inside(version.path))
    present = [name for name in history.present(root) if inside(name) and os.path.lexists(name)]
    if time is None:
        if present:
            raise MemorydError(
                f"{path or root} exists: which of its states do you want?",
                "`--at '2 hours ago'`, or name a file; `memoryd log` shows what happened",
            )
        versions, time = _before_the_end(versions), inf
    state = state_at(versions, time)
    newer = [name for name in present if name not in state]
    if not state and not (newer and delete):
        raise MemorydError(
            f"nothing of {path or root} was recorded by then", "`memoryd log` shows when recording began"
        )
    changes = _changes(history, list(state.values()))
    if delete:
        changes += [FileChange(root, name, _now(root, name), None) for name in newer]
    title = f"restore {counted(len(changes), 'file', 'files')} to an earlier moment"
    return RestorePlan(_plan(title, changes), 0 if delete else len(newer))


def find_losses(history: History, root: str, since: float) -> tuple[Loss, ...]:
    """Return the lost updates of a store that are not fixed yet; none if a content is damaged.

    Args:
        history: The recorded versions.
        root: The store.
        since: Seconds since the epoch; older losses are ignored.
    """
    try:
        return _losses(history, root, since)
    except MemorydError:
        return ()


def _losses(history: History, root: str, since: float) -> tuple[Loss, ...]:
    recent = history.record(root, since)
    if not any(version.time >= since and version.operation is None for version in recent):
        return ()
    return losses(
        recent, lambda version: history.content(version.digest), since, lambda: history.record(root)
    )


def plan_restore_lost(history: History, root: str, *, path: str | None = None) -> RestorePlan:
    """Plan to restore all entries that lost updates removed, and keep what the files contain now.

    Args:
        history: The recorded versions.
        root: The store.
        path: Only entries of this file, absolute.

    Raises:
        ConflictError: If they conflict with the files now; both versions are then saved beside the history.
    """
    inside = _inside(path or root)
    after: dict[str, bytes] = {}
    count = 0
    for loss in _losses(history, root, 0):
        name = loss.had.path
        if not inside(name):
            continue
        base, had = (history.content(version.digest) or b"" for version in (loss.base, loss.had))
        now = after.get(name) or _now(root, name) or b""
        merged = merge(base, with_lost_entries(loss, base, had), now, (f"version {loss.had.id}", "now"))
        if merged.conflicts:
            aside = history.set_aside(f"version-{loss.had.id}-{_name(loss.had)}", merged.content)
            raise ConflictError(
                f"{name} has changed in the same lines: the lost entries cannot be restored",
                f"nothing was changed; both versions are in {aside}",
            )
        after[name] = merged.content
        count += len(loss.entries)
    changes = [FileChange(root, name, _now(root, name), content) for name, content in after.items()]
    return RestorePlan(_plan(f"restore {counted(count, 'lost line', 'lost lines')}", changes))


def _changes(history: History, versions: list[Version]) -> list[FileChange]:
    changes = (
        FileChange(
            version.root,
            version.path,
            _now(version.root, version.path),
            history.content(version.digest),
            version.mode,
        )
        for version in versions
    )
    return [change for change in changes if change.before != change.after]


def _now(root: str, path: str) -> bytes | None:
    """Return what a file of a store contains now; a link out of the store is an error."""
    return files.content(path, os.path.realpath(root))


def _before_the_end(versions: tuple[Version, ...]) -> tuple[Version, ...]:
    """Return the versions of a deleted store without those that record the deletion."""
    at = len(versions)
    while at and versions[at - 1].digest is None and versions[-1].time - versions[at - 1].time <= _AT_ONCE:
        at -= 1
    return versions[:at]


def _plan(title: str, changes: list[FileChange]) -> Plan:
    return Plan("restore", (Fix(title, Applicability.SAFE, tuple(changes)),) if changes else ())


def _inside(place: str) -> Callable[[str], bool]:
    return lambda path: path == place or path.startswith(f"{place}/")


def _name(version: Version) -> str:
    return version.path.rpartition("/")[2]
