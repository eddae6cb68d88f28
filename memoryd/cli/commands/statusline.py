"""`statusline`."""

from typing import Annotated

import typer

from memoryd.cli.output.terminal import emit_lines


def statusline(
    *,
    command: Annotated[
        bool, typer.Option("--command", help="Print the fastest command for the settings of Claude Code.")
    ] = False,
) -> None:
    """Print how full the memory of a project is, as the status line of Claude Code.

    Reads the input of the client, and a small file of the daemon: `memory 87 % · 2 unseen` is the fullest
    index file of the project, and how many entries of all of them are not loaded. Prints nothing where there
    is no memory, and `memory ?` where the daemon has been silent for three minutes.

    For example:

        memoryd statusline
        memoryd statusline --command
    """
    import os
    import shlex
    import sys

    from memoryd.adapters.daemon import status_line
    from memoryd.config.locations import locate

    path = str(locate(os.environ).statusline)
    if command:
        emit_lines([shlex.join([sys.executable, "-I", "-S", str(status_line.__file__), path])])
    else:
        status_line.main(path)
