"""System calls that Python does not offer: swapping two names at once, and asking who writes."""

import ctypes
import errno
import fcntl
import os
import signal
import sys

_AT_FDCWD = -100
_NOREPLACE = 1  # renameat2(2)
_EXCHANGE = 2
_MAC_SWAP = 2  # renamex_np(2)
_MAC_EXCL = 4
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}

_libc = ctypes.CDLL(None, use_errno=True)


def exchange(first: str, second: str) -> bool:
    """Swap two files of one directory at once; False where kernel or file system cannot.

    Raises:
        OSError: If it failed for another reason.
    """
    return _rename(first, second, linux=_EXCHANGE, mac=_MAC_SWAP)


def rename_new(source: str, target: str) -> bool:
    """Rename where no file is in the way; False where kernel or file system cannot.

    Raises:
        FileExistsError: If there is one.
        OSError: If it failed for another reason.
    """
    return _rename(source, target, linux=_NOREPLACE, mac=_MAC_EXCL)


def _rename(source: str, target: str, *, linux: int, mac: int) -> bool:
    old, new = os.fsencode(source), os.fsencode(target)
    if sys.platform == "darwin":
        call = getattr(_libc, "renamex_np", None)
        failed = call is None or call(old, new, mac)
    else:
        call = getattr(_libc, "renameat2", None)
        failed = call is None or call(_AT_FDCWD, old, _AT_FDCWD, new, linux)
    if call is None:
        return False
    if not failed:
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
