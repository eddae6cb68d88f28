"""Files that are never rewritten, but only reported."""

import os
import stat

from memoryd.domain.edits.plan import FileChange
from memoryd.domain.git.conflict_markers import conflicts
from memoryd.errors import RefusedError

MOST_BYTES = 1024 * 1024


def refuse(change: FileChange, *, any_content: bool = False) -> None:
    """Refuse a file that must not be written.

    Args:
        change: The change.
        any_content: Its content does not matter, because recorded bytes replace it.

    Raises:
        RefusedError: With the reason.
    """
    path = change.path
    directory = os.path.dirname(path)
    reason = _place(directory, change.root) or (None if any_content else _content(change.before))
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        reason = f"it cannot be examined ({error.strerror})"
    else:
        reason = _kind(status) or reason
    if reason:
        raise RefusedError(f"{path} is not rewritten: {reason}", "nothing was changed; fix that first")


def _place(directory: str, root: str) -> str | None:
    real = os.path.realpath(root)
    if os.path.commonpath([real, os.path.realpath(directory)]) != real:
        return "it lies outside its store behind a link"
    if not os.path.isdir(directory):
        return "its directory is missing"
    if not os.access(directory, os.W_OK | os.X_OK):
        return "its directory is read-only"
    return None


def _kind(status: os.stat_result) -> str | None:
    reasons = {
        "it is a symbolic link": stat.S_ISLNK(status.st_mode),
        "it is not a regular file": not stat.S_ISREG(status.st_mode),
        "it has more than one hard link": status.st_nlink > 1,
        "it belongs to another user": status.st_uid != os.geteuid(),
        "it is read-only": not status.st_mode & stat.S_IWUSR,
        f"it is larger than {MOST_BYTES // 2**20} MiB": status.st_size > MOST_BYTES,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _content(before: bytes | None) -> str | None:
    if before is None:
        return None
    try:
        before.decode()
    except UnicodeDecodeError as error:
        return f"byte {error.start} is not UTF-8"
    return "it contains conflict markers of a merge" if any(conflicts(before)) else None
