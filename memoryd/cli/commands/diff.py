"""`diff` and `cat`: versions of files, states of stores."""

import os
from math import inf
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.output.terminal import emit_diff
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.runtime import Runtime
    from memoryd.services.history.look_up import HistoryPath


def diff(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="FILE@VERSION or STORE@MOMENT; of a FILE alone, the version before the present one.",
        ),
    ],
    second: Annotated[
        str | None, typer.Argument(metavar="B", help="The same; without it, what is there now.")
    ] = None,
) -> None:
    """Show the difference between two versions of a file, or two states of a store.

    `memoryd diff MEMORY.md` shows its last change, `memoryd diff MEMORY.md@yesterday` all since then,
    `memoryd diff STORE@'2 hours ago'` what happened in a whole store.
    """
    from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
    from memoryd.runtime import build

    runtime = build()
    with runtime.history() as history:
        place, old = _side(runtime, history, first, alone=second is None)
        other, new = _side(runtime, history, second or place.path, alone=False)
    if place.is_store != other.is_store or (place.is_store and place != other):
        raise MemorydError(
            f"{first} and {second} cannot be compared",
            "name two versions of files, or two states of one store",
        )
    if place != other:
        new = {place.path: new.get(other.path)}
    changes = tuple(
        FileChange(place.root, path, old.get(path), new.get(path)) for path in sorted(old.keys() | new.keys())
    )
    plan = Plan("diff", (Fix("", Applicability.DISPLAY, changes),))
    emit_diff(plan.diff(os.getcwd()))


def _side(
    runtime: "Runtime", history: "History", text: str, *, alone: bool
) -> "tuple[HistoryPath, dict[str, bytes | None]]":
    """What one side of a comparison means, and its contents by path; what is there now where it says nothing.

    Args:
        runtime: Of this command.
        history: Knows the versions.
        text: What a person typed.
        alone: Whether a file without a version means the version before the present one.
    """
    from memoryd.adapters.dates import now
    from memoryd.cli.arguments import place, split_version
    from memoryd.services.history.look_up import earlier_version, find_version, is_directory, moment_of, state

    path, version = split_version(text, history)
    found = place(runtime, history, path)
    if version is None and not alone:
        return found, state(history, found, inf)
    if is_directory(found, history):
        if version is None:
            raise MemorydError(
                f"{text} is a directory: which of its states?", f"for example {text}@yesterday"
            )
        return found, state(history, found, moment_of(version, now()))
    if version is None:
        present = state(history, found, inf).get(found.path)
        wanted = earlier_version(history, found, present)
    else:
        wanted = find_version(history, found, version, now())
    return found, {found.path: history.content(wanted.digest)}
