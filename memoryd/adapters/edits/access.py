"""Access to a file: mode, group and access control list."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from memoryd.values import dataclass

_ACL = "system.posix_acl_access"
_NO_ACL = {errno.ENODATA, errno.ENOTSUP, errno.EINVAL}
_GROUP, _OTHERS = 0o070, 0o007


@dataclass(frozen=True, slots=True)
class Access:
    """The permissions of a file for users other than its owner.

    Attributes:
        mode: Permission bits, at most 0o777.
        group: Id of its group.
        acl: POSIX access control list in the kernel's format; None if there is none.
    """

    mode: int
    group: int
    acl: bytes | None = None

    def narrowed(self, source: "Access") -> "Access":
        """Return the same without whatever the source of some lines does not allow."""
        others = self.mode & source.mode & _OTHERS
        group = self.mode & source.mode & _GROUP
        acl = self.acl
        if self.acl != source.acl:  # with a list, the group's bits are those of its mask
            acl, group = None, 0
        elif self.group != source.group:  # members of one group are others to the other file
            group &= (source.mode & _OTHERS) << 3
        return Access(self.mode & ~(_GROUP | _OTHERS) | group | others, self.group, acl)


_PRIVATE = Access(0o600, -1)


def access_of(file: int | str) -> Access:
    """Return who may read a file, by its descriptor or its path, which is not followed if it is a link.

    One that is missing meanwhile counts as private.
    """
    try:
        status = os.fstat(file) if isinstance(file, int) else os.lstat(file)
    except FileNotFoundError:
        return _PRIVATE
    return Access(status.st_mode & 0o777, status.st_gid, _acl(file))


def least(accesses: Iterable[Access], own: Access | None = None) -> Access:
    """Return what all of these allow; private where there are none."""
    found = own
    for each in accesses:
        found = replace(each, mode=each.mode & 0o666) if found is None else found.narrowed(each)
    return found or _PRIVATE


def give(descriptor: int, access: Access) -> None:
    """Let exactly those read and write an open file that an access names; fewer where that cannot be done."""
    if access.group not in {-1, os.fstat(descriptor).st_gid}:
        with suppress(PermissionError):
            os.fchown(descriptor, -1, access.group)
        actual = os.fstat(descriptor).st_gid
        if actual != access.group:
            access = replace(access, group=actual, acl=None).narrowed(replace(access, acl=None))
    if not _set_acl(descriptor, access.acl):
        access = replace(access, mode=access.mode & ~_GROUP)
    os.fchmod(descriptor, access.mode)


def _acl(file: int | str) -> bytes | None:
    if not hasattr(os, "getxattr"):  # macOS
        return None
    try:
        if isinstance(file, int):
            return os.getxattr(file, _ACL)
        return os.getxattr(file, _ACL, follow_symlinks=False)
    except OSError as error:
        if error.errno in _NO_ACL | {errno.ENOENT}:
            return None
        raise


def _set_acl(descriptor: int, acl: bytes | None) -> bool:
    """Set or remove the list, which a new file may have from its directory; return whether that worked."""
    if not hasattr(os, "setxattr"):
        return True
    try:
        if acl is None:
            os.removexattr(descriptor, _ACL)
        else:
            os.setxattr(descriptor, _ACL, acl)
    except OSError as error:
        return acl is None and error.errno in _NO_ACL
    return True
