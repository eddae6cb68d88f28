"""`undo`."""

from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.confirm import show_applied
from memoryd.cli.output.terminal import note


def undo(
    operation: Annotated[
        int | None,
        typer.Argument(
            metavar="OPERATION",
            min=1,
            max=999_999_999,  # more than any history has
            help="Number of the operation. Default: the last one that is not undone yet.",
        ),
    ] = None,
    *,
    json: options.Json = False,
) -> None:
    """Undo an operation and keep later changes.

    An undo is an operation too and can be undone. If a later change contradicts it, nothing is changed, and
    both versions are written to a file.
    """
    from memoryd.domain.edits.plan import MOVE
    from memoryd.runtime import build
    from memoryd.services.history.undo import undo as undo_operation
    from memoryd.services.stores.move_store import remove_emptied

    runtime = build()
    with runtime.history() as history:
        undone, plan, identity = undo_operation(history, operation, runtime.demand_inside)
    if undone.cause == MOVE:
        remove_emptied(plan)
    show_applied(plan, identity, json=json)
    if not json:
        note(f"Undid operation {undone.id} ({undone.cause}: {undone.title}) as operation {identity}")
