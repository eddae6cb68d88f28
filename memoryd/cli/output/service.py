"""Steps and output of the `service` commands."""

import os
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import emit, note, short
from memoryd.domain.daemon.state import BAD_CONFIGURATION
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from memoryd.adapters.service.launchd import Launchd
    from memoryd.adapters.service.systemd import Systemd
    from memoryd.config.locations import Locations
    from memoryd.domain.service import ServiceState
    from memoryd.services.service import ServiceFile

_POLL = 0.05  # seconds
_DETAILS = "`memoryd doctor` and `memoryd service logs` show details"
_NO_SANDBOX = ("this system does not allow users a sandbox", "memoryd service install --no-strict")
_REASONS = {  # by exit code: of `run`, then of systemd.exec(5)
    BAD_CONFIGURATION: ("its configuration is bad", _DETAILS),
    217: _NO_SANDBOX,
    226: _NO_SANDBOX,
}


def installed() -> "Systemd | Launchd":
    """Return the service manager of an installed service.

    Raises:
        MemorydError: If the service is not installed, or nothing can run it.
    """
    from memoryd.services.service import service_of_platform

    service = service_of_platform()
    demand_reachable(service)
    if not service.unit.exists():
        raise MemorydError(
            f"the service is not installed: there is no {short(str(service.unit))}", "memoryd service install"
        )
    return service


def demand_reachable(service: "Systemd | Launchd") -> None:
    """Demand a reachable service manager.

    Raises:
        MemorydError: If nothing can run a service; it says what to do instead.
    """
    from memoryd.services.service import instead

    reason = service.unreachable()
    if reason:
        raise MemorydError(f"cannot run a service here: {reason}", instead())


def demand_no_other(service: "Systemd | Launchd", lock: "Path") -> None:
    """Demand that no other daemon is running: the service could not start.

    Raises:
        MemorydError: If a daemon that is not the service is running.
    """
    from memoryd.adapters.daemon.prompt import running_pid

    pid = running_pid(lock)
    if pid not in {None, service.state().pid}:
        raise MemorydError(
            f"memoryd already runs as process {pid}, and not as the service",
            f"stop that process first: kill {pid}",
        )


def start(service: "Systemd | Launchd", locations: "Locations", *, restart: bool) -> None:
    """Start the service and report readiness.

    Raises:
        MemorydError: If it does not become ready.
    """
    note("waiting for the first scan …")
    try:
        service.restart() if restart else service.start()
    except MemorydError as error:
        state = service.state()
        why, hint = _REASONS.get(state.code, (error.message, _DETAILS))
        raise MemorydError(f"the service did not get ready: {why}", hint) from error
    note(f"the service runs as process {_ready(service, locations)}")


def _ready(service: "Systemd | Launchd", locations: "Locations") -> int:
    """Wait until the daemon reports readiness, and return its process id.

    Raises:
        MemorydError: If it does not become ready in time.
    """
    import time

    from memoryd.adapters.daemon.status_file import read_state
    from memoryd.adapters.dates import now

    deadline = time.monotonic() + service.patience
    while time.monotonic() < deadline:
        state = read_state(locations.lock, locations.status, now())
        if state.pid is not None and state.is_ready:
            return state.pid
        time.sleep(_POLL)
    raise MemorydError("the service was started but does not respond", _DETAILS)


def show_change(file: "ServiceFile") -> None:
    """Report what happens to a file, with a diff, since a person may have edited it."""
    if file.held is None or file.content is None:
        note(f"{'removed' if file.content is None else 'written'}: {short(str(file.path))}")
        return
    note(f"changed: {short(str(file.path))}")
    note(file.diff)


def show_settings() -> None:
    """Report which variables of this shell the service gets."""
    from memoryd.services.service import settings

    variables = settings(os.environ)
    if variables:
        note(f"taken from this shell for the service: {', '.join(sorted(variables))}")


def show(files: "Iterable[ServiceFile]", changed: "Sequence[ServiceFile]") -> None:
    """Print what would be done, and the content of the files."""
    for file in files:
        if file.content is not None:
            emit(f"# {file.path}\n{os.fsdecode(file.content)}\n")
    for file in changed:
        what = "remove" if file.content is None else "write" if file.held is None else "change"
        note(f"would {what} {short(str(file.path))}")
        if what == "change":
            note(*file.diff.split("\n"))
    if not changed:
        note("nothing to do")


def lines(state: "ServiceState", files: "Sequence[str]") -> "Iterator[str]":
    """Yield the state of a service with these files, line by line."""
    if not files:
        yield "not installed: `memoryd service install` installs it"
        return
    since = f" since {state.since}" if state.since else ""
    ended = f", last ended with {state.result}" if state.result not in {"", "success"} else ""
    yield f"{state.active}{since}" + (f", process {state.pid}" if state.pid else "") + ended
    if state.status:
        yield f"  {state.status}"
    if state.restarts:
        yield f"  {counted(state.restarts, 'restart', 'restarts')} after failures"
    if state.enabled:
        yield "  starts with your session"
    else:
        yield "  does not start by itself: `memoryd service install` fixes that"
    if state.outdated:
        yield "  its files have changed since it started: `memoryd service install` reloads them"
    yield from (f"  {short(file)}" for file in files)
