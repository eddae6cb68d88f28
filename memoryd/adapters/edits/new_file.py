"""Content, mode and attributes of a new file."""

import errno
import os

from memoryd.adapters.edits.access import Access, access_of, give, least
from memoryd.adapters.edits.directory import OpenDirectory, read_all
from memoryd.domain.edits.plan import FileChange

_FORWARD_NS = 2_000_000  # agents compare times in whole milliseconds: "newer than when I read"
_NOT_OURS_TO_SET = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL, errno.ENODATA}


def fill(descriptor: int, content: bytes) -> None:
    """Write all content, and verify it: a truncated file must never become visible.

    Raises:
        OSError: If writing or verification fails.
    """
    rest = memoryview(content)
    while rest:
        written = os.write(descriptor, rest)
        if not written:
            raise OSError(errno.EIO, "nothing more can be written")
        rest = rest[written:]
    if read_all(descriptor) != content:
        raise OSError(errno.EIO, "the written content reads back differently")


def dress(place: OpenDirectory, change: FileChange, descriptor: int) -> None:
    """Give the new file the mode, group and attributes of the old one, but a later time.

    One that is created gets the mode that the change knows, or is as open as its directory. Neither is
    open to anyone who may not read a file that its lines come from.
    """
    sources = [access_of(path) for path in change.sources]
    if change.before is None:
        give(descriptor, _access_of_new(place, change, sources))
        return
    with place.plain(os.path.basename(change.path)) as source:
        if source is None:  # replaced meanwhile: the comparison that follows reports it
            return
        modified = os.fstat(source).st_mtime_ns
        _copy_attributes(source, descriptor)
        give(descriptor, least(sources, access_of(source)))
    later = max(os.fstat(descriptor).st_mtime_ns, modified + _FORWARD_NS)
    os.utime(descriptor, ns=(later, later))


def _access_of_new(place: OpenDirectory, change: FileChange, sources: list[Access]) -> Access:
    """Return who may read a file that is created."""
    if change.mode is not None:
        return least(sources, Access(change.mode & 0o777, -1))
    if sources:
        return least(sources)
    status = os.fstat(place.descriptor)
    return Access(status.st_mode & 0o666, -1)


def _copy_attributes(source: int, descriptor: int) -> None:
    if not hasattr(os, "listxattr"):  # macOS
        return
    try:
        attributes = os.listxattr(source)
    except OSError as error:
        if error.errno == errno.ENOTSUP:  # a file system without attributes
            return
        raise
    for attribute in attributes:
        try:
            os.setxattr(descriptor, attribute, os.getxattr(source, attribute))
        except OSError as error:
            if error.errno not in _NOT_OURS_TO_SET:
                raise
