"""`undo`."""

from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.confirm import show_applied
from memoryd.cli.output.terminal import NOTHING_CHANGED, ask, emit_lines, is_terminal, note, short
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.domain.edits.plan import Plan
    from memoryd.domain.history.versions import Operation
    from memoryd.runtime import Runtime

_Number = Annotated[
    int | None,
    typer.Argument(
        metavar="OPERATION",
        min=1,
        max=999_999_999,  # more than any history has
        help="Number of the operation. Default: the last one that a person made and that is not undone yet.",
    ),
]
_Daemon = Annotated[bool, typer.Option("--daemon", help="The last operation of the daemon.")]


def undo(
    operation: _Number = None,
    *,
    user: options.User = False,
    everything: options.All = False,
    daemon: _Daemon = False,
    json: options.Json = False,
) -> None:
    """Undo an operation and keep later changes.

    Without a number, it is the last one that changed a store of the repository around here, or a store under
    the home directory if there is none. On a terminal, memoryd asks if anything else changed there since.
    An undo is an operation too and can be undone. If a later change contradicts it, nothing is changed, and
    both versions are written to a file.

    For example:

        memoryd undo
        memoryd undo 12
    """
    from memoryd.domain.edits.plan import MOVE
    from memoryd.runtime import build
    from memoryd.services.edits import apply
    from memoryd.services.history.undo import find_operation, last_operation, plan_undo
    from memoryd.services.stores.move_store import remove_emptied

    if operation is not None and (user or everything or daemon):
        raise MemorydError("OPERATION cannot be used with --user, --all or --daemon", "leave one of them out")
    runtime = build()
    with runtime.history() as history:
        if operation is not None:
            undone = find_operation(history, operation)
        else:
            roots = _roots(runtime, history, user=user, everything=everything)
            undone = last_operation(history, roots, daemon=daemon)
        plan = plan_undo(history, undone, runtime.demand_inside)
        if operation is None and not json and not _is_agreed(history, undone, plan):
            note(NOTHING_CHANGED)
            return
        identity = apply(plan, history, undoes=undone)
    if undone.cause == MOVE:
        remove_emptied(plan)
    show_applied(plan, identity, json=json)
    if not json:
        note(f"Undid operation {undone.id} ({undone.cause}: {undone.title}) as operation {identity}")


def _roots(runtime: "Runtime", history: "History", *, user: bool, everything: bool) -> "set[str] | None":
    """Return the stores whose operations count; None for all."""
    from memoryd.cli.arguments import selected_paths
    from memoryd.runtime import Selection

    if everything:
        return None
    for selection in (Selection(user=True),) if user else (Selection(), Selection(user=True)):
        try:
            if found := {path.root for path in selected_paths(runtime, history, selection)}:
                return found
        except MemorydError:  # nothing is recorded there
            continue
    return set()


def _is_agreed(history: "History", undone: "Operation", plan: "Plan") -> bool:
    """Return whether to undo an operation: ask on a terminal if anything else changed since."""
    from memoryd.services.history.undo import changes_since

    since = changes_since(history, undone) if is_terminal() else 0
    if not since:
        return True
    note(f"Operation {undone.id} ({undone.cause}: {undone.title}) is to be undone:")
    emit_lines(f"{change.action:<7} {short(change.path)}" for change in plan.changes)
    return ask(f"{counted(since, 'other change', 'other changes')} since are kept. Undo it?")
