"""State of the daemon, in values and in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from memoryd.domain.dates.moments import clock, read_time
from memoryd.domain.text.phrases import counted

HEARTBEAT = timedelta(seconds=60)
"""A living daemon writes its status at least this often."""
SILENT_AFTER = 3 * HEARTBEAT
"""A daemon whose last heartbeat is older than this is not believed any more."""
STARTS_WITHIN = timedelta(seconds=30)
"""A daemon that was started this recently need not have written anything yet."""
BAD_CONFIGURATION = 78
"""Exit code of `run` where the configuration is invalid: EX_CONFIG of sysexits.h."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that was logged: the name of its event, when (ISO 8601, UTC), and one sentence."""

    event: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class PolledDirectory:
    """A directory that cannot be watched, and why."""

    directory: str
    reason: str


@dataclass(frozen=True, slots=True)
class EnforcementState:
    """A store whose index file is over its limit, and why it stays so.

    Attributes:
        store: Absolute path of the store.
        state: `waiting` for quiet, or for the hour after the last rewrite; `conflict`: agents wrote into
            rewrites; `left_alone`: its compaction was undone; `over_limit`: a person has to help.
        until: When that is looked at again, ISO 8601, UTC; None where only a change of the store helps.
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
        started: When it began.
        heartbeat: When it last wrote this.
        mode: `starting`, `watching`, `polling` (some directories at least) or `stopping`.
        stores: Number of stores that it looks after.
        files: Number of files in them.
        pending: Number of stores that changed and are not read yet.
        last_scan: When everything was last looked at.
        last_error: The last error that was logged.
        polled: Directories that cannot be watched.
        enforce: Stores over their limit.
        last_operation: Number of its last operation.
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


@dataclass(frozen=True, slots=True)
class DaemonState:
    """The daemon of a user as it is known at one moment.

    Attributes:
        pid: Its process; None where none runs.
        written: What the status file contains: of a dead daemon, what it left behind.
        begun: When the lock was taken; None where nobody knows.
        now: The moment.
    """

    pid: int | None
    written: DaemonStatus | None
    begun: datetime | None
    now: datetime

    @property
    def status(self) -> DaemonStatus | None:
        """What the running daemon wrote last; None where none runs, or it has written nothing."""
        return self.written if self.written and self.written.pid == self.pid else None

    @property
    def heard(self) -> datetime | None:
        """When the running daemon last gave a sign of life."""
        return (read_time(self.status.heartbeat) if self.status else None) or self.begun

    @property
    def is_silent(self) -> bool:
        """Whether it runs, but has not written its status for longer than a living daemon would."""
        if self.pid is None:
            return False
        heard = read_time(self.status.heartbeat) if self.status else self.begun
        longest = SILENT_AFTER if self.status else STARTS_WITHIN
        return heard is None or self.now - heard > longest

    @property
    def is_ready(self) -> bool:
        """Whether it has looked at everything once."""
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
        """What the running daemon does, in a few words; "" where that is not known."""
        status = self.status
        if status is None:
            return ""
        if status.mode in {"starting", "stopping"}:
            return status.mode
        some = ", some by polling" if status.mode == "polling" else ""
        return f"watching {counted(status.stores, 'store', 'stores')}{some}"
