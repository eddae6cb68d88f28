"""System calls that Python does not offer: swapping two names at once, and asking who writes."""

import ctypes
import errno
import fcntl
import os
import signal
import sys

_NOREPLACE = 1  # renameat2(2)
_EXCHANGE = 2
_MAC_SWAP = 2  # renameatx_np(2)
_MAC_EXCL = 4
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}

_libc = ctypes.CDLL(None, use_errno=True)


def exchange(first: str, second: str, directory: int) -> bool:
    """Swap two names in an opened directory at once; False where kernel or file system cannot.

    Raises:
        OSError: If it failed for another reason.
    """
    return _rename(first, second, directory, linux=_EXCHANGE, mac=_MAC_SWAP)


def rename_new(source: str, target: str, directory: int) -> bool:
    """Rename in an opened directory where nothing is in the way; False where that cannot be done.

    Raises:
        FileExistsError: If there is something.
        OSError: If it failed for another reason.
    """
    return _rename(source, target, directory, linux=_NOREPLACE, mac=_MAC_EXCL)


def _rename(source: str, target: str, directory: int, *, linux: int, mac: int) -> bool:
    name, flags = ("renameatx_np", mac) if sys.platform == "darwin" else ("renameat2", linux)
    call = getattr(_libc, name, None)
    if call is None:
        return False
    if not call(directory, os.fsencode(source), directory, os.fsencode(target), flags):
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), source, None, target)


def has_writer(path: str) -> bool | None:
    """Whether any process holds a file open for writing; None where the kernel cannot tell.

    A read lease is refused while somebody writes (fcntl(2), "Leases"). It is given back at once; an
    opener in between would only have to wait for that. A file that is gone has no writer.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # The default signal of a broken lease would end the process; this one is ignored by default.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(descriptor)
    return False
