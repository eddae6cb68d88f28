"""`purge-data`."""

import os
from typing import Annotated

import typer

from memoryd.cli.output.stores import table
from memoryd.cli.output.terminal import NOTHING_CHANGED, ask, emit_lines, is_terminal, note, short
from memoryd.errors import MemorydError


def purge_data(*, yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False) -> None:
    """Delete everything that memoryd keeps: history, index, configuration. Never memory.

    Lists it and asks first. Without the history, no change can be undone. Uninstall the service before.

    For example:

        memoryd purge-data
        memoryd purge-data --yes
    """
    from memoryd.adapters.daemon.prompt import running_pid
    from memoryd.config.locations import locate
    from memoryd.services.service import service_of_platform
    from memoryd.services.setup.own_data import own_data, remove_own_data, size_of

    locations = locate(os.environ)
    if service_of_platform().unit.exists():
        raise MemorydError("the service is still installed", "memoryd service uninstall")
    if pid := running_pid(locations.lock):
        raise MemorydError(f"the daemon is running as process {pid}", f"stop it first: kill {pid}")
    found = own_data(locations)
    if not found:
        note("Nothing to delete: there are no files of memoryd.")
        return
    rows = [(short(str(path)), f"{size_of(path):,}") for path in found]
    emit_lines(table(("FILE", "BYTES"), rows))
    note("The memory of your agents stays as it is. Without the history, no change can be undone.")
    if not (yes or (is_terminal() and ask("Delete all of this?"))):
        note(NOTHING_CHANGED if is_terminal() else f"{NOTHING_CHANGED} Use --yes to delete it.")
        return
    remove_own_data(found)
    note("Deleted. Now uninstall the program, for example: pipx uninstall memoryd")
