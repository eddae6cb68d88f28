"""Heartbeats of the daemon: systemd, status file, Prometheus."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path

from memoryd import __version__
from memoryd.adapters.daemon import status_line
from memoryd.adapters.daemon.process import notify, watchdog_interval
from memoryd.adapters.daemon.prompt import NAME
from memoryd.adapters.daemon.status_file import (
    METRICS,
    VERSION,
    remove,
    write_metrics,
    write_prompt,
    write_status,
    write_status_line,
)
from memoryd.domain.daemon.state import HEARTBEAT, DaemonStatus, EnforcementState, PolledDirectory, Trouble
from memoryd.services.daemon.journal import Journal, iso
from memoryd.values import dataclass

_EVERY = HEARTBEAT.total_seconds()
_SOONEST = 1.0  # least seconds between two heartbeats
_EXTENSION = 60  # seconds for which systemd is asked to wait during a long first scan


@dataclass(frozen=True, slots=True)
class Vitals:
    """The state of the daemon at one moment; the names are those of `DaemonStatus`."""

    mode: str
    stores: int
    files: int
    pending: int
    polled: Mapping[str, str]
    enforce: tuple[EnforcementState, ...]
    last_operation: int | None
    sandbox: str
    outside: tuple[str, ...]
    projects: Mapping[str, str] = field(default_factory=dict)  # their lines for status lines
    alarms: int = 0
    scanned: float = 0.0


class Pulse:
    """Heartbeat of the daemon, sent by the worker, so that a worker that hangs falls silent.

    Args:
        path: Path of `status.json`.
        metrics: Path of the file for Prometheus, or None.
        journal: Has the last error and the counts of events.
    """

    def __init__(self, path: Path, metrics: Path | None, journal: Journal) -> None:
        self._metrics = metrics
        self._path = path
        self._prompt = path.with_name(NAME)
        self._status_line = path.with_name(status_line.NAME)
        self._written: dict[Path, tuple[str | Mapping[str, str], float]] = {}  # and the time of that
        self._journal = journal
        self._started = time.time()
        self._interval = watchdog_interval()
        self._fed = time.monotonic()
        self._beaten = float("-inf")
        self._last: tuple[Vitals, Trouble | None] | None = None
        self._said = ""
        self._is_ready = False

    @property
    def longest(self) -> float:
        """Return the longest time in seconds between two heartbeats."""
        return min(_EVERY, self._interval / 2 if self._interval else _EVERY)

    def progress(self) -> None:
        """Report progress; long work calls this again and again."""
        now = time.monotonic()
        if not self._is_ready:
            if now >= self._fed + _EXTENSION / 4:
                self._fed = now
                notify(f"EXTEND_TIMEOUT_USEC={_EXTENSION * 1_000_000}")
        elif self._interval and now >= self._fed + self._interval / 4:
            self._fed = now
            notify("WATCHDOG=1")

    def ready(self, vitals: Vitals) -> None:
        """Report that the first scan, or the one after a reload, is done: first in the status file."""
        self._said = _sentence(vitals)
        self._fed = float("-inf")
        self._beat(vitals)
        self._is_ready = True
        notify(f"READY=1\nSTATUS={self._said}")

    def beat(self, vitals: Callable[[], Vitals]) -> None:
        """Report changes, and once a minute that there are none; called as often as `progress`."""
        self.progress()
        now = time.monotonic()
        if now < self._beaten + _SOONEST:
            return
        found = vitals()
        if self._is_news(found) or now >= self._beaten + _EVERY * 0.95:
            self._beat(found)

    def _is_news(self, found: Vitals) -> bool:
        """Return whether anything changed, except that an event came, which is soon dealt with."""
        if self._last is None or self._journal.trouble != self._last[1]:
            return True
        before = self._last[0]
        return found != before and (
            found.pending < before.pending or replace(found, pending=before.pending) != before
        )

    def _beat(self, vitals: Vitals) -> None:
        self._beaten = time.monotonic()
        self._last = vitals, self._journal.trouble
        status = self._status(vitals)
        sentence = _sentence(vitals)
        if self._is_ready and sentence != self._said:
            self._said = sentence
            notify(f"STATUS={sentence}")
        self._write(self._path, lambda: write_status(self._path, status))
        short, lines = _short(vitals), vitals.projects
        if self._is_due(self._prompt, short):
            self._write(self._prompt, lambda: write_prompt(self._prompt, short))
        if self._is_due(self._status_line, lines):
            self._write(self._status_line, lambda: write_status_line(self._status_line, lines))
        if metrics := self._metrics:
            self._write(metrics, lambda: write_metrics(metrics, self._numbers(vitals), __version__))

    def _is_due(self, path: Path, content: str | Mapping[str, str]) -> bool:
        """Return whether a file has another content, or must show that the daemon is alive."""
        before, then = self._written.get(path, ("", float("-inf")))
        if content == before and self._beaten < then + _EVERY * 0.9:
            return False
        self._written[path] = content, self._beaten
        return True

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._written.pop(path, None)
            self._journal.error("status_unwritten", reason=f"cannot write {path}: {error.strerror}")

    def measure(self, metrics: Path | None) -> None:
        """Set the path of the metrics for Prometheus, or none."""
        if self._metrics and metrics != self._metrics:
            remove(self._metrics)
        self._metrics = metrics

    def stop(self, vitals: Vitals) -> None:
        """Report that the daemon is stopping."""
        notify("STOPPING=1")
        self._beat(vitals)

    def end(self) -> None:
        """Remove the state at a clean end, so that it is not read as that of a running daemon."""
        remove(self._path)
        remove(self._prompt)
        remove(self._status_line)
        self.measure(None)

    def _status(self, vitals: Vitals) -> DaemonStatus:
        return DaemonStatus(
            version=VERSION,
            pid=os.getpid(),
            started=iso(self._started),
            heartbeat=iso(time.time()),
            mode=vitals.mode,
            stores=vitals.stores,
            files=vitals.files,
            pending=vitals.pending,
            last_scan=iso(vitals.scanned) if vitals.scanned else None,
            last_error=self._journal.trouble,
            polled=tuple(PolledDirectory(*each) for each in sorted(vitals.polled.items())),
            enforce=vitals.enforce,
            last_operation=vitals.last_operation,
            alarms=vitals.alarms,
            sandbox=vitals.sandbox,
            outside=vitals.outside,
        )

    def _numbers(self, vitals: Vitals) -> dict[str, float]:
        counts = self._journal.counts
        values = (
            self._started,
            time.time(),
            vitals.scanned,
            vitals.stores,
            vitals.files,
            vitals.pending,
            len(vitals.polled),
            len(vitals.enforce),
            vitals.alarms,
            counts["scans"],
            counts["files"],
            counts["compacted"] + counts["mended"],
            counts["conflict"],
            counts["doubted"],
            counts["error"],
        )
        return dict(zip((name for name, _, _ in METRICS), values, strict=True))


def _sentence(vitals: Vitals) -> str:
    """Return the status line for `systemctl status`."""
    polled = f"; {_counted(len(vitals.polled), 'directory', 'directories')} polled" if vitals.polled else ""
    alarms = f"; {_counted(vitals.alarms, 'loss', 'losses')}: memoryd status" if vitals.alarms else ""
    over = f"; {len(vitals.enforce)} over the limit" if vitals.enforce else ""
    stores, files = _counted(vitals.stores, "store"), _counted(vitals.files, "file")
    return f"Watching {stores}, {files}{over}{alarms}{polled}"


def _short(vitals: Vitals) -> str:
    """Return the line for a prompt: counts, no names."""
    over = [f"{len(vitals.enforce)} over the limit"] if vitals.enforce else []
    alarms = [_counted(vitals.alarms, "loss", "losses")] if vitals.alarms else []
    return f"memory: {', '.join(over + alarms) or 'ok'}"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
