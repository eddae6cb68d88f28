"""`service`: the daemon as a service of the user."""

import os
from dataclasses import asdict
from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import service as serving
from memoryd.cli.output.terminal import emit_json, emit_lines, note, short
from memoryd.errors import MemorydError

app = typer.Typer(
    help="Manage the daemon as a service of your user (systemd or launchd).",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only show what would be done, and the content of every file.")
]


_Strict = Annotated[
    bool | None,
    typer.Option(
        "--strict/--no-strict",
        help="Make everything read-only except the files memoryd writes. Default: as installed now.",
        show_default=False,
    ),
]


@app.command()
def install(
    *,
    strict: _Strict = None,
    dry_run: DryRun = False,
    yes: options.Yes = False,
) -> None:
    """Install and start the service, wait until it is ready, and run `doctor`.

    The daemon changes nothing until you agree: in `memoryd init`, to the question asked here on a terminal,
    with `--yes`, or by `enforce` in the configuration. Run it again to update an installed service. Exit
    code: that of `doctor`.

    For example:

        memoryd service install
        memoryd service install --dry-run
    """
    from memoryd.cli.output.doctor import examine
    from memoryd.cli.output.setup import ask_once
    from memoryd.runtime import build
    from memoryd.services import service as installation

    service = installation.service_of_platform()
    if not dry_run:
        serving.demand_reachable(service)
    installation.demand_lasting_program()
    runtime = build()  # reports a bad configuration before anything changes
    stores = runtime.discover().stores
    files = installation.files_of(service, runtime.locations, runtime.config, stores, sandboxed=strict)
    changed = [file for file in files if file.held != file.content]
    if dry_run:
        serving.show(files, changed)
        return
    serving.demand_no_other(service, runtime.locations.lock)
    is_new = ask_once(runtime, yes=yes).config != runtime.config
    state = service.state()
    if not (changed or is_new) and state.active == "active" and state.enabled and not state.outdated:
        note(f"nothing to do: {short(str(service.unit))} is up to date, and the service is running")
    else:
        installation.make_directories(runtime.locations)
        serving.show_settings()
        for file in changed:
            serving.show_change(file)
            file.put()
        service.read()
        serving.start(service, runtime.locations, restart=bool(changed) or is_new or state.outdated)
    examine(json=False)


@app.command()
def uninstall(*, dry_run: DryRun = False) -> None:
    """Stop the service and remove its files; keep history, index and configuration.

    For example:

        memoryd service uninstall
        memoryd service uninstall --dry-run
    """
    from memoryd.config.locations import locate
    from memoryd.services.service import ServiceFile, service_of_platform

    service = service_of_platform()
    present = [file for path in service.files if (file := ServiceFile(path, None)).held is not None]
    if dry_run:
        serving.show((), present)
        return
    if present:
        reason = service.unreachable()
        if reason is None and service.unit.exists():
            service.forget()
        for file in present:
            file.put()
            note(f"removed {short(str(file.path))}")
        if reason is None:
            service.forgotten()
        else:
            note(f"the service was not stopped: {reason}")
    else:
        note(f"nothing to do: there is no {short(str(service.unit))}")
    locations = locate(os.environ)
    kept = [path for path in (locations.history, locations.index, locations.config) if path.exists()]
    if kept:
        note(f"kept: {', '.join(short(str(path)) for path in kept)}")


@app.command()
def start() -> None:
    """Start the service, and wait until it is ready.

    For example:

        memoryd service start
        memoryd service start && memoryd status
    """
    from memoryd.config.locations import locate

    serving.start(serving.installed(), locate(os.environ), restart=False)


@app.command()
def stop() -> None:
    """Stop the service until the next session or `start`.

    For example:

        memoryd service stop
        memoryd service stop && memoryd history repair
    """
    serving.installed().stop()


@app.command()
def restart() -> None:
    """Restart the service, and wait until it is ready.

    For example:

        memoryd service restart
        memoryd service restart && memoryd doctor
    """
    from memoryd.config.locations import locate

    serving.start(serving.installed(), locate(os.environ), restart=True)


@app.command()
def status(*, json: options.Json = False) -> None:
    """Show whether the service is installed and running.

    Exit code: 0 if it runs, 1 if not.

    For example:

        memoryd service status
        memoryd service status --json
    """
    from memoryd.services.service import service_of_platform

    service = service_of_platform()
    serving.demand_reachable(service)
    files = [str(path) for path in service.files if path.exists()]
    state = service.state()
    if json:
        emit_json({"files": files, **asdict(state)})
    else:
        emit_lines(serving.lines(state, files))
    if state.active != "active":
        raise typer.Exit(1)


@app.command()
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing new lines.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="Print the last N lines.")] = 50,
) -> None:
    """Print what the service logged: paths and counts, never memory text.

    For example:

        memoryd service logs
        memoryd service logs --follow
    """
    import shutil

    from memoryd.services.service import service_of_platform

    command = service_of_platform().journal(lines, follow=follow)
    program = shutil.which(command[0])
    if program is None:
        raise MemorydError(f"{command[0]} is not installed", "look where your system keeps its logs")
    os.execv(program, command)  # noqa: S606  # signals and the exit code are those of the program
