"""Files in an open directory, protected from links."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import count

from memoryd.adapters.edits import exchange
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import ConflictError
from memoryd.values import dataclass, regex

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_A_LINK = {errno.ENOTDIR, errno.ELOOP}  # errors of opening a link as a directory
_CHUNK = 2**20
_TEMPORARY = regex(r"\.memoryd\.(\d{1,18})\.\d+\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OpenDirectory:
    """A directory of a store, held open; its files are named without a directory.

    Attributes:
        path: Its absolute path, as the change names it.
        descriptor: The open directory.
    """

    path: str
    descriptor: int

    def is_there(self) -> bool:
        """Return whether its path still leads to it."""
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(self.descriptor))
        except FileNotFoundError:
            return False

    def status(self, name: str) -> os.stat_result | None:
        """Return the `lstat` of a file; None if it does not exist."""
        try:
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    @contextmanager
    def plain(self, name: str) -> Iterator[int | None]:
        """Yield a file opened for reading; None if it is not a regular file of ours with one name."""
        descriptor = None
        status = self.status(name)
        if status is not None and _is_plain(status):
            try:
                descriptor = os.open(name, _FILE, dir_fd=self.descriptor)
            except OSError as error:
                if error.errno not in _A_LINK | {errno.ENOENT, errno.ENXIO}:  # else replaced meanwhile
                    raise
        try:
            yield descriptor if descriptor is not None and _is_plain(os.fstat(descriptor)) else None
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def holds(self, name: str, content: bytes | None) -> bool:
        """Return whether a plain file has this content; for None, whether it does not exist."""
        if content is None:
            return self.status(name) is None
        with self.plain(name) as descriptor:
            return descriptor is not None and read_all(descriptor) == content

    def are_one(self, first: str, second: str) -> bool:
        """Return whether two names are of one file."""
        one, other = self.status(first), self.status(second)
        return one is not None and other is not None and os.path.samestat(one, other)

    def free_name(self, target: str, operation: int) -> str:
        """Return an unused name for a file of ours: an earlier displaced file may still exist."""
        most = os.fpathconf(self.descriptor, "PC_NAME_MAX")
        names = (temporary_name(target, operation, number, most) for number in count(1))
        return next(name for name in names if self.status(name) is None)

    def create(self, name: str) -> int:
        """Create a file that only its owner can open; return its descriptor."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, 0o600, dir_fd=self.descriptor)

    def exchange(self, first: str, second: str) -> bool:
        """Exchange two names in one step; return False if that is not possible."""
        return exchange.exchange(first, second, self.descriptor)

    def move(self, source: str, target: str) -> None:
        """Rename to an unused name, whatever the file system supports.

        Raises:
            FileExistsError: If the name is used.
        """
        if not exchange.rename_new(source, target, self.descriptor):
            self.link(source, target)
            self.unlink(source)

    def link(self, source: str, target: str) -> None:
        """Give a file a second name."""
        os.link(source, target, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor, follow_symlinks=False)

    def replace(self, source: str, target: str) -> None:
        """Rename, replacing an existing file."""
        os.replace(source, target, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def unlink(self, name: str) -> None:
        """Remove a name."""
        os.unlink(name, dir_fd=self.descriptor)

    def discard(self, name: str, descriptor: int) -> None:
        """Remove a file of ours, but not one that replaced it."""
        status = self.status(name)
        if status is not None and os.path.samestat(status, os.fstat(descriptor)):
            with suppress(FileNotFoundError):
                self.unlink(name)

    def sync(self) -> None:
        """Make the names in the directory durable."""
        os.fsync(self.descriptor)


def temporary_name(target: str, operation: int, number: int, most: int = 255) -> str:
    """Return a name for a file of ours beside another one.

    Args:
        target: Name of the other file.
        operation: Number of the operation.
        number: Which of several for one file, from 1.
        most: Most bytes of a name; where the target's name does not fit, its digest stands for it.
    """
    name = f".memoryd.{operation}.{number}.{target}"
    fits = len(os.fsencode(name)) <= most
    return name if fits else f".memoryd.{operation}.{number}.{_digest(target)}"


def operation_of(name: str) -> int | None:
    """Return the number of the operation that a file of ours belongs to; None for any other file."""
    match = _TEMPORARY.fullmatch(name)
    return int(match[1]) if match else None


def is_beside(name: str, target: str) -> bool:
    """Return whether a file of that name is one of ours beside another one."""
    match = _TEMPORARY.fullmatch(name)
    return match is not None and match[2] in {target, _digest(target)}


def target_in(name: str, names: Iterable[str]) -> str:
    """Return the name of the file that one of ours is beside.

    Args:
        name: Name of the file of ours.
        names: What else is in the directory.
    """
    match = _TEMPORARY.fullmatch(name)
    written = match[2] if match else name
    return next((each for each in names if is_beside(name, each)), written)


def _digest(name: str) -> str:
    return sha256(os.fsencode(name)).hexdigest()


@contextmanager
def opened(change: FileChange, real_root: str | None = None) -> Iterator[OpenDirectory]:
    """Yield the directory of a file, reached from its store's without following links.

    Raises:
        ConflictError: If a directory was replaced by something else.
        OSError: If it was deleted or cannot be opened.
    """
    directory = os.path.dirname(change.path)
    root = real_root or os.path.realpath(change.root)
    inside = os.path.relpath(os.path.realpath(directory), root)
    descriptor = -1
    try:
        if inside.partition("/")[0] == os.pardir:
            raise ConflictError(f"{directory} leads out of its store now", "nothing was changed there")
        for part in (root, *inside.split("/")):
            above, descriptor = descriptor, _below(descriptor, part)
            if above != -1:
                os.close(above)
        yield OpenDirectory(directory, descriptor)
    finally:
        if descriptor != -1:
            os.close(descriptor)


def _below(descriptor: int, name: str) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=None if descriptor == -1 else descriptor)
    except OSError as error:
        if error.errno in _A_LINK:
            raise ConflictError(f"{name} was swapped for something else", "run the command again") from error
        raise


def read_all(descriptor: int) -> bytes:
    """Return the content of an open file, from its first byte."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    chunks = []
    while chunk := os.read(descriptor, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def _is_plain(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_nlink <= 1 and status.st_uid == os.geteuid()
