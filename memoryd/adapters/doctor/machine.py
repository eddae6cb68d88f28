"""File systems, free space, and inotify limits of the machine."""

import os
from collections.abc import Iterator
from contextlib import suppress

from memoryd import beneath
from memoryd.values import dataclass, regex

_LIMITS = "/proc/sys/fs/inotify"
_OCTAL = regex(r"\\(\d{3})")


@dataclass(frozen=True, slots=True)
class InotifyUsage:
    """Use and limits of inotify, for this user.

    Attributes:
        instances: Number in use; each watched tree takes one.
        most_instances: The limit.
        watches: Number in use; each directory takes one.
        most_watches: The limit.
        queue: Most events that wait for a reader.
    """

    instances: int
    most_instances: int
    watches: int
    most_watches: int
    queue: int


@dataclass(frozen=True, slots=True)
class Room:
    """Free space on a disk: bytes, and whether another file can be created."""

    size: int
    takes_files: bool


def watching() -> InotifyUsage | None:
    """Return the limits of inotify and its use by this user's processes; None without inotify."""
    try:
        most_instances, most_watches, queue = (
            _number(f"{_LIMITS}/{name}")
            for name in ("max_user_instances", "max_user_watches", "max_queued_events")
        )
    except (OSError, ValueError):
        return None
    taken = list(_taken())
    return InotifyUsage(len(taken), most_instances, sum(taken), most_watches, queue)


def _number(path: str) -> int:
    with open(path, encoding="ascii") as file:
        return int(file.read())


def _taken() -> Iterator[int]:
    """Yield the number of watches of each inotify instance of this user."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):  # the process has ended, or is not ours
            if os.stat(f"/proc/{process}").st_uid == os.geteuid():
                yield from _taken_by(process)


def _taken_by(process: str) -> Iterator[int]:
    for descriptor in os.listdir(f"/proc/{process}/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/{process}/fd/{descriptor}") == "anon_inode:inotify":
                with open(f"/proc/{process}/fdinfo/{descriptor}", encoding="ascii") as file:
                    yield sum(line.startswith("inotify ") for line in file)


def watches_of(pid: int) -> tuple[int, int]:
    """Return the number of inotify instances and watches of a process."""
    try:
        taken = list(_taken_by(str(pid)))
    except OSError:
        taken = []
    return len(taken), sum(taken)


def directories_below(root: str) -> int:
    """Return the number of directories in a tree, including its root; 0 if it does not exist."""
    return sum(1 for _ in beneath.walk(root))


def filesystem(path: str) -> str:
    """Return the file system type of an existing path, as mount(8) names it; "" if unknown."""
    try:
        with open("/proc/self/mountinfo", "rb") as file:
            mounts = [_mount(os.fsdecode(line)) for line in file]
    except OSError:
        return ""
    real = os.path.realpath(path).rstrip("/") + "/"
    around = sorted(
        (len(place), number, kind) for number, (place, kind) in enumerate(mounts) if real.startswith(place)
    )
    return around[-1][2] if around else ""  # the later of two mounts on one path covers the earlier


def _mount(line: str) -> tuple[str, str]:
    """Return mount point, with a slash at its end, and type."""
    left, _, right = line.partition(" - ")
    place = _OCTAL.sub(lambda match: chr(int(match[1], 8)), left.split(" ")[4])
    return place.rstrip("/") + "/", right.split(" ", 1)[0]


def room(path: str) -> Room | None:
    """Return the free space at a path, which may not exist yet; None if unknown."""
    while not os.path.exists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    try:
        found = os.statvfs(path)
    except OSError:
        return None
    # some file systems have no fixed number of files, and report 0 of 0
    return Room(found.f_bavail * found.f_frsize, found.f_favail > 0 or found.f_files == 0)
