"""What the machine offers: file systems, room on disks, and the kernel's limits for watching."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from memoryd import beneath

_LIMITS = "/proc/sys/fs/inotify"
_OCTAL = re.compile(r"\\(\d{3})")


@dataclass(frozen=True, slots=True)
class InotifyUsage:
    """Use and limits of inotify, for this user.

    Attributes:
        instances: How many are in use; each watched tree takes one.
        most_instances: How many there may be.
        watches: How many are in use; each directory takes one.
        most_watches: How many there may be.
        queue: How many events wait for a reader at most.
    """

    instances: int
    most_instances: int
    watches: int
    most_watches: int
    queue: int


@dataclass(frozen=True, slots=True)
class Room:
    """What is free on a disk: bytes, and whether a further file can be made."""

    size: int
    takes_files: bool


def watching() -> InotifyUsage | None:
    """The limits of inotify and what this user's processes have taken; None where there is no inotify."""
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
    """The number of watches of each inotify instance of this user."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):  # it has ended, or is not ours to look at
            if os.stat(f"/proc/{process}").st_uid == os.geteuid():
                yield from _taken_by(process)


def _taken_by(process: str) -> Iterator[int]:
    for descriptor in os.listdir(f"/proc/{process}/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/{process}/fd/{descriptor}") == "anon_inode:inotify":
                with open(f"/proc/{process}/fdinfo/{descriptor}", encoding="ascii") as file:
                    yield sum(line.startswith("inotify ") for line in file)


def watches_of(pid: int) -> tuple[int, int]:
    """How many instances and watches of inotify a process has."""
    try:
        taken = list(_taken_by(str(pid)))
    except OSError:
        taken = []
    return len(taken), sum(taken)


def directories_below(root: str) -> int:
    """How many directories a tree has, itself included; 0 where there is none."""
    return sum(1 for _ in beneath.walk(root))


def filesystem(path: str) -> str:
    """The kind of file system that an existing path lies on, as mount(8) calls it; "" where nobody knows."""
    try:
        with open("/proc/self/mountinfo", "rb") as file:
            mounts = [_mount(os.fsdecode(line)) for line in file]
    except OSError:
        return ""
    real = os.path.realpath(path).rstrip("/") + "/"
    around = sorted(
        (len(place), number, kind) for number, (place, kind) in enumerate(mounts) if real.startswith(place)
    )
    return around[-1][2] if around else ""  # of two on one place the later covers the earlier


def _mount(line: str) -> tuple[str, str]:
    """Place, with a slash at its end, and kind."""
    left, _, right = line.partition(" - ")
    place = _OCTAL.sub(lambda match: chr(int(match[1], 8)), left.split(" ")[4])
    return place.rstrip("/") + "/", right.split(" ", 1)[0]


def room(path: str) -> Room | None:
    """What is free where a path lies or is to lie; None where nobody can tell."""
    while not os.path.exists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    try:
        found = os.statvfs(path)
    except OSError:
        return None
    # some file systems have no fixed number of files, and say 0 of 0
    return Room(found.f_bavail * found.f_frsize, found.f_favail > 0 or found.f_files == 0)
