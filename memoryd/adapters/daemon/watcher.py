"""Watches of directories that report where something may have changed.

watchdog's threads can end silently, so the watcher is checked every few seconds (`heal`), and it reports why
it cannot watch a directory. The truth is always the scan.
"""

import errno
import logging
import os
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
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

from memoryd.values import dataclass

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, EventEmitter, ObservedWatch

# Without opened, closed-without-write and modified: with them, large trees would always overflow the queue.
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
]
_LIMITS = {
    errno.ENOSPC: "fs.inotify.max_user_watches",
    errno.EMFILE: "fs.inotify.max_user_instances",
}
_OF_NO_MATTER = "thread is inactive"  # the message when a watch is removed just as an event comes


class _Doorbell(FileSystemEventHandler):
    def __init__(self, ring: Callable[[str], None], patterns: tuple[str, ...]) -> None:
        self._ring = ring
        self._patterns = patterns

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (os.fsdecode(event.src_path), os.fsdecode(event.dest_path)):
            if path and (event.is_directory or self._counts(path.rpartition("/")[2])):
                self._ring(path)

    def _counts(self, name: str) -> bool:
        return name.endswith(".md") or any(fnmatchcase(name, each) for each in self._patterns)


class _Complaints(logging.Handler):
    """Handler of watchdog's log, its only report of lost events."""

    def __init__(self, ring: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._ring = ring
        self.heard = ""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if _OF_NO_MATTER not in message:
            self.heard = message.partition(";")[0]
            self._ring()


@dataclass(frozen=True, slots=True)
class _Root:
    """A watched directory: its real path, device and inode."""

    watch: "ObservedWatch"
    real: str
    identity: tuple[int, int]


class Watcher:
    """Watches of directory trees, each with a thread.

    Args:
        ring: Called from other threads with the real path of a possible change, and with "/" if events were
            lost; it must only enqueue.
        patterns: Names of files that count, in addition to `*.md`.
    """

    def __init__(self, ring: Callable[[str], None], patterns: tuple[str, ...] = ()) -> None:
        # A directory that was deleted and is back gets a new callback, as it should; stderr is ours.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        self._doorbell = _Doorbell(ring, patterns)
        self._complaints = _Complaints(lambda: ring("/"))
        self._logger = logging.getLogger("watchdog")
        self._logger.addHandler(self._complaints)
        self._observer: BaseObserver | None = None
        self._roots: dict[str, _Root] = {}  # by the requested path
        self.failed: dict[str, str] = {}

    def watch(self, directories: Iterable[str]) -> dict[str, str]:
        """Watch these trees and no others; watch a replaced directory again.

        Returns:
            The reason by directory, for those that cannot be watched.
        """
        wanted, before, failed = set(directories), dict(self._roots), self.failed
        for directory in sorted(self._roots.keys() - wanted):
            self._drop(directory)
        self.failed = {}
        for directory in sorted(wanted):
            try:
                self._add(directory)
            except (OSError, RuntimeError) as error:  # the latter if no thread can be started
                self.failed[directory] = _reason(error)
            else:
                if directory in failed and self._roots[directory] is before.get(directory):  # in part
                    self.failed[directory] = failed[directory]
        return self.failed

    def heal(self) -> dict[str, str]:
        """Watch again what is no longer watched, and where events were lost.

        Returns:
            The reason by directory, for those with possibly missed events; by "/" for all of them.
        """
        doubts = {}
        known, before = sorted({*self._roots, *self.failed}), dict(self._roots)
        if self._complaints.heard:
            doubts["/"] = self._complaints.heard
            self._complaints.heard = ""
        if self._observer and not self._is_alive():
            doubts["/"] = "a thread of the watcher had ended"
            self._close_observer()
        self.watch(known)
        for directory in known:
            was, now = before.get(directory), self._roots.get(directory)
            if was is now:
                continue
            if now is None:
                doubts[directory] = self.failed[directory]
            elif was is None:
                doubts[directory] = "can be watched again"
            else:
                doubts[directory] = "was replaced, or its thread had ended"
        return doubts

    def unwatched(self, directories: Iterable[str]) -> dict[str, str]:
        """Return the roots that do not watch all of these directories; each is tried once more.

        watchdog silently skips directories below a root if there is no watch left.

        Args:
            directories: Real paths of all known directories below a root that failed.

        Returns:
            The reason by root, for those that still do not.
        """
        missing = self._missing(directories)
        for asked in missing:
            self.failed.pop(asked, None)
            self._drop(asked)
            try:
                self._add(asked)
            except (OSError, RuntimeError) as error:
                self.failed[asked] = _reason(error)
        for asked in self.failed.keys() & self._roots.keys() - missing.keys():
            del self.failed[asked]
        for asked in self._missing(path for paths in missing.values() for path in paths):
            self.failed[asked] = _reason(OSError(errno.ENOSPC, ""))
        return {asked: self.failed[asked] for asked in missing if asked in self.failed}

    def _missing(self, directories: Iterable[str]) -> dict[str, list[str]]:
        """Return the directories without their own watch, by the root that should watch them."""
        watched = {asked: self._watched(root) for asked, root in self._roots.items()}
        reals = {root.real: asked for asked, root in self._roots.items()}
        missing: dict[str, list[str]] = {}
        for directory in directories:
            place = directory
            while place not in reals and place:
                place = place.rpartition("/")[0]
            known = watched[reals[place]] if place else None
            # A directory that cannot be listed cannot be watched either, and nothing of it is known.
            if known is not None and directory not in known and os.access(directory, os.R_OK | os.X_OK):
                missing.setdefault(reals[place], []).append(directory)
        return missing

    def _watched(self, root: _Root) -> set[str] | None:
        """Return the directories that a root watches; None if unknown, or if all are watched."""
        group = getattr(self._emitter(root), "_inotify", None)
        paths: dict[bytes, int] | None = getattr(group, "_active_callbacks_by_path", None)
        if paths is None:
            return None
        return {os.fsdecode(path) for path, watch in paths.copy().items() if watch >= 0}

    def _emitter(self, root: _Root) -> "EventEmitter | None":
        emitters = self._observer.emitters if self._observer else ()
        return next((each for each in emitters if each.watch == root.watch and each.is_alive()), None)

    def _is_alive(self) -> bool:
        reader = getattr(self._observer, "_inotify_fd", None)  # also a thread, which is never joined
        return bool(self._observer and self._observer.is_alive() and (reader is None or reader.is_alive()))

    def _add(self, directory: str) -> None:
        real = os.path.realpath(directory)
        known = self._roots.get(directory)
        try:
            status = os.stat(real)
        except OSError:
            if known:
                self._drop(directory)
            raise
        identity = (status.st_dev, status.st_ino)
        if known:
            # A deleted root ends its emitter, and the next directory may get its inode number.
            if (known.real, known.identity) == (real, identity) and self._emitter(known):
                return
            self._drop(directory)
        if self._observer is None:
            self._observer = _started()
        watch = self._observer.schedule(self._doorbell, real, recursive=True, event_filter=_EVENTS)
        self._roots[directory] = root = _Root(watch, real, identity)
        if real not in (self._watched(root) or {real}):  # watchdog does not report missing permission
            self._drop(directory)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def _drop(self, directory: str) -> None:
        root = self._roots.pop(directory)
        if self._observer and all(each.watch != root.watch for each in self._roots.values()):
            with suppress(OSError, KeyError):
                self._observer.unschedule(root.watch)

    def _close_observer(self) -> None:
        observer, self._observer = self._observer, None
        self._roots.clear()
        if observer:
            with suppress(OSError, RuntimeError):
                observer.stop()
            if observer.is_alive():
                observer.join()

    def close(self) -> None:
        """Stop all threads."""
        self._close_observer()
        self._logger.removeHandler(self._complaints)


def _started() -> "BaseObserver":
    observer = Observer()
    try:
        observer.start()
    except RuntimeError:  # one thread of two is already running
        observer.stop()
        raise
    return observer


def _reason(error: Exception) -> str:
    """Return why a directory cannot be watched, one sentence, with the limit to raise if there is one."""
    code = error.errno if isinstance(error, OSError) else None
    limit = _LIMITS.get(code or 0)
    if limit is None:
        too_deep = "its directories are nested too deeply" if isinstance(error, RecursionError) else ""
        return os.strerror(code) if code else too_deep or str(error)
    most = ""
    with suppress(OSError), open(f"/proc/sys/{limit.replace('.', '/')}", encoding="ascii") as file:
        most = f" ({file.read().strip()} now)"
    what = "watch" if code == errno.ENOSPC else "instance"
    return f"no inotify {what} is left: raise {limit}{most} with sysctl"
