"""Checks of the daemon and its service."""

import os
from collections.abc import Iterator
from datetime import datetime

from memoryd.adapters.daemon.status_file import read_state
from memoryd.adapters.dates import now
from memoryd.adapters.service.launchd import Launchd
from memoryd.adapters.service.systemd import Systemd, lingers
from memoryd.domain.daemon.state import BAD_CONFIGURATION, SANDBOX_ON, DaemonState, DaemonStatus
from memoryd.domain.dates.moments import ago, read_time
from memoryd.domain.doctor import Precondition, bad, good, weak
from memoryd.domain.service import program_of, writable_paths
from memoryd.errors import MemorydError
from memoryd.services.doctor.case import Case, named
from memoryd.services.service import files_of, instead, service_of_platform


def of_running(case: Case) -> Iterator[Precondition]:
    """Check whether a daemon runs, and whether one will run after the next login."""
    service = service_of_platform()
    unreachable = service.unreachable()
    state = read_state(case.locations.lock, case.locations.status, now())
    pid = state.pid
    start = "memoryd service start" if service.unit.exists() else "memoryd service install"
    yield from _daemon(state, "memoryd run" if unreachable else start)
    if unreachable:
        if service.unit.exists():
            why = f"the state of the service is not known from here: {unreachable}"
            yield weak("service", why, "run this in a login session of yours")
        else:
            why = f"no service is possible here: {unreachable}"
            yield good("service", why) if pid else weak("service", why, instead())
        return
    try:
        yield from _service(case, service, pid)
    except MemorydError as error:
        yield weak("service", error.message, error.hint)
    if service.unit.exists() and isinstance(service, Systemd):
        yield from _lingering()


def _daemon(state: DaemonState, start: str) -> Iterator[Precondition]:
    if state.pid is None:
        yield weak(
            "daemon",
            "the daemon does not run: memory is searched and checked on request, but not kept within limits",
            start,
        )
    elif state.is_silent:
        yield bad(
            "daemon",
            f"the daemon is {state.summary}",
            "if this lasts another minute (the machine may have slept), `memoryd service restart`",
        )
    else:
        yield good("daemon", f"the daemon is {state.summary}" + (f", {state.work}" if state.work else ""))
    if state.status is not None:
        yield from _troubles(state.status, state.now)


def _troubles(status: DaemonStatus, now: datetime) -> Iterator[Precondition]:
    if status.outside:
        yield weak(
            "sandbox",
            f"appeared outside of the daemon's sandbox and is not kept in limits: {named(status.outside)}",
            "memoryd service restart",
        )
    elif status.sandbox == SANDBOX_ON:
        yield good("sandbox", "the daemon can write to memory and its own directories only")
    else:
        yield good("sandbox", f"the daemon has no sandbox: {status.sandbox}")
    if status.polled:
        directories = {each.directory for each in status.polled}
        yield weak(
            "watching",
            f"scanned every few seconds instead of watched: {named(directories)}: {status.polled[0].reason}",
            "raise the limit that is named, or fix the problem",
        )
    if status.last_error is not None:
        error = status.last_error
        yield weak(
            "last_error",
            f"{ago(read_time(error.at), now)} the daemon logged: {error.reason}",
            "`memoryd service logs` shows more",
        )


def _service(case: Case, service: Systemd | Launchd, pid: int | None) -> Iterator[Precondition]:
    if not service.unit.exists():
        yield weak(
            "service", "the daemon is not a service: it does not start by itself", "memoryd service install"
        )
        return
    state = service.state()
    if state.active == "failed":
        bad_configuration = state.code == BAD_CONFIGURATION
        why = "its configuration is bad" if bad_configuration else f"{state.result}, exit code {state.code}"
        yield bad("service", f"the service has failed: {why}", "fix that, then `memoryd service start`")
    elif pid is not None and state.pid != pid:
        yield weak(
            "service",
            f"the daemon runs as process {pid}, but not as the installed service",
            f"kill {pid} && memoryd service start",
        )
    different = list(_differences(case, service))
    yield from different
    if state.outdated and not different:
        yield weak("service", f"{service.unit} has changed since it was loaded", "memoryd service install")
    if not state.enabled:
        yield weak("service", "the service does not start with your session", "memoryd service install")
    elif not different:
        yield good("service", f"{service.unit} starts this memoryd with your session")


def _differences(case: Case, service: Systemd | Launchd) -> Iterator[Precondition]:
    """Yield the service files that differ from what this program would install."""
    unit, *rest = files_of(service, case.locations, case.config, case.found.stores, sandboxed=None)
    held = unit.held or b""
    program = program_of(os.fsdecode(held))
    if os.path.isabs(program) and not os.path.exists(program):
        yield bad("service", f"the service starts {program}, which is missing", "memoryd service install")
    elif held != unit.content:
        yield weak(
            "service",
            f"{unit.path} is not what this memoryd would install",
            "`memoryd service install --dry-run` shows that, `memoryd service install` does it",
        )
    for drop_in in rest:
        allowed = writable_paths(os.fsdecode(drop_in.held or b""))
        missing = set(writable_paths(os.fsdecode(drop_in.content or b""))) - set(allowed)
        if missing:
            yield weak(
                "service",
                f"the service may not write there, so nothing is fixed: {named(missing)}",
                "memoryd service install",
            )
        elif drop_in.held != drop_in.content:
            yield weak(
                "service", f"{drop_in.path} is not what this memoryd would install", "memoryd service install"
            )


def _lingering() -> Iterator[Precondition]:
    """Check whether the service ends before agents do, as those of an ssh session in tmux."""
    if os.environ.get("SSH_CONNECTION") and lingers() is False:
        yield weak(
            "linger",
            "the service ends when you log out, while agents in tmux or screen go on",
            "loginctl enable-linger",
        )
