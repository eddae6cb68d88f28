"""State of the daemon, in values and in words."""

from datetime import datetime, timedelta

from memoryd.domain.dates.moments import clock, read_time
from memoryd.domain.text.phrases import counted
from memoryd.values import dataclass

HEARTBEAT = timedelta(seconds=60)
"""Longest time between two heartbeats of a working daemon."""
SILENT_AFTER = 3 * HEARTBEAT
"""Age of the last heartbeat from which a daemon counts as silent."""
STARTS_WITHIN = timedelta(seconds=30)
"""Time that a daemon has for its first heartbeat."""
SANDBOX_ON = "on"
"""Value of `sandbox` in the status file of a daemon that is confined."""
RESTART = 75
"""Exit code of `run` that asks the service manager to start it again: EX_TEMPFAIL of sysexits.h."""
BAD_CONFIGURATION = 78
"""Exit code of `run` for an invalid configuration: EX_CONFIG of sysexits.h."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that was logged: the name of its event, when (ISO 8601, UTC), and one sentence."""

    event: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class PolledDirectory:
    """A directory that cannot be watched, and the reason."""

    directory: str
    reason: str


@dataclass(frozen=True, slots=True)
class EnforcementState:
    """A store whose index file stays over its limit, and the reason.

    Attributes:
        store: Absolute path of the store.
        state: `waiting` for quiet, for the hour after the last rewrite, or for the next try after a failure;
            `conflict`: agents wrote into rewrites; `postponed`: a git operation is under way, or the file is
            staged and not committed; `left_alone`: its compaction was undone; `over_limit`: a person has to
            help; `unchosen`: the user has not chosen yet what the daemon may change.
        until: Time of the next attempt, ISO 8601, UTC; None if only a change of the store helps.
    """

    store: str
    state: str
    until: str | None


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """Contents of the status file of a daemon; times are ISO 8601 in UTC.

    Attributes:
        version: Version of the format of the file.
        pid: Its process.
        started: Time of its start.
        heartbeat: Time of the last writing.
        mode: `starting`, `watching`, `polling` (some directories at least) or `stopping`.
        stores: Number of stores in its care.
        files: Number of files in them.
        pending: Number of changed stores that are not read yet.
        last_scan: Time of the last complete scan.
        last_error: The last error that was logged.
        polled: Directories that cannot be watched.
        enforce: Stores over their limit.
        last_operation: Number of its last operation.
        sandbox: `on`, or why it has no sandbox.
        outside: Stores outside of the sandbox, which it cannot write to until it is started again.
        alarms: Number of losses that are neither restored nor dismissed.
    """

    version: int
    pid: int
    started: str
    heartbeat: str
    mode: str
    stores: int
    files: int
    pending: int
    last_scan: str | None
    last_error: Trouble | None
    polled: tuple[PolledDirectory, ...]
    enforce: tuple[EnforcementState, ...]
    last_operation: int | None
    sandbox: str
    outside: tuple[str, ...]
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class DaemonState:
    """The state of a user's daemon at one moment.

    Attributes:
        pid: Its process; None if none is running.
        written: The contents of the status file, which may be from a dead daemon.
        begun: Time when the lock was taken; None if unknown.
        now: The moment.
    """

    pid: int | None
    written: DaemonStatus | None
    begun: datetime | None
    now: datetime

    @property
    def status(self) -> DaemonStatus | None:
        """The status of the running daemon; None if none is running, or it has written nothing."""
        return self.written if self.written and self.written.pid == self.pid else None

    @property
    def heard(self) -> datetime | None:
        """Time of the last heartbeat of the running daemon, or of its start."""
        return (read_time(self.status.heartbeat) if self.status else None) or self.begun

    @property
    def is_silent(self) -> bool:
        """Return whether it is running, but has had no heartbeat for too long."""
        if self.pid is None:
            return False
        heard = read_time(self.status.heartbeat) if self.status else self.begun
        longest = SILENT_AFTER if self.status else STARTS_WITHIN
        return heard is None or self.now - heard > longest

    @property
    def is_ready(self) -> bool:
        """Return whether its first scan is complete."""
        return self.status is not None and self.status.mode != "starting"

    @property
    def summary(self) -> str:
        """The state in a few words, to follow "the daemon is"."""
        if self.pid is None:
            return "not running"
        running = f"running as process {self.pid}"
        if self.is_silent:
            return f"{running}, but silent" + (f" since {clock(self.heard, self.now)}" if self.heard else "")
        if self.status is None:
            return f"{running}, starting"
        started = read_time(self.status.started)
        return running + (f" since {clock(started, self.now)}" if started else "")

    @property
    def work(self) -> str:
        """The activity of the running daemon in a few words, or "" if unknown."""
        status = self.status
        if status is None:
            return ""
        if status.mode in {"starting", "stopping"}:
            return status.mode
        some = ", some by polling" if status.mode == "polling" else ""
        return f"watching {counted(status.stores, 'store', 'stores')}{some}"
