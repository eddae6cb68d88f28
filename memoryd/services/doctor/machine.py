"""Checks of file systems, disk space, kernel limits and clock."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

from memoryd.adapters.daemon.prompt import running_pid
from memoryd.adapters.doctor import machine
from memoryd.adapters.edits.probe import can_exchange
from memoryd.config.locations import LOCATIONS
from memoryd.domain.doctor import Precondition, bad, good, weak
from memoryd.domain.stores.store import memory_root
from memoryd.domain.text.phrases import counted
from memoryd.services.doctor.case import Case, named

# File systems on which Linux can exchange two names (renameat2(2), RENAME_EXCHANGE), whatever the kernel
_SWAPPING = frozenset(
    {"apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "ubifs", "xfs"}
)
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "drvfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs"}
)
_REMOTE_FUSE = frozenset({"fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "fuse.vmhgfs-fuse"})
_LITTLE_ROOM, _NO_ROOM = 256 * 2**20, 16 * 2**20  # bytes
_NEAR = 0.8  # share of a limit
_SMALL_QUEUE = 1024  # events; with fewer, a checkout of a repository overflows it


def of_machine(case: Case) -> Iterator[Precondition]:
    """Check what depends neither on memoryd's files nor on its processes."""
    yield from _filesystems(case)
    yield from _watches(case)
    yield from _disks(case)


def _filesystems(case: Case) -> Iterator[Precondition]:
    by_device = defaultdict(list)
    for store in case.found.stores:
        with suppress(OSError):  # deleted meanwhile
            by_device[os.stat(store.root).st_dev].append(store.root)
    weaker, remote, swapping = [], set(), set()
    for device, roots in by_device.items():
        kind = machine.filesystem(roots[0])
        if kind in _REMOTE | _REMOTE_FUSE:
            remote |= {f"{root} ({kind})" for root in roots}
        if _swaps(case, device, kind):
            swapping.add(kind or "this file system")
        else:
            weaker += [f"{root} ({kind or 'unknown file system'})" for root in roots]
    if weaker:
        yield weak(
            "exchange",
            "two names cannot be exchanged in one step there, so a file that an agent renames over another "
            f"in the moment in which memoryd replaces it may be lost: {named(weaker)}",
            "keep memory on ext4, xfs, btrfs or APFS, or set `enforce` to `report` there",
        )
    if swapping:
        yield good("exchange", f"files can be exchanged in one step: {', '.join(sorted(swapping))}")
    if remote:
        yield weak(
            "remote",
            f"changes made on other machines are not noticed at once: {named(remote)}",
            "the next full scan (`rescan`) sees them; keep memory on a local disk",
        )
    state = case.locations.history.parent
    if (kind := machine.filesystem(_existing(str(state)))) in _REMOTE | _REMOTE_FUSE:
        yield bad(
            "state",
            f"{state} is on {kind}, where databases get damaged if two machines use them",
            f"set {LOCATIONS['history'].variable} to a local disk",
        )


def _swaps(case: Case, device: int, kind: str) -> bool:
    """Return whether names can be exchanged: by a trial on the same device, else by its kind."""
    for place in (case.locations.history.parent, case.locations.index.parent):
        if os.path.isdir(place) and place.stat().st_dev == device:
            tried = can_exchange(str(place))
            if tried is not None:
                return tried
    return kind in _SWAPPING


def _existing(path: str) -> str:
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def _watches(case: Case) -> Iterator[Precondition]:
    limits = machine.watching()
    if limits is None:
        return
    roots = {os.path.realpath(memory_root(store)) for store in case.found.stores}
    needed = sum(map(machine.directories_below, roots))
    pid = running_pid(case.locations.lock)
    own_instances, own_watches = machine.watches_of(pid) if pid else (0, 0)
    others = limits.watches - own_watches
    problems = [
        (name, wanted, taken, most)
        for name, wanted, taken, most in (
            ("max_user_watches", needed, others, limits.most_watches),
            ("max_user_instances", len(roots), limits.instances - own_instances, limits.most_instances),
        )
        if wanted + taken > most
    ]
    for name, wanted, taken, most in problems:
        yield weak(
            "watches",
            f"memoryd needs {wanted:,} of fs.inotify.{name}, other programs use {taken:,} of {most:,}: "
            "directories that cannot be watched are scanned every few seconds",
            f"sudo sysctl fs.inotify.{name}={_more(wanted + taken)}, and the same in /etc/sysctl.d",
        )
    if limits.queue < _SMALL_QUEUE:
        yield weak(
            "watches",
            f"fs.inotify.max_queued_events is {limits.queue:,}: events get lost, and scans are frequent",
            "sudo sysctl fs.inotify.max_queued_events=16384, and the same in /etc/sysctl.d",
        )
    elif not problems:
        directories = counted(needed, "directory", "directories")
        yield good("watches", f"{directories} to watch; {limits.most_watches - others:,} can be watched")


def _more(least: int) -> int:
    """Return the next power of two that leaves some room."""
    return 1 << int(least / _NEAR).bit_length()


def _disks(case: Case) -> Iterator[Precondition]:
    places = {"the history": case.locations.history.parent, "the index": case.locations.index.parent}
    enough = []
    for what, place in places.items():
        found = machine.room(str(place))
        if found is None:
            continue
        free = f"{found.size / 2**20:,.0f} MiB free for {what} in {place}"
        if found.size < _NO_ROOM or not found.takes_files:
            full = free if found.takes_files else f"no more files can be created in {place}"
            yield bad("disk", full, "make room: nothing is edited if the history cannot be written")
        elif found.size < _LITTLE_ROOM:
            yield weak("disk", free, "make room")
        else:
            enough.append(f"{found.size / 2**30:,.1f} GiB free for {what}")
    if enough:
        yield good("disk", ", ".join(enough))
