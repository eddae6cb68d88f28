"""Plans to restore files, whole stores and lost entries."""

import os
from collections.abc import Callable
from dataclasses import replace
from math import inf

from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.merge3 import merge
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.lost_lines import Loss, Sign, with_lost_entries
from memoryd.domain.history.versions import Version, state_at
from memoryd.domain.text.phrases import counted
from memoryd.errors import ConflictError, MemorydError
from memoryd.services.history.losses import open_alarms
from memoryd.services.history.undo import set_aside
from memoryd.values import dataclass

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
        raise MemorydError(f"{wanted.path} was deleted in version {wanted.number}", "name an earlier version")
    return RestorePlan(
        _plan(f"restore {_name(wanted)} to version {wanted.number}", _changes(history, [wanted]))
    )


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
    present = [name for name in history.present(root) if inside(name) and os.path.lexists(name)]
    if time is None:
        if present:
            raise MemorydError(
                f"{path or root} exists: which of its states do you want?",
                "`--at '2 hours ago'`, or name a file; `memoryd log` shows what happened",
            )
        versions = tuple(version for version in history.record(root) if inside(version.path))
        state = state_at(_before_the_end(versions), inf)
    else:
        state = {version.path: version for version in history.lookup.state(root, path or root, time)}
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


def plan_restore_lost(history: History, root: str, *, path: str | None = None) -> RestorePlan:
    """Plan to restore what all open alarms are about, and keep what the files contain now.

    Args:
        history: The recorded versions.
        root: The store.
        path: Only what this file, or a file below this directory, lost; absolute.

    Raises:
        MemorydError: If the store is missing, and no alarm is about it.
        ConflictError: If lines conflict with the files now; both versions are then saved beside the history.
    """
    inside = _inside(path or root)
    after: dict[str, FileChange] = {}
    lines = files_lost = 0
    for loss in (each for alarm in open_alarms(history, root) for each in alarm.losses):
        name = loss.had.path
        if not inside(name):
            continue
        now = _now(root, name)
        change = after.get(name, FileChange(root, name, now, now, loss.had.mode))
        after[name] = replace(change, after=_with_loss(history, loss, change.after))
        files_lost += change.after is None
        lines += len(loss.entries) if change.after is not None else 0
    missing = path or root
    if not after and not os.path.lexists(missing):
        raise MemorydError(
            f"{missing} is missing, and no loss in it is known",
            f"`memoryd restore {missing}` restores it as it was last",
        )
    counts = ((files_lost, "lost file", "lost files"), (lines, "lost line", "lost lines"))
    title = f"restore {' and '.join(counted(*each) for each in counts if each[0])}"
    return RestorePlan(_plan(title, list(after.values())))


def _with_loss(history: History, loss: Loss, now: bytes | None) -> bytes | None:
    """Return the present content of a file with its lost lines; a deleted file as it was."""
    had = history.content(loss.had.digest) or b""
    if now is None:
        return had
    if loss.sign is not Sign.STALE or loss.base is None:
        return with_lost_entries(loss, now, had)
    base = history.content(loss.base.digest) or b""
    merged = merge(base, with_lost_entries(loss, base, had), now, (f"version {loss.had.number}", "now"))
    if merged.conflicts:
        aside = set_aside(history, f"version-{loss.had.number}-{_name(loss.had)}", merged.content)
        raise ConflictError(
            f"{loss.had.path} has changed in the same lines: the lost entries cannot be restored",
            f"nothing was changed; both versions are in {aside}",
        )
    return merged.content


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
