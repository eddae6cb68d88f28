"""Alarms about losses: raised, read and closed."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from memoryd.adapters.history import History
from memoryd.adapters.history.alarms import (
    DISMISSED,
    RESTORED,
    AlarmRecord,
    ExaminedStore,
    LossRecord,
    NewAlarm,
)
from memoryd.domain.history.additions import only_add
from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_lines import (
    Alarm,
    Lines,
    Loss,
    Sign,
    dropped,
    numbers_of_returned,
    standing,
)
from memoryd.domain.history.versions import Version, state_at
from memoryd.domain.stores.profiles import CLAUDE_AGENT, Profile
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_WEEK = 7 * 86400.0  # seconds: older versions, of an imported history for example, raise no alarm
_AT_ONCE = 100  # stores that are recorded in one transaction
_WORTH_KEEPING = 20  # versions that were read: what was found is recorded
_FEW = 50  # versions of a store that tell whether the newest only add lines
_LAST = 40  # versions of a file that are examined in a store that never was


def examine(history: History, stores: Iterable[Store], only: str | None = None) -> None:
    """Examine the new versions of stores, and of deleted stores, and record alarms about losses.

    Args:
        history: The recorded versions.
        stores: Stores that exist.
        only: Root of the only one of them to examine; None for all, and for deleted ones.

    Raises:
        MemorydError: If the history cannot be read or written.
    """
    profiles = {store.root: store.profile for store in stores}
    week_ago = time.time() - _WEEK
    examined: list[ExaminedStore] = []
    for root, done in history.alarms.unexamined(week_ago, only).items():
        if root in profiles or not os.path.lexists(root):
            examined.append(_examine(history, root, (week_ago, done), profiles.get(root)))
        if len(examined) >= _AT_ONCE:
            history.alarms.record(examined)
            examined = []
    if examined:
        history.alarms.record(examined)


def _examine(history: History, root: str, since: tuple[float, int], profile: Profile | None) -> ExaminedStore:
    """Examine the versions of a store since a time, in seconds since the epoch, and with a higher id."""
    last = history.lookup.newest(root, root, _FEW)
    if since[1] and last[0].id <= since[1] and _only_add(history, last, since[1]):
        return root, last[-1].id, []
    by_path: dict[str, list[Version]] = {}
    versions = history.record(root)
    for version in versions:
        by_path.setdefault(version.path, []).append(version)
    new = _to_examine(by_path.values(), *since)
    try:
        found = _found(versions, by_path, LineReader(_reader(history)), new, profile or CLAUDE_AGENT)
    except MemorydError:  # a content is damaged: `history verify` reports it
        found = []
    return root, versions[-1].id, [_record(each) for each in found]


def _only_add(history: History, last: Sequence[Version], since: int) -> bool:
    """Return whether the versions of a store with a higher id only add lines, as most do."""
    read, before = LineReader(_reader(history)), history.lookup.before
    try:
        return only_add(last, since, read, before, is_whole=len(last) < _FEW)
    except MemorydError:  # a content is damaged
        return False


def _to_examine(files: Iterable[Sequence[Version]], since: float, done: int) -> frozenset[int]:
    """Return the ids of versions that can raise an alarm and were not examined.

    Args:
        files: The versions of each file, the oldest first.
        since: Seconds since the epoch.
        done: The highest id that was examined; 0 for the first examination, of the last versions only.
    """
    return frozenset(
        version.id
        for versions in files
        for version in (versions if done else versions[-_LAST:])
        if version.id > done and version.time >= since
    )


def _found(
    versions: tuple[Version, ...],
    by_path: Mapping[str, Sequence[Version]],
    read: LineReader,
    new: AbstractSet[int],
    profile: Profile,
) -> list[tuple[Loss, ...]]:
    """Return the losses in new versions of a store; those of one alarm together."""
    # Most commands find all versions examined.
    from memoryd.domain.history.lost_updates import stale_writes, unseen_losses  # noqa: PLC0415
    from memoryd.domain.history.mass_losses import mass_losses  # noqa: PLC0415

    index = by_path.get(f"{versions[0].root}/{profile.index_name}", ())
    unseen = [(loss,) for loss in unseen_losses(index, read, lambda raw: _cut(raw, profile), new)]
    told = {loss.dropped_by.id for (loss,) in unseen}
    masses = [
        left
        for losses in mass_losses(versions, read, profile.index_name, new)
        if (left := tuple(loss for loss in losses if loss.dropped_by.id not in told))
    ]
    told = {loss.dropped_by.id for losses in masses for loss in losses}
    stale = [
        (loss,)
        for each in by_path.values()
        for loss in stale_writes(each, read, new)
        if loss.dropped_by.id not in told
    ]
    return [*unseen, *masses, *stale]


def _cut(raw: bytes, profile: Profile) -> int | None:
    """Return the offset from which an index file is not loaded; it is not read if it is clearly small."""
    taken = (
        (raw.count(b"\n") + 1, profile.max_lines),
        (len(raw), profile.max_units),
        (len(raw), profile.max_bytes),
    )
    if profile.max_total is None and all(most is None or size <= most for size, most in taken):
        return None
    from memoryd.domain.limits.loaded import loaded_view  # noqa: PLC0415  # only for a large new version

    return loaded_view(raw, profile).cut_offset


def _record(losses: tuple[Loss, ...]) -> NewAlarm:
    found = (
        LossRecord(loss.had.id, loss.dropped_by.id, loss.base.id if loss.base else None, loss.cut)
        for loss in losses
    )
    return losses[0].sign, losses[0].dropped_by.time, tuple(found)


def alarms_of(stores: Iterable[Store], history: History | None) -> tuple[Alarm, ...]:
    """Return all open alarms, of the new versions of some stores, too; none if the history is damaged."""
    if history is None:
        return ()
    try:
        examine(history, stores)
        return open_alarms(history)
    except MemorydError:  # `history verify` reports it
        return ()


def open_alarms(history: History, root: str | None = None) -> tuple[Alarm, ...]:
    """Return the alarms of a store, or of all stores, with what is still missing.

    An alarm about lines that are all back is closed.

    Raises:
        MemorydError: If the history cannot be read or written.
    """
    found = []
    for record in history.alarms.open(root):
        try:
            alarm = _alarm(history, record)
        except MemorydError:  # a content is damaged: `history verify` reports it
            continue
        if alarm:
            found.append(alarm)
        else:
            history.alarms.close(record.id, RESTORED)
    return tuple(found)


def _alarm(history: History, record: AlarmRecord) -> Alarm | None:
    """Return an alarm with what is still missing; None if nothing is."""
    versions = history.record(record.root)
    by_id = {version.id: version for version in versions}
    content = _reader(history)
    losses = []
    for each in record.losses:
        had, after = by_id.get(each.had), by_id.get(each.dropped)
        base = by_id.get(each.base) if each.base else None
        if had is None or after is None or (each.base and base is None):
            continue  # purged
        loss = Loss(base, had, after, (), Sign(record.sign), each.cut)
        losses.append(Loss(base, had, after, dropped(loss, content), loss.sign, each.cut))
    left = standing(losses, versions, content, _Returned(history, record, versions))
    if record.sign == Sign.MASS:
        left = _without_moved(history, record.root, left)
    if not left:
        return None
    left = tuple(sorted(left, key=lambda loss: loss.had.path))
    return Alarm(record.id, record.time, record.root, left, not state_at(versions, versions[-1].time))


@dataclass(frozen=True, slots=True)
class _Returned:
    """The lines of the losses of an alarm that came back; each version is searched for them once.

    Attributes:
        history: The history.
        record: The alarm.
        versions: All versions of the store, the oldest first.
    """

    history: History
    record: AlarmRecord
    versions: tuple[Version, ...]

    def __call__(self, loss: Loss, had: Lines) -> AbstractSet[int]:
        known = next(each for each in self.record.losses if each.dropped == loss.dropped_by.id)
        since = max(known.until, known.dropped)
        later = [each for each in self.versions if each.id > since and each.path == loss.had.path]
        back = known.back | numbers_of_returned(had, later, _reader(self.history))
        if len(later) >= _WORTH_KEEPING:
            now = replace(known, until=later[-1].id, back=back)
            self.history.alarms.note_returned(self.record.id, [now])
        return back


def _without_moved(history: History, root: str, losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
    """Return losses without files whose whole content is in another store, to which it was moved."""
    digests = {loss.had.digest for loss in losses if loss.had.digest and loss.dropped_by.digest is None}
    places: Mapping[str, set[str]] = history.alarms.paths_with(digests) if digests else {}
    return tuple(
        loss
        for loss in losses
        if loss.dropped_by.digest is not None
        or not any(
            not path.startswith(f"{root}/") and os.path.lexists(path)
            for path in places.get(loss.had.digest or "", ())
        )
    )


def dismiss(history: History, identity: int) -> None:
    """Close an alarm although its lines are missing."""
    history.alarms.close(identity, DISMISSED)


def _reader(history: History) -> Callable[[Version], bytes | None]:
    """Return a function that reads the content of versions; the history remembers some."""
    return lambda version: history.content(version.digest)
