"""watchdog: a doorbell that says where something may have changed; the truth is the scan."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

if TYPE_CHECKING:
    from watchdog.observers.api import ObservedWatch

# Without opened, closed-without-write and modified: with them, large trees overflow the queue for ever.
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
]


class _Doorbell(FileSystemEventHandler):
    def __init__(self, ring: Callable[[str], None]) -> None:
        self._ring = ring

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (os.fsdecode(event.src_path), os.fsdecode(event.dest_path)):
            if path and (event.is_directory or path.endswith(".md")):
                self._ring(path)


class Watcher:
    """Watches directory trees, each by one thread.

    Args:
        ring: Called from other threads with the real path of what may have changed; must only enqueue.
    """

    def __init__(self, ring: Callable[[str], None]) -> None:
        self._doorbell = _Doorbell(ring)
        self._observer = Observer()
        self._watches: dict[str, tuple[ObservedWatch, tuple[int, int]]] = {}
        self._observer.start()

    def watch(self, directories: Iterable[str]) -> dict[str, str]:
        """Watch these trees and no others; one that was replaced on disk is watched anew.

        Returns:
            Why, by directory, for those that cannot be watched.
        """
        wanted = {os.path.realpath(directory) for directory in directories}
        for directory in sorted(self._watches.keys() - wanted):
            self._drop(directory)
        failed = {}
        for directory in sorted(wanted):
            try:
                self._add(directory)
            except OSError as error:
                failed[directory] = error.strerror or str(error)
        return failed

    def _add(self, directory: str) -> None:
        status = os.stat(directory)
        identity = (status.st_dev, status.st_ino)
        if directory in self._watches:
            watch, watched = self._watches[directory]
            # A deleted root ends its emitter, and its inode's number may be given to the next directory.
            if watched == identity and any(
                emitter.watch == watch and emitter.is_alive() for emitter in self._observer.emitters
            ):
                return
            self._drop(directory)
        watch = self._observer.schedule(self._doorbell, directory, recursive=True, event_filter=_EVENTS)
        self._watches[directory] = (watch, identity)

    def _drop(self, directory: str) -> None:
        self._observer.unschedule(self._watches.pop(directory)[0])

    def close(self) -> None:
        """Stop all threads."""
        self._observer.stop()
        self._observer.join()
