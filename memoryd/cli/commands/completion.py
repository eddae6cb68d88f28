"""`completion`."""

import os
from typing import Annotated

import typer

from memoryd.cli.output.terminal import emit_report, note, short
from memoryd.errors import MemorydError, contradiction
from memoryd.services.completion.install import Shell


def completion(
    shell: Annotated[
        Shell | None, typer.Argument(help="Default: your login shell.", show_default=False)
    ] = None,
    *,
    install: Annotated[bool, typer.Option("--install", help="Install the script for your user.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Remove what --install wrote.")] = False,
) -> None:
    """Print the script that completes words in your shell, or install it.

    It completes commands, options, agents, rule codes, operations, versions, types and topics. `--install`
    writes the script and, for bash and zsh, one line that reads it; no other setting is changed.

    For example:

        memoryd completion --install
        memoryd completion zsh
    """
    from memoryd.services.completion.install import install as put
    from memoryd.services.completion.install import script_of, shell_of
    from memoryd.services.completion.install import uninstall as remove

    if install and uninstall:
        raise contradiction("--install", "--uninstall")
    chosen = shell or shell_of(os.environ)
    if chosen is None:
        raise MemorydError(
            "your login shell is not known to have completion", f"name one: {', '.join(Shell)}"
        )
    if not (install or uninstall):
        emit_report(script_of(chosen))
        return
    changed = (put if install else remove)(chosen, os.environ)
    for path in changed:
        note(f"{'wrote' if path.exists() else 'removed'} {short(str(path))}")
    if not changed:
        note(f"completion for {chosen} is {'installed already' if install else 'not installed'}")
    elif install:
        note(f"It works in each new {chosen} (undo: memoryd completion {chosen} --uninstall)")
