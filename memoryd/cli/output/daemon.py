"""State of the daemon as text and JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import short, styled
from memoryd.domain.daemon.state import SANDBOX_ON
from memoryd.domain.dates.moments import ago, clock, read_time
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from datetime import datetime

    from memoryd.domain.daemon.state import DaemonState, DaemonStatus, EnforcementState

_MOST = 5  # directories or stores to name
_STATES = {
    "waiting": "will be compacted when nothing writes to it",
    "postponed": "will be compacted when git has finished and none of its files is staged",
    "conflict": "an agent wrote to it during compaction",
    "left_alone": "is not compacted again, because its compaction was undone",
    "over_limit": "is not compacted automatically: `memoryd compact` shows what it can do",
    "unchosen": "nothing is changed until you choose: `memoryd init`",
}


def as_json(state: "DaemonState") -> dict[str, object]:
    """Return the state as JSON: what the daemon wrote, and whether it is current."""
    written = asdict(state.status) if state.status else {}
    written.pop("version", None)
    return {"running": state.pid is not None, "silent": state.is_silent, **written, "pid": state.pid}


def lines(state: "DaemonState") -> list[str]:
    """Return the state as text: one line, and one for each problem."""
    head = f"daemon: {state.summary}"
    if state.pid is None:
        return _absence(state, styled(head, "yellow"))
    if state.is_silent:
        return [styled(f"{head}: `memoryd service restart`", "red")]
    if state.status is None:
        return [head]
    status, now = state.status, state.now
    scan = f"; last scan {ago(read_time(status.last_scan), now)}" if status.last_scan else ""
    pending = f"; {counted(status.pending, 'store', 'stores')} left to read" if status.pending else ""
    return [
        styled(head, "green"),
        f"  {state.work}{scan}{pending}",
        *_sandbox(status),
        *_troubles(status, now),
    ]


def _sandbox(status: "DaemonStatus") -> list[str]:
    if status.sandbox != SANDBOX_ON:
        return [f"  no sandbox: {status.sandbox}"]
    lines = [
        f"  {short(each)} is outside the sandbox and is not kept in limits: `memoryd service restart`"
        for each in status.outside[:_MOST]
    ]
    return lines + _more(len(status.outside), "store outside the sandbox", "stores outside the sandbox")


def _absence(state: "DaemonState", head: str) -> list[str]:
    left = state.written
    died = ""
    if left:
        died = f"; process {left.pid} ended unexpectedly {ago(read_time(left.heartbeat), state.now)}"
    return [
        head + died,
        "  `memoryd service install` starts it at every login, `memoryd run` in this terminal",
    ]


def _troubles(status: "DaemonStatus", now: "datetime") -> list[str]:
    lines = [f"  polling {short(each.directory)}: {each.reason}" for each in status.polled[:_MOST]]
    lines += _more(len(status.polled), "directory", "directories")
    lines += [
        f"  {short(each.store)} is over its limit: {_enforced(each, now)}" for each in status.enforce[:_MOST]
    ]
    lines += _more(len(status.enforce), "store over its limit", "stores over their limit")
    if status.last_error:
        error = status.last_error
        when = ago(read_time(error.at), now)
        lines.append(styled(f"  last error {when}: {error.reason} ({error.event})", "yellow"))
    return lines


def _more(number: int, one: str, many: str) -> list[str]:
    return [f"  and {counted(number - _MOST, one, many)} more"] if number > _MOST else []


def _enforced(each: "EnforcementState", now: "datetime") -> str:
    state = _STATES.get(each.state, each.state.replace("_", " "))
    until = read_time(each.until)
    return f"{state}; next try {clock(until, now)}" if until else state
