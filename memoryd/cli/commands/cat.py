"""`cat`: one version of a file, byte for byte."""

from typing import Annotated

import typer

from memoryd.cli.output.terminal import emit_bytes
from memoryd.errors import MemorydError


def cat(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE[@VERSION]",
            help="VERSION is a number that `log` shows, or a time; default: the last one recorded.",
        ),
    ],
) -> None:
    """Print one version of a file byte for byte, also of a deleted file.

    For example:

        memoryd cat MEMORY.md@3
        memoryd cat MEMORY.md@'2 hours ago'
    """
    from memoryd.adapters.dates import now
    from memoryd.cli.arguments import history_path, split_version
    from memoryd.runtime import build
    from memoryd.services.history.look_up import earlier_version, find_version, is_directory

    runtime = build()
    with runtime.history() as history:
        path, version = split_version(what, history)
        found = history_path(runtime, history, path)
        if is_directory(found, history):
            raise MemorydError(f"{path} is a directory", "name a file in it")
        if version is None:
            wanted = earlier_version(history, found, None)
        else:
            wanted = find_version(history, found, version, now())
        content = history.content(wanted.digest)
    if content is None:
        raise MemorydError(f"{path} did not exist at {version}", f"`memoryd log {path}` shows its versions")
    emit_bytes(content)
