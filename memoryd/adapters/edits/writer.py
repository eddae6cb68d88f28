"""Safe replacement of a file, without losing other writers' bytes.

An agent may rename a new file over this one, rewrite it in place, or hold it open to append. So the old file
is never overwritten: it is exchanged in one step, compared, and kept until no process can write to it any
more. All names are relative to an open directory (see `OpenDirectory`), so a directory or file that is
replaced meanwhile leads to a conflict and never to another path.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import field

from memoryd import beneath
from memoryd.adapters.edits.directory import OpenDirectory, opened, operation_of, read_all, target_in
from memoryd.adapters.edits.exchange import has_writer
from memoryd.adapters.edits.new_file import dress, fill
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import ConflictError
from memoryd.values import dataclass

GRACE = 30.0  # seconds that a displaced file is kept if its writers are not known
_PATIENCE = 5.0  # seconds to wait for a known writer before its file is left for later
_POLL = 0.2  # seconds between two checks of a displaced file


class _Haste:
    is_given = False


_HASTE = _Haste()


def hurry() -> None:
    """Stop waiting for writers, because this process ends; what is not settled becomes a leftover.

    May be called from a signal handler.
    """
    _HASTE.is_given = True


@dataclass(frozen=True, slots=True)
class DisplacedFile:
    """A file that was exchanged for another.

    Attributes:
        change: The change that displaced it.
        path: Its path until `settle`.
        held: Its content when it was displaced.
        since: The time of that, on the monotonic clock, seconds.
    """

    change: FileChange
    path: str
    held: bytes
    since: float = field(default_factory=time.monotonic)

    def settle(self, record: Callable[[bytes], None]) -> bytes | None:
        """Wait until no process can write to it, remove it, and return its content if that changed late.

        A file that a process keeps open for longer stays as a leftover, to be settled later.

        Args:
            record: Receives a late content before the file is removed.

        Raises:
            OSError: If it cannot be read or removed.
        """
        while (writer := has_writer(self.path)) is not False:
            if time.monotonic() > self.since + (_PATIENCE if writer else GRACE):
                break
            if _HASTE.is_given:
                return None
            time.sleep(_POLL)
        content = _read_or_none(self.path)
        if writer or content is None:
            return None
        late = content if content != self.held else None
        if late is not None:
            record(late)
        os.unlink(self.path)
        return late


class UnwrittenError(ConflictError):
    """A file has changed since the change was planned and is unchanged; ours was not written."""


def write(change: FileChange, operation: int, real_root: str | None = None) -> DisplacedFile | None:
    """Apply one change; the caller has recorded it and called `refuse`.

    After an error, a leftover may be beside the file if a process may still write to it.

    Args:
        change: The change.
        operation: The id of its operation.
        real_root: Real root of the store when the operation began; by default, the current one.

    Returns:
        The displaced file, to be settled; None if there was none.

    Raises:
        UnwrittenError: If the file has changed since the change was planned, or is not a plain file any more.
        ConflictError: If a program also wrote the file again, perhaps after it saw ours: its version is kept,
            and the one before it is a leftover.
        OSError: If the file system refuses, naming the file; the new content may be visible already.
    """
    with _naming(change), opened(change, real_root) as place:
        return _write(place, change, operation)


def leftovers(root: str) -> Iterator[tuple[str, str, int]]:
    """Yield the files that a killed process or a waiting writer left: path, target and operation."""
    for directory, entries in beneath.walk(root):
        for entry in entries:
            operation = operation_of(entry.name)
            if operation is not None and os.path.isfile(entry.path) and not os.path.islink(entry.path):
                target = target_in(entry.name, (each.name for each in entries))
                yield entry.path, os.path.join(directory, target), operation


def drop_second_names(root: str) -> None:
    """Remove second names of files, left by an interrupted replacement."""
    for path, target, _ in leftovers(root):
        with suppress(FileNotFoundError):
            if os.path.samestat(os.lstat(path), os.lstat(target)):
                os.unlink(path)


def check(change: FileChange, real_root: str | None = None) -> None:
    """Compare a file with what a change expects.

    Args:
        change: The change.
        real_root: Real root of the store when the operation began; by default, the current one.

    Raises:
        ConflictError: If they differ.
        OSError: If the file cannot be read.
    """
    try:
        with _naming(change), opened(change, real_root) as place:
            _compare(place, change)
    except FileNotFoundError as error:
        if change.before is not None:
            raise _conflict(change) from error


def _write(place: OpenDirectory, change: FileChange, operation: int) -> DisplacedFile | None:
    name = os.path.basename(change.path)
    temporary = place.free_name(name, operation)
    _compare(place, change)
    if change.after is None:
        return _remove(place, change, temporary)
    descriptor = place.create(temporary)
    try:
        fill(descriptor, change.after)
        dress(place, change, descriptor)
        os.fsync(descriptor)
        _compare(place, change)
        if change.before is None:
            _create(place, change, temporary)
            return None
        swapped = place.exchange(temporary, name)
        aside = temporary if swapped else _replace(place, change, temporary, operation)
    except (ConflictError, OSError):
        place.discard(temporary, descriptor)  # never visible, so no other process can have written to it
        raise
    finally:
        os.close(descriptor)
    place.sync()
    return _look_at_displaced(place, change, aside, swapped=swapped)


@contextmanager
def _naming(change: FileChange) -> Iterator[None]:
    """Name the file in errors about descriptors and temporary names."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, change.path) from error


