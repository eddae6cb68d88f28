"""Landlock: the daemon gives up every right to write elsewhere."""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from stat import S_ISDIR

# System calls and constants of linux/landlock.h; their numbers are the same on every architecture but Alpha
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_REMOVE_DIR, _REMOVE_FILE, _MAKE_CHAR, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK = (1 << bit for bit in range(4, 10))
_MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM, _REFER = (1 << bit for bit in range(10, 14))
_EXECUTE = 1 << 0
_NO_NETWORK = 0b11  # bind and connect of TCP
_NEVER = _EXECUTE | _MAKE_CHAR | _MAKE_BLOCK | _MAKE_FIFO | _MAKE_SOCK  # allowed nowhere
_IN_DIRECTORY = _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM
_REFER_SINCE, _TRUNCATE_SINCE, _NETWORK_SINCE = 2, 3, 4  # versions of the interface
_SET_NO_NEW_PRIVILEGES = 38  # prctl(2)


def confine(writable: Iterable[str]) -> str | None:
    """Allow this process to write below some directories only, to start no program, and to use no TCP.

    It holds for threads that are started later, and cannot be undone; what is open stays open.

    Args:
        writable: Absolute paths of directories; missing ones are left out.

    Returns:
        The reason why the process is not confined, or None where it is.
    """
    if not sys.platform.startswith("linux"):
        return "only Linux has Landlock"
    if _is_filtered() and not _survives():
        return "the system call filter of the service forbids it: memoryd service install"
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    if version < 1:
        return _reason(ctypes.get_errno())
    try:
        _restrict(libc, version, writable)
    except OSError as error:
        return f"Landlock failed: {error.strerror}"
    return None


def _restrict(libc: ctypes.CDLL, version: int, writable: Iterable[str]) -> None:
    in_file = _WRITE_FILE | (_TRUNCATE if version >= _TRUNCATE_SINCE else 0)
    in_directory = in_file | _IN_DIRECTORY | (_REFER if version >= _REFER_SINCE else 0)
    network = _NO_NETWORK if version >= _NETWORK_SINCE else 0
    # a kernel takes a longer structure than it knows as long as the rest is zero, and a shorter one
    attributes = struct.pack("=QQ", in_directory | _NEVER, network)[: 16 if network else 8]
    ruleset = _call(libc, _CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    try:
        for path in (*writable, os.devnull):
            with suppress(FileNotFoundError, NotADirectoryError):
                _allow(libc, ruleset, path, in_file, in_directory)
        if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        _call(libc, _RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, in_file: int, in_directory: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = in_directory if S_ISDIR(os.fstat(descriptor).st_mode) else in_file
        rule = struct.pack("=Qi", rights, descriptor)
        _call(libc, _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def _call(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    result = int(libc.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _reason(number: int) -> str:
    reasons = {
        errno.ENOSYS: "this kernel has no Landlock",
        errno.EOPNOTSUPP: "Landlock is switched off in this kernel",
    }
    return reasons.get(number) or f"Landlock cannot be asked: {os.strerror(number)}"


def _is_filtered() -> bool:
    """Return whether a filter of system calls is in force, which may kill whoever uses others."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            return "\nSeccomp:\t2\n" in file.read()
    except OSError:
        return False


def _survives() -> bool:
    """Try in a process of its own whether the filter lets Landlock's system calls through."""
    process = os.fork()
    if process == 0:
        libc = ctypes.CDLL(None)
        for number in (_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF):
            libc.syscall(number, None, ctypes.c_size_t(0), ctypes.c_uint32(0), ctypes.c_uint32(0))
        os._exit(0)
    return os.waitpid(process, 0)[1] == 0
