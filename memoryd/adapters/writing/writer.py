"""Write one file so that no other writer's bytes are lost.

An agent may rename a new file over this one, rewrite it in place, or hold it open to append. So the
old file is never overwritten: it is swapped out in one step, looked at, and kept until nobody can
write to it any more.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from memoryd.adapters.writing.exchange import exchange, has_writer, rename_new
from memoryd.domain.edits import FileChange
from memoryd.errors import ConflictError

GRACE = 30.0  # seconds that a displaced file is kept where its writers cannot be asked about
_PATIENCE = 5.0  # seconds to wait for a known writer before its file is left for later
_POLL = 0.2  # seconds between two looks at a displaced file
_FORWARD_NS = 2_000_000  # agents compare times in whole milliseconds: "newer than when I read"
_TEMPORARY = re.compile(r"\.memoryd\.(\d+)\.\d+\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Displaced:
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

    def settle(self) -> bytes | None:
        """Wait until nobody can write to it, remove it, and return what it held if that changed late.

        One that somebody keeps open for longer stays where it is: a left-over, to be settled later.
        """
        while (writer := has_writer(self.path)) is not False:
            if time.monotonic() > self.since + (_PATIENCE if writer else GRACE):
                break
            time.sleep(_POLL)
        content = _read_or_none(self.path)
        if writer or content is None:
            return None
        os.unlink(self.path)
        return content if content != self.held else None


def write(change: FileChange, operation: int) -> Displaced | None:
    """Carry out one change; the caller has recorded it and called `refuse`.

    After an error a left-over may lie beside the file, where it is not certain that nobody writes to it.

    Returns:
        The displaced file, to be settled; None where there was none.

    Raises:
        ConflictError: If the file is not what the change was decided on; it is left as its writer
            wants it.
        OSError: If the file system refuses.
    """
    temporary = _free_name(change.path, operation)
    check(change)
    if change.after is None:
        return _remove(change, temporary)
    try:
        _write_temporary(change, temporary)
        check(change)
        if change.before is None:
            _create(change.path, temporary)
            return None
        swapped = exchange(temporary, change.path)
        aside = temporary if swapped else _replace(change, temporary, operation)
    except (ConflictError, OSError):
        with suppress(FileNotFoundError):  # here it was never visible: nobody else can have written to it
            os.unlink(temporary)
        raise
    _sync(os.path.dirname(change.path))
    return _look_at_displaced(change, aside, swapped=swapped)


def leftovers(root: str) -> Iterator[tuple[str, str, int]]:
    """Files that a killed process or a patient writer left in a store: path, target and operation."""
    for directory, _, names in os.walk(root):
        for name in sorted(names):
            if match := _TEMPORARY.fullmatch(name):
                yield os.path.join(directory, name), os.path.join(directory, match[2]), int(match[1])


def check(change: FileChange) -> None:
    """Compare a file with what a change was decided on.

    Raises:
        ConflictError: If they differ.
    """
    if _read_or_none(change.path) != change.before:
        raise ConflictError(f"{change.path} has changed meanwhile", "run the command again")


def _free_name(target: str, operation: int) -> str:
    """A name beside the target that nothing has: an earlier displaced file may still lie there."""
    directory, name = os.path.split(target)
    names = (os.path.join(directory, f".memoryd.{operation}.{number}.{name}") for number in count(1))
    return next(path for path in names if not os.path.lexists(path))


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _read_or_none(path: str) -> bytes | None:
    try:
        return _read(path)
    except FileNotFoundError:
        return None


def _write_temporary(change: FileChange, temporary: str) -> None:
    """Write the new content beside the target, with its mode, group and attributes but a later time.

    A new file is as open as its directory.
    """
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(change.after or b"")
        file.flush()
        if change.before is None:
            os.fchmod(descriptor, os.stat(os.path.dirname(change.path)).st_mode & 0o666)
        else:
            status = os.stat(change.path)
            if status.st_gid != os.fstat(descriptor).st_gid:
                with suppress(PermissionError):
                    os.fchown(descriptor, -1, status.st_gid)
            os.fchmod(descriptor, status.st_mode & 0o7777)
            _copy_attributes(change.path, descriptor)
            later = max(os.fstat(descriptor).st_mtime_ns, status.st_mtime_ns + _FORWARD_NS)
            os.utime(descriptor, ns=(later, later))
        os.fsync(descriptor)


def _copy_attributes(source: str, descriptor: int) -> None:
    if not hasattr(os, "listxattr"):  # macOS
        return
    with suppress(OSError):  # a file system without them has none to lose
        for attribute in os.listxattr(source):
            with suppress(OSError):  # one that only the system may set
                os.setxattr(descriptor, attribute, os.getxattr(source, attribute))


def _create(target: str, temporary: str) -> None:
    try:
        _move(temporary, target)
    except FileExistsError as error:
        raise ConflictError(f"{target} has appeared meanwhile", "run the command again") from error
    _sync(os.path.dirname(target))


def _move(source: str, target: str) -> None:
    """Rename where no file is in the way, whatever the file system can."""
    if not rename_new(source, target):
        os.link(source, target)
        os.unlink(source)


def _replace(change: FileChange, temporary: str, operation: int) -> str:
    """Where two names cannot be swapped: keep the old file under a second name while it is replaced."""
    aside = _free_name(change.path, operation)
    os.link(change.path, aside)
    try:
        os.replace(temporary, change.path)
    except OSError:
        os.unlink(aside)
        raise
    return aside


def _look_at_displaced(change: FileChange, aside: str, *, swapped: bool) -> Displaced:
    """What came out must be what the change was decided on, else the agent won and gets its file back.

    The new file was visible for a moment and may have been opened or replaced: of two versions the latest
    stays on top, and the other one is left beside it.
    """
    if _read(aside) == change.before:
        return Displaced(change, aside, change.before or b"")
    if swapped:
        exchange(aside, change.path)
        if _read(aside) != change.after:
            exchange(aside, change.path)
    elif _read_or_none(change.path) == change.after:
        os.replace(aside, change.path)
    raise ConflictError(f"{change.path} was written meanwhile", "its version stays; run the command again")


def _remove(change: FileChange, temporary: str) -> Displaced:
    if not rename_new(change.path, temporary):
        os.rename(change.path, temporary)
    _sync(os.path.dirname(change.path))
    if _read(temporary) == change.before:
        return Displaced(change, temporary, change.before or b"")
    with suppress(FileExistsError):  # a newer one stands there, and this one is left beside it
        _move(temporary, change.path)
    raise ConflictError(f"{change.path} was written meanwhile", "its version stays; run the command again")


def _sync(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
