"""Whether the daemon is alive, and what it says of itself."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.adapters.daemon.status_file import DaemonStatus, Enforced
    from memoryd.config import Locations

_SILENT = timedelta(minutes=3)  # it writes once a minute
_STARTING = timedelta(seconds=30)  # in which nothing need be written yet
_MOST = 5  # directories or stores that are told one by one
_UNITS = (
    (31_557_600, "year", "years"),
    (86400, "day", "days"),
    (3600, "h", "h"),
    (60, "min", "min"),
    (1, "s", "s"),
)
_STATES = {
    "waiting": "will be compacted once it has been quiet",
    "conflict": "agents wrote into it while it was compacted",
    "left_alone": "stays as it is, since its compaction was taken back",
    "over_limit": "cannot be compacted without you: `memoryd compact` on it says why",
}


class Daemon:
    """The daemon of this user, as it is known at one moment.

    Attributes:
        pid: Its process; None where none runs.
        said: What it wrote last; of a dead one, what it left behind.
        is_silent: Whether it runs and does not say so any more.
    """

    def __init__(self, locations: "Locations", now: datetime) -> None:
        from memoryd.adapters.daemon.process import running_pid
        from memoryd.adapters.daemon.status_file import read_status

        self._now = now
        self.pid = running_pid(locations.lock)
        self.said = read_status(locations.lock.with_name("status.json"))
        if self.said and self.pid and self.said.pid != self.pid:
            self.said = None  # of one before
        self._begun = _modified(locations.lock)
        self.is_silent = self.pid is not None and self._silence() > (_SILENT if self.said else _STARTING)

    def _silence(self) -> timedelta:
        heard = _moment(self.said.heartbeat) if self.said else self._begun
        return self._now - heard if heard else timedelta.max

    def as_json(self) -> dict[str, object]:
        """For machines: all that it said, and whether that is to be believed."""
        said = asdict(self.said) if self.said and self.pid else {}
        said.pop("version", None)
        return {"running": self.pid is not None, "silent": self.is_silent, **said, "pid": self.pid}

    def lines(self) -> list[str]:
        """For people: one line, and one for each thing that is not as it should be."""
        if self.pid is None:
            return self._absence()
        head = f"daemon: running as process {self.pid}"
        if self.is_silent:
            since = self.said.heartbeat if self.said else None
            heard = _moment(since) or self._begun
            when = f" since {clock(heard, self._now)}" if heard else ""
            return [styled(f"{head}, but silent{when}: `memoryd service restart`", "red")]
        if self.said is None:
            return [f"{head}, starting"]
        return [*self._work(head, self.said), *_troubles(self.said, self._now)]

    def _absence(self) -> list[str]:
        left = self.said
        died = f"; process {left.pid} ended without warning {ago(left.heartbeat, self._now)}" if left else ""
        return [
            styled("daemon: not running", "yellow") + died,
            "  `memoryd service install` starts it at every login, `memoryd run` only here",
        ]

    def _work(self, head: str, said: "DaemonStatus") -> list[str]:
        begun = _moment(said.started)
        what = f"watching {counted(said.stores, 'store', 'stores')}"
        if said.mode in {"starting", "stopping"}:
            what = said.mode
        elif said.mode == "polling":
            what += ", some by polling"
        scan = f"; last scan {ago(said.last_scan, self._now)}" if said.last_scan else ""
        pending = f"; {counted(said.pending, 'store', 'stores')} to be read" if said.pending else ""
        return [
            styled(head, "green") + (f" since {clock(begun, self._now)}" if begun else ""),
            f"  {what}{scan}{pending}",
        ]


def _troubles(said: "DaemonStatus", now: datetime) -> list[str]:
    lines = [f"  polling {short(each.directory)}: {each.reason}" for each in said.polled[:_MOST]]
    lines += _more(len(said.polled), "directory", "directories")
    lines += [
        f"  {short(each.store)} is over its limit: {_enforced(each, now)}" for each in said.enforce[:_MOST]
    ]
    lines += _more(len(said.enforce), "store over its limit", "stores over their limit")
    if said.last_error:
        error = said.last_error
        lines.append(styled(f"  last error {ago(error.at, now)}: {error.reason} ({error.event})", "yellow"))
    return lines


def _more(number: int, one: str, many: str) -> list[str]:
    return [f"  and {counted(number - _MOST, one, many)} more"] if number > _MOST else []


def _enforced(each: "Enforced", now: datetime) -> str:
    said = _STATES.get(each.state, each.state.replace("_", " "))
    until = _moment(each.until)
    return f"{said}; next try {clock(until, now)}" if until else said


def clock(moment: datetime, now: datetime) -> str:
    """A moment as a person here would say it: the time, with the day where that is another."""
    local = moment.astimezone()
    return local.strftime("%H:%M" if local.date() == now.astimezone().date() else "%Y-%m-%d %H:%M")


def ago(moment: str | datetime | None, now: datetime) -> str:
    """How long ago something was, in its greatest unit."""
    then = _moment(moment) if isinstance(moment, str) else moment
    if then is None:
        return "at an unknown time"
    seconds = int((now - then).total_seconds())
    for size, one, many in _UNITS:
        if seconds >= size:
            return f"{counted(seconds // size, one, many)} ago"
    return "just now"


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
