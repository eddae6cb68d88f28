"""`resolve`."""

from pathlib import Path
from typing import Annotated

import typer

from memoryd.cli.output.terminal import emit, note, short


def resolve(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files that git could not merge.")],
    *,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Leave a conflict where both sides edited an entry differently."),
    ] = False,
) -> None:
    """Merge memory files that git left with conflicts, entry by entry.

    Takes the three versions from git's index, or, where it has them no longer, both sides from the conflict
    markers in the file. The result is written to the file; `git add` is left to you. `memoryd undo` brings
    the markers back.

    For example:

        memoryd resolve .claude/agent-memory/reviewer/MEMORY.md
        memoryd resolve --strict MEMORY.md
    """
    from memoryd.domain.merging.telling import lines_of
    from memoryd.runtime import build
    from memoryd.services.merging.resolve import resolve as merge

    runtime = build()
    conflicts = 0
    with runtime.history() as history:
        for path in paths:
            found = merge(path.absolute(), history, strict=strict)
            conflicts += found.merged.conflicts
            note(*lines_of(found.merged, str(path)))
            if found.operation is None:
                emit(f"{short(str(path))} has no conflict\n")
            else:
                emit(f"resolved {short(str(path))} (undo: memoryd undo {found.operation})\n")
    if conflicts:
        raise typer.Exit(1)
