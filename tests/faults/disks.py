"""Small disks: a tmpfs that fills up, an ext4 whose power can be cut."""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support import is_root

_SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN
_NO_LOG_FLUSH = 2  # what is not on the disk yet is lost, the journal in memory too
_EXT4 = "noauto_da_alloc,data=writeback,commit=300"  # as unforgiving as it can be


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def tmpfs(place: Path, size: str) -> Iterator[Path]:
    """A disk in memory of this size, gone with the block."""
    place.mkdir()
    with _mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", place=place):
        yield place


@contextmanager
def _mounted(*arguments: str, place: Path) -> Iterator[None]:
    try:
        _run("mount", *arguments, place)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        _run("umount", "--lazy", place)  # somebody may just be looking into it


def fill(disk: Path, left: int) -> Path:
    """Leave so many bytes free, rounded up to whole pages, by a file that is returned."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(ballast, max(ballast.stat().st_size - left, 0))
    return ballast


class Ext4:
    """An ext4 in a file, mounted by way of a loop device."""

    def __init__(self, device: str, place: Path) -> None:
        self._device = device
        self.place = place

    def mount(self) -> None:
        _run("mount", "-t", "ext4", "-o", _EXT4, self._device, self.place)

    def unmount(self) -> None:
        _run("umount", self.place)

    def cut_power(self) -> None:
        """Lose all that is not on the disk, as a power cut does, and start again."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)
        self.unmount()
        self.mount()

    def sync(self) -> None:
        """Bring everything to the disk."""
        _run("sync", "-f", self.place)


@contextmanager
def ext4(place: Path) -> Iterator[Ext4]:
    """A fresh one, mounted; unmounted and its loop device given back with the block."""
    if not is_root() or not shutil.which("losetup") or not shutil.which("mkfs.ext4"):
        pytest.skip("a power cut needs root, losetup and mkfs.ext4")
    place.mkdir()
    image = place.with_name(f"{place.name}.img")
    with image.open("wb") as file:
        file.truncate(64 * 2**20)
    _run("mkfs.ext4", "-q", "-F", image)
    try:
        device = _run("losetup", "--find", "--show", image)
    except subprocess.CalledProcessError:
        pytest.skip("there is no loop device")
    try:
        disk = Ext4(device, place)
        disk.mount()
        try:
            yield disk
        finally:
            if os.path.ismount(place):
                disk.unmount()
    finally:
        _run("losetup", "--detach", device)
