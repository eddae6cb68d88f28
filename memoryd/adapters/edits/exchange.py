"""System calls missing in Python: name exchange and writer detection."""

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
    """Exchange two names in an open directory; return False if kernel or file system cannot.

    Raises:
        OSError: If it failed for another reason.
    """
    return _rename(first, second, directory, linux=_EXCHANGE, mac=_MAC_SWAP)


def rename_new(source: str, target: str, directory: int) -> bool:
    """Rename in an open directory to an unused name; return False if that is not possible.

    Raises:
        FileExistsError: If the name is used.
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
    """Return whether a process has a file open for writing; None if the kernel cannot tell.

    A read lease is refused while a process writes (fcntl(2), "Leases"). It is released at once; a process
    that opens the file meanwhile only waits for that. A deleted file has no writer.
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
