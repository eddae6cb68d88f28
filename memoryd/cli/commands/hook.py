"""`hook`: the hooks of Claude Code."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.terminal import confirmed, emit_diff, emit_json, emit_lines, note, short
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from pathlib import Path

    from memoryd.runtime import Runtime
    from memoryd.services.hooks.install import SettingsChange

app = typer.Typer(
    help="Manage the hooks that Claude Code calls when an agent reads or writes memory.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class SettingsScope(StrEnum):
    """The settings files of Claude Code."""

    USER = "user"
    PROJECT = "project"
    LOCAL = "local"


WhichSettings = Annotated[
    SettingsScope,
    typer.Option("--scope", help="Settings of your user, of this repository, or of you in this repository."),
]


@app.command()
def install(*, scope: WhichSettings = SettingsScope.USER, apply: options.Apply = False) -> None:
    """Add the hooks to the settings of Claude Code, after showing the change.

    Other hooks and settings stay as they are written. Sessions that start later use the hooks.

    For example:

        memoryd hook install
        memoryd hook install --scope project --apply
    """
    from memoryd.runtime import build
    from memoryd.services.hooks.install import plan_install, write_script

    runtime = build()
    path = _path(runtime, scope)
    change = plan_install(path, shared=scope is SettingsScope.PROJECT, script=runtime.locations.gate)
    if not change.diff:
        write_script(runtime.locations)
        note(f"nothing to do: {short(str(path))} has the hooks")
    elif _agreed(change, apply=apply):
        write_script(runtime.locations)
        change.apply()
        note(f"Added to {short(str(path))} (remove: memoryd hook uninstall --scope {scope})")


@app.command()
def uninstall(*, scope: WhichSettings = SettingsScope.USER, apply: options.Apply = False) -> None:
    """Remove the hooks of memoryd from the settings of Claude Code, after showing the change.

    For example:

        memoryd hook uninstall
        memoryd hook uninstall --apply
    """
    from memoryd.runtime import build
    from memoryd.services.hooks.install import plan_uninstall

    path = _path(build(), scope)
    change = plan_uninstall(path)
    if not change.diff:
        note(f"nothing to do: {short(str(path))} has no hooks of memoryd")
    elif _agreed(change, apply=apply):
        change.apply()
        note(f"Removed from {short(str(path))}")


@app.command()
def status(*, json: options.Json = False) -> None:
    """Show which settings have the hooks, and whether the daemon answers them.

    Exit code: 1 if hooks are installed that do not work, or twice.

    For example:

        memoryd hook status
        memoryd hook status --json
    """
    from memoryd.adapters.hooks.forward import ask
    from memoryd.runtime import build
    from memoryd.services.hooks.install import count_hooks, is_script_current

    runtime = build()
    files: dict[str, tuple[str, int, str | None]] = {}
    for scope in SettingsScope:
        try:
            path = str(_path(runtime, scope))
            files[scope] = path, count_hooks(_path(runtime, scope)), None
        except MemorydError as error:
            files[scope] = "", 0, error.message
    is_current = is_script_current(runtime.locations)
    answers = ask(str(runtime.locations.socket), b"{}", _PATIENCE) is not None
    places = sum(number > 0 for _, number, _ in files.values())
    if json:
        rows = [
            {"scope": scope, "path": path, "hooks": number, "problem": problem}
            for scope, (path, number, problem) in files.items()
        ]
        emit_json({"settings": rows, "script": is_current, "daemon": answers})
    else:
        emit_lines(_line(scope, *row) for scope, row in files.items())
        emit_lines([_script_line(is_current), f"daemon   {'answers' if answers else 'does not answer'}"])
        if places > 1:
            note("warning: the hooks are installed in more than one place, so each event is answered twice")
    if places > 1 or (places and not is_current):
        raise typer.Exit(1)


_PATIENCE = 1.0  # seconds


def _line(scope: str, path: str, number: int, problem: str | None) -> str:
    what = problem or (counted(number, "hook", "hooks") if number else "no hooks")
    return f"{scope:<8} {what}" + (f" in {short(path)}" if path and not problem else "")


def _script_line(is_current: bool) -> str:
    return f"script   {'up to date' if is_current else 'missing or of another memoryd: memoryd hook install'}"


def _path(runtime: "Runtime", scope: SettingsScope) -> "Path":
    from memoryd.services.hooks.install import settings_path

    return settings_path(scope, runtime.locations, runtime.places.repository(runtime.directory))


def _agreed(change: "SettingsChange", *, apply: bool) -> bool:
    emit_diff(change.diff)
    return apply or confirmed(f"Change {short(str(change.path))}?")
