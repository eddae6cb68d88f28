"""`service`: the daemon as a service of this user."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import emit, emit_json, note, short
from memoryd.domain.text import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from memoryd.adapters.launchd import Launchd
    from memoryd.adapters.systemd import Systemd
    from memoryd.domain.unit import ServiceState
    from memoryd.services.installation import ServiceFile

app = typer.Typer(
    help="The daemon as a service of this user: systemd, on macOS launchd.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_TOLD = "`memoryd doctor` and `memoryd service logs` tell more"
_NO_SANDBOX = ("this system lets no user have a sandbox", "memoryd service install --no-strict")
_REASONS = {  # by exit code: of `run`, then of systemd.exec(5)
    78: ("its configuration is bad", _TOLD),
    217: _NO_SANDBOX,
    226: _NO_SANDBOX,
}
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done, and every file.")]


@app.command()
def install(
    *,
    strict: Annotated[
        bool | None,
        typer.Option(
            "--strict/--no-strict",
            help="Everything read-only but what it works on. By default, as it is installed now.",
            show_default=False,
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Install and start the service, wait until it is ready, and run `doctor`.

    Again, it brings an installed one up to date. Exit code: that of `doctor`.
    """
    from memoryd.cli.doctor import examine
    from memoryd.runtime import build
    from memoryd.services.installation import demand_lasting_program, files_of, service_of_platform

    service = service_of_platform()
    if not dry_run:
        _demand_reachable(service)
    demand_lasting_program()
    runtime = build()  # a bad configuration is said now
    files = files_of(service, runtime.locations, runtime.config, runtime.discover().stores, sandboxed=strict)
    changed = [file for file in files if file.held != file.content]
    if dry_run:
        _show(files, changed)
        return
    _demand_no_other(service, runtime.locations.lock)
    state = service.state()
    if not changed and state.active == "active" and state.enabled and not state.outdated:
        note(f"nothing to do: {short(str(service.unit))} is as it shall be, and the service runs")
    else:
        for path in (runtime.locations.history, runtime.locations.index):  # a sandbox opens what is there
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in changed:
            _say(file)
            file.put()
        service.read()
        _start(service, anew=bool(changed) or state.outdated)
    examine(json=False)


@app.command()
def uninstall(*, dry_run: DryRun = False) -> None:
    """Stop the service and remove its files; history, index and configuration stay."""
    from memoryd.config import locate
    from memoryd.services.installation import ServiceFile, service_of_platform

    service = service_of_platform()
    present = [file for path in service.files if (file := ServiceFile(path, None)).held is not None]
    if dry_run:
        _show((), present)
        return
    if present:
        reason = service.unreachable()
        if reason is None:
            service.forget()
        for file in present:
            file.put()
            note(f"removed {short(str(file.path))}")
        if reason is None:
            service.forgotten()
        else:
            note(f"nothing was stopped: {reason}")
    else:
        note(f"nothing to do: there is no {short(str(service.unit))}")
    locations = locate(os.environ)
    kept = [path for path in (locations.history, locations.index, locations.config) if path.exists()]
    if kept:
        note(f"kept: {', '.join(short(str(path)) for path in kept)}")


@app.command()
def start() -> None:
    """Start the service, and wait until it is ready."""
    _start(_installed(), anew=False)


@app.command()
def stop() -> None:
    """Stop the service, until the next session or `start`."""
    _installed().stop()


@app.command()
def restart() -> None:
    """Start the service anew, and wait until it is ready."""
    _start(_installed(), anew=True)


@app.command()
def status(*, json: options.Json = False) -> None:
    """Show whether the service is installed and runs.

    Exit code: 0 it runs, 1 it does not.
    """
    from memoryd.services.installation import service_of_platform

    service = service_of_platform()
    _demand_reachable(service)
    files = [str(path) for path in service.files if path.exists()]
    state = service.state()
    if json:
        emit_json({"files": files, **asdict(state)})
    else:
        emit("".join(f"{line}\n" for line in _told(state, files)))
    if state.active != "active":
        raise typer.Exit(1)


@app.command()
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 50,
) -> None:
    """Print what the service logged: paths and counts, never memory text."""
    import shutil

    from memoryd.services.installation import service_of_platform

    command = service_of_platform().journal(lines, follow=follow)
    program = shutil.which(command[0])
    if program is None:
        raise MemorydError(f"{command[0]} is not installed", "look where your system keeps its logs")
    os.execv(program, command)  # noqa: S606  # signals and the exit code are the program's own


def _installed() -> "Systemd | Launchd":
    """What runs the service, which is installed.

    Raises:
        MemorydError: If it is not, or nothing could run it.
    """
    from memoryd.services.installation import service_of_platform

    service = service_of_platform()
    _demand_reachable(service)
    if not service.unit.exists():
        raise MemorydError(
            f"the service is not installed: there is no {short(str(service.unit))}", "memoryd service install"
        )
    return service


def _demand_reachable(service: "Systemd | Launchd") -> None:
    from memoryd.services.installation import instead

    reason = service.unreachable()
    if reason:
        raise MemorydError(f"no service is possible here: {reason}", instead())


def _demand_no_other(service: "Systemd | Launchd", lock: "Path") -> None:
    """Refuse where a daemon runs that is not the service: the new one could not start."""
    from memoryd.adapters.service_manager import running_pid

    pid = running_pid(lock)
    if pid not in {None, service.state().pid}:
        raise MemorydError(
            f"memoryd runs already as process {pid}, and not as the service",
            f"end that one first: kill {pid}",
        )


def _start(service: "Systemd | Launchd", *, anew: bool) -> None:
    """Start the service and say how that went.

    Raises:
        MemorydError: If it does not get ready.
    """
    note("waiting for the first scan …")
    try:
        service.restart() if anew else service.start()
    except MemorydError as error:
        state = service.state()
        why, hint = _REASONS.get(state.code, (error.message, _TOLD))
        raise MemorydError(f"the service did not get ready: {why}", hint) from error
    note(f"the service runs as process {service.state().pid}")


def _say(file: "ServiceFile") -> None:
    """Say what becomes of a file; what it held is shown, since somebody may have written it."""
    if file.held is None or file.content is None:
        note(f"{'removed' if file.content is None else 'written'}: {short(str(file.path))}")
        return
    note(f"changed: {short(str(file.path))}")
    note(file.diff)


def _show(files: "Iterable[ServiceFile]", changed: "Sequence[ServiceFile]") -> None:
    """What would be done, and what the files would hold."""
    for file in files:
        if file.content is not None:
            emit(f"# {file.path}\n{os.fsdecode(file.content)}\n")
    for file in changed:
        what = "remove" if file.content is None else "write" if file.held is None else "change"
        note(f"would {what} {short(str(file.path))}")
    if not changed:
        note("nothing to do")


def _told(state: "ServiceState", files: "Sequence[str]") -> "Iterator[str]":
    if not files:
        yield "not installed: `memoryd service install` does it"
        return
    since = f" since {state.since}" if state.since else ""
    ended = f", ended last with {state.result}" if state.result not in {"", "success"} else ""
    yield f"{state.active}{since}" + (f", process {state.pid}" if state.pid else "") + ended
    if state.status:
        yield f"  {state.status}"
    if state.restarts:
        yield f"  {counted(state.restarts, 'restart', 'restarts')} after failures"
    if state.enabled:
        yield "  starts with your session"
    else:
        yield "  does not start by itself: `memoryd service install` mends that"
    if state.outdated:
        yield "  its files have changed since: `memoryd service install` has them read"
    yield from (f"  {short(file)}" for file in files)
