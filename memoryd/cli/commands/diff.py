"""`diff`: two versions of a file or store."""

from math import inf
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.terminal import emit_plan_json
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
            help="FILE@VERSION or STORE@TIME; FILE alone is its previous version.",
        ),
    ],
    second: Annotated[
        str | None, typer.Argument(metavar="B", help="The same; default: the present content.")
    ] = None,
    *,
    stat: options.Stat = False,
    json: options.Json = False,
) -> None:
    """Show the difference between two versions of a file, or two states of a store.

    `memoryd diff MEMORY.md` shows its last change, `memoryd diff MEMORY.md@yesterday` all changes since
    then, and `memoryd diff STORE@'2 hours ago'` the changes of a whole store.

    For example:

        memoryd diff MEMORY.md
        memoryd diff MEMORY.md@yesterday
    """
    from memoryd.cli.confirm import show_plan
    from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
    from memoryd.runtime import build

    runtime = build()
    with runtime.history() as history:
        path, old = _side(runtime, history, first, alone=second is None)
        other, new = _side(runtime, history, second or path.path, alone=False)
    if path.is_store != other.is_store or (path.is_store and path != other):
        raise MemorydError(
            f"{first} and {second} cannot be compared",
            "name two versions of files, or two states of one store",
        )
    if path != other:
        new = {path.path: new.get(other.path)}
    changes = tuple(
        FileChange(path.root, each, old.get(each), new.get(each)) for each in sorted(old.keys() | new.keys())
    )
    plan = Plan("diff", (Fix("", Applicability.DISPLAY, changes),))
    if json:
        emit_plan_json(plan, None)
    else:
        show_plan(plan, counts=stat)


def _side(
    runtime: "Runtime", history: "History", text: str, *, alone: bool
) -> "tuple[HistoryPath, dict[str, bytes | None]]":
    """Return one side of a comparison and its contents by path; without a version, what is there now.

    Args:
        runtime: The runtime of this command.
        history: The recorded versions.
        text: The argument.
        alone: Whether a file without a version means its previous version.
    """
    from memoryd.adapters.dates import now
    from memoryd.cli.arguments import history_path, split_version
    from memoryd.services.history.look_up import earlier_version, find_version, is_directory, moment_of, state

    path, version = split_version(text, history)
    found = history_path(runtime, history, path)
    if version is None and not alone:
        return found, state(history, found, inf)
    if is_directory(found, history):
        if version is None:
            raise MemorydError(f"{text} is a directory and needs a time", f"for example {text}@yesterday")
        return found, state(history, found, moment_of(version, now()))
    if version is None:
        present = state(history, found, inf).get(found.path)
        wanted = earlier_version(history, found, present)
    else:
        wanted = find_version(history, found, version, now())
    return found, {found.path: history.content(wanted.digest)}
