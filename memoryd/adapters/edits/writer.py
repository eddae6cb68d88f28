"""Write one file so that no other writer's bytes are lost.

An agent may rename a new file over this one, rewrite it in place, or hold it open to append. So the
old file is never overwritten: it is swapped out in one step, looked at, and kept until nobody can
write to it any more. Everything goes by names in a directory held open (see `Place`), so a directory
or file that is swapped meanwhile leads to a conflict and never to another place.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from memoryd import beneath
from memoryd.adapters.edits.directory import OpenDirectory, opened, operation_of, read_all, target_in
from memoryd.adapters.edits.exchange import has_writer
from memoryd.adapters.edits.new_file import dress, fill
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import ConflictError

GRACE = 30.0  # seconds that a displaced file is kept where its writers cannot be asked about
_PATIENCE = 5.0  # seconds to wait for a known writer before its file is left for later
_POLL = 0.2  # seconds between two looks at a displaced file


class _Haste:
    is_given = False


_HASTE = _Haste()


def hurry() -> None:
    """Wait for no writer any more, since this process is to end: what is not settled is a left-over.

    May be called from a signal handler.
    """
    _HASTE.is_given = True


@dataclass(frozen=True, slots=True)
class DisplacedFile:
    """A file that was swapped out.

    Attributes:
        change: What it had to make room for.
        path: Where it lies until `settle`.
        held: What it held when it was swapped out.
        since: When that was, on the monotonic clock, seconds.
    """

    change: FileChange
    path: str
    held: bytes
    since: float = field(default_factory=time.monotonic)

    def settle(self, record: Callable[[bytes], None]) -> bytes | None:
        """Wait until nobody can write to it, remove it, and return what it held if that changed late.

        One that somebody keeps open for longer stays where it is: a left-over, to be settled later.

        Args:
            record: Is given what changed late before it is removed.

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
    """A file that was not what a change was decided on is as its writer wants it; ours is not there."""


def write(change: FileChange, operation: int, real_root: str | None = None) -> DisplacedFile | None:
    """Carry out one change; the caller has recorded it and called `refuse`.

    After an error a left-over may lie beside the file, where it is not certain that nobody writes to it.

    Args:
        change: What to do.
        operation: Under which number it is recorded.
        real_root: Where the store really lay when the operation began; by default, where it lies now.

    Returns:
        The displaced file, to be settled; None where there was none.

    Raises:
        UnwrittenError: If the file is not what the change was decided on, or not a plain file any more.
        ConflictError: If besides somebody wrote the file once more, having seen ours perhaps: his version
            is on top, the one before is a left-over.
        OSError: If the file system refuses, naming the file; the new content may be visible already.
    """
    with _naming(change), opened(change, real_root) as place:
        return _write(place, change, operation)


def leftovers(root: str) -> Iterator[tuple[str, str, int]]:
    """Files that a killed process or a patient writer left in a store: path, target and operation."""
    for directory, entries in beneath.walk(root):
        for entry in entries:
            operation = operation_of(entry.name)
            if operation is not None and os.path.isfile(entry.path) and not os.path.islink(entry.path):
                target = target_in(entry.name, (each.name for each in entries))
                yield entry.path, os.path.join(directory, target), operation


def drop_second_names(root: str) -> None:
    """Remove what is another name of the file beside it: a step between two names that did not end."""
    for path, target, _ in leftovers(root):
        with suppress(FileNotFoundError):
            if os.path.samestat(os.lstat(path), os.lstat(target)):
                os.unlink(path)


def check(change: FileChange, real_root: str | None = None) -> None:
    """Compare a file with what a change was decided on.

    Args:
        change: The change.
        real_root: Where the store really lay when the operation began; by default, where it lies now.

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
        place.discard(temporary, descriptor)  # never visible, so nobody else can have written to it
        raise
    finally:
        os.close(descriptor)
    place.sync()
    return _look_at_displaced(place, change, aside, swapped=swapped)


@contextmanager
def _naming(change: FileChange) -> Iterator[None]:
    """Name the file, as a person knows it, in errors of descriptors and names beside it."""
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
    """Where two names cannot be swapped: keep the old file under a second name while it is replaced.

    Weaker than a swap: what an agent *renames* over the file between the last look and the replacement,
    two system calls apart, is replaced unseen; and where the agent won by writing into the old file, what
    another one writes into the new file in that moment goes with it. What is written into the old file
    in place is safe, for it is kept. Where there are no second names either, nothing is rewritten.
    """
    name = os.path.basename(change.path)
    aside = place.free_name(name, operation)
    place.link(name, aside)
    try:
        if not place.are_one(name, aside):
            raise _conflict(change)
        place.replace(temporary, name)
    except (ConflictError, OSError):
        if place.are_one(name, aside):  # else it may be the last name of a file that somebody writes to
            place.unlink(aside)
        raise
    return aside


def _look_at_displaced(
    place: OpenDirectory, change: FileChange, aside: str, *, swapped: bool
) -> DisplacedFile:
    """What came out must be what the change was decided on, else the agent won and gets its file back.

    The new file was visible for a moment and may have been opened or replaced: of two versions the latest
    stays on top, and the other one is left beside it.
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
    except FileExistsError as error:  # a newer one stands there, and this one is left beside it
        raise ConflictError(*_overtaken(change)) from error
    raise UnwrittenError(*_overtaken(change))


def _overtaken(change: FileChange) -> tuple[str, str]:
    return f"{change.path} was written meanwhile", "its version stays; run the command again"