def _compare(place: OpenDirectory, change: FileChange) -> None:
    if not place.holds(os.path.basename(change.path), change.before) or not place.is_there():
        raise _conflict(change)


def _conflict(change: FileChange) -> UnwrittenError:
    return UnwrittenError(f"{change.path} has changed meanwhile", "run the command again")


def _read_or_none(path: str) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return read_all(descriptor)
    finally:
        os.close(descriptor)


def _create(place: OpenDirectory, change: FileChange, temporary: str) -> None:
    try:
        place.move(temporary, os.path.basename(change.path))
    except FileExistsError as error:
        raise UnwrittenError(f"{change.path} has appeared meanwhile", "run the command again") from error
    place.sync()


def _replace(place: OpenDirectory, change: FileChange, temporary: str, operation: int) -> str:
    """Replace a file without an exchange of names: keep the old one under a second name.

    This is weaker than an exchange: what an agent *renames* over the file between the last comparison and the
    replacement, two system calls apart, is lost; and if an agent wrote into the old file, what another one
    writes into the new file in that moment is lost with it. What is written into the old file in place is
    safe, because it is kept. Without second names, nothing is rewritten.
    """
    name = os.path.basename(change.path)
    aside = place.free_name(name, operation)
    place.link(name, aside)
    try:
        if not place.are_one(name, aside):
            raise _conflict(change)
        place.replace(temporary, name)
    except (ConflictError, OSError):
        if place.are_one(name, aside):  # else it may be the last name of a file with a writer
            place.unlink(aside)
        raise
    return aside


def _look_at_displaced(
    place: OpenDirectory, change: FileChange, aside: str, *, swapped: bool
) -> DisplacedFile:
    """Check that the displaced file is as expected; else the agent wins and gets its file back.

    The new file was visible for a moment and may have been opened or replaced: of two versions the latest is
    kept, and the other one is left beside it.
    """
    name = os.path.basename(change.path)
    if place.holds(aside, change.before):
        return DisplacedFile(change, os.path.join(place.path, aside), change.before or b"")
    if swapped:
        place.exchange(aside, name)
        if not place.holds(aside, change.after):
            place.exchange(aside, name)
            raise ConflictError(*_overtaken(change))
    elif place.holds(name, change.after):
        place.replace(aside, name)
    else:
        raise ConflictError(*_overtaken(change))
    raise UnwrittenError(*_overtaken(change))


def _remove(place: OpenDirectory, change: FileChange, temporary: str) -> DisplacedFile:
    name = os.path.basename(change.path)
    place.move(name, temporary)
    place.sync()
    if place.holds(temporary, change.before):
        return DisplacedFile(change, os.path.join(place.path, temporary), change.before or b"")
    try:
        place.move(temporary, name)
    except FileExistsError as error:  # a newer one exists, and this one is left beside it
        raise ConflictError(*_overtaken(change)) from error
    raise UnwrittenError(*_overtaken(change))


def _overtaken(change: FileChange) -> tuple[str, str]:
    return f"{change.path} was written meanwhile", "its version stays; run the command again"
