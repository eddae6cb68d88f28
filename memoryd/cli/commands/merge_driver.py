"""`merge-driver`."""

from pathlib import Path
from typing import Annotated

import typer

from memoryd.cli.output.terminal import emit, note
from memoryd.errors import MemorydError

_INSTALL, _UNINSTALL = "install", "uninstall"


def merge_driver(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="The common ancestor; or `install`, or `uninstall`.")
    ],
    ours: Annotated[
        Path | None, typer.Argument(metavar="OURS", help="Our version, which is written.")
    ] = None,
    theirs: Annotated[Path | None, typer.Argument(metavar="THEIRS", help="The other version.")] = None,
    path: Annotated[str | None, typer.Argument(metavar="PATH", help="The file's name, for messages.")] = None,
    *,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Leave a conflict where both sides edited an entry differently."),
    ] = False,
) -> None:
    """Merge a memory file entry by entry, as git's merge driver.

    What one side removed and the other left alone is gone; what a side added or edited stays, and of two
    edits the one that contains the other, else both. `install` makes git use it in the repository around
    here (its configuration and `.gitattributes`); `uninstall` removes that.
    `memoryd help merging` tells more.

    For example:

        memoryd merge-driver install
        memoryd merge-driver base.md ours.md theirs.md
    """
    if ours is None:
        if strict or base not in {_INSTALL, _UNINSTALL}:
            raise MemorydError("OURS and THEIRS are missing", "memoryd merge-driver BASE OURS THEIRS [PATH]")
        _configure(base)
        return
    if theirs is None:
        raise MemorydError("THEIRS is missing", "memoryd merge-driver BASE OURS THEIRS [PATH]")
    from memoryd.domain.merging.telling import lines_of
    from memoryd.services.merging.drive import drive

    name = path or str(ours)
    merged = drive(Path(base), ours, theirs, name=name, strict=strict)
    note(*lines_of(merged, name))
    if merged.conflicts:
        raise typer.Exit(1)  # for git, any code up to 128 is a conflict


def _configure(word: str) -> None:
    """Install the driver in the repository around here, or remove it."""
    import os

    from memoryd.adapters.git.repository import top_of
    from memoryd.adapters.stores.discovery import discover_repository
    from memoryd.cli.output.terminal import short
    from memoryd.domain.text.phrases import counted
    from memoryd.runtime import build
    from memoryd.services.merging.install import install, uninstall

    runtime = build()
    top = top_of(os.path.realpath(runtime.directory))
    if not top:
        raise MemorydError(
            f"{runtime.directory} is not in a git repository", "run this in the repository with the memory"
        )
    if word == _UNINSTALL:
        change = uninstall(top)
    else:
        change = install(top, discover_repository(runtime.places, runtime.directory).stores)
    what = counted(len(change.patterns), "pattern", "patterns")
    done = "removed from" if word == _UNINSTALL else "added to"
    state = "no longer merges" if word == _UNINSTALL else "merges"
    emit(f"git {state} memory with memoryd here; {what} {done} {short(str(change.attributes))}\n")
