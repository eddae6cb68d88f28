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
from dataclasses import dataclass
from itertools import count

from memoryd.adapters.writing.exchange import exchange, has_writer, rename_new
from memoryd.domain.edits import FileChange
from memoryd.errors import ConflictError

GRACE = 30.0  # seconds that a displaced file is kept where its writers cannot be asked about
_POLL = 0.2  # seconds between two looks at a displaced file
_FORWARD_NS = 2_000_000  # agents compare times in whole milliseconds: "newer than when I read"
_TEMPORARY = re.compile(r"\.memoryd\.(\d+)\.\d+\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Displaced:
    """A file that was swapped out.

    Attributes:
        target: The visible file.
        path: Where the displaced one lies until `settle`.
        before: What it held when it was swapped out.
    """

    target: str
    path: str
    before: bytes

    def settle(self) -> bytes | None:
        """Wait until nobody can write to it, remove it, and return what it held if that changed late."""
        deadline = time.monotonic() + GRACE
        while has_writer(self.path) is not False and time.monotonic() < deadline:
            time.sleep(_POLL)
        content = _read(self.path)
        os.unlink(self.path)
        return content if content != self.before else None


def write(change: FileChange, operation: int) -> Displaced | None:
    """Carry out one change; the caller has recorded it and called `refuse`.

    Returns:
        The displaced file, to be settled; None where there was none.

    Raises:
        ConflictError: If the file is not what the change was decided on; it is left as its writer
            wants it.
        OSError: If the file system refuses; nothing visible was changed.
    """
    directory = os.path.dirname(change.path)
    temporary = _free_name(change.path, operation)
    if change.after is None:
        return _remove(change, temporary)
    check(change)
    try:
        _write_temporary(change, temporary)
        if change.before is None:
            _create(change.path, temporary)
            return None
        check(change)
        if exchange(temporary, change.path):
            _sync(directory)
            return _look_at_displaced(change, temporary)
        return _replace(change, temporary, operation)
    except BaseException:
        with suppress(FileNotFoundError):
            if _read(temporary) == change.after:  # anything else is somebody's only copy
                os.unlink(temporary)
        raise


def leftovers(root: str) -> Iterator[tuple[str, str, int]]:
    """Temporary files that a killed process left in a store: path, target and operation."""
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
    """Write the new content beside the target, with its mode, group and attributes but a later time."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(change.after or b"")
        file.flush()
        if change.before is not None:
            status = os.stat(change.path)
            os.fchmod(descriptor, status.st_mode & 0o7777)
            if status.st_gid != os.fstat(descriptor).st_gid:
                with suppress(PermissionError):
                    os.fchown(descriptor, -1, status.st_gid)
            _copy_attributes(change.path, descriptor)
            later = max(os.fstat(descriptor).st_mtime_ns, status.st_mtime_ns + _FORWARD_NS)
            os.utime(descriptor, ns=(later, later))
        os.fsync(descriptor)


def _copy_attributes(source: str, descriptor: int) -> None:
    if not hasattr(os, "listxattr"):  # macOS
        return
    with suppress(OSError):  # a file system without them has none to lose
        for attribute in os.listxattr(source):
            os.setxattr(descriptor, attribute, os.getxattr(source, attribute))


def _create(target: str, temporary: str) -> None:
    try:
        if not rename_new(temporary, target):
            os.link(temporary, target)
            os.unlink(temporary)
    except FileExistsError as error:
        raise ConflictError(f"{target} has appeared meanwhile", "run the command again") from error
    _sync(os.path.dirname(target))


def _look_at_displaced(change: FileChange, temporary: str) -> Displaced:
    """After the swap: what came out must be what the change was decided on, else the agent won."""
    if _read(temporary) == change.before:
        return Displaced(change.path, temporary, change.before or b"")
    exchange(temporary, change.path)
    if _read(temporary) != change.after:  # written once more in between: the latest stays on top
        exchange(temporary, change.path)
    raise ConflictError(f"{change.path} was written meanwhile", "its version stays; run the command again")


def _replace(change: FileChange, temporary: str, operation: int) -> Displaced:
    """Where two names cannot be swapped: keep the old file under a second name while it is replaced."""
    aside = _free_name(change.path, operation)
    os.link(change.path, aside)
    os.replace(temporary, change.path)
    _sync(os.path.dirname(change.path))
    if _read(aside) != change.before:
        os.replace(aside, change.path)
        raise ConflictError(
            f"{change.path} was written meanwhile", "its version stays; run the command again"
        )
    return Displaced(change.path, aside, change.before or b"")


def _remove(change: FileChange, temporary: str) -> Displaced:
    check(change)
    if not rename_new(change.path, temporary):
        os.rename(change.path, temporary)
    _sync(os.path.dirname(change.path))
    if _read(temporary) != change.before:
        with suppress(
            FileExistsError
        ):  # else a newer one stands there, and this one is a left-over to be recorded
            rename_new(temporary, change.path)
        raise ConflictError(
            f"{change.path} was written meanwhile", "its version stays; run the command again"
        )
    return Displaced(change.path, temporary, change.before or b"")


def _sync(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
