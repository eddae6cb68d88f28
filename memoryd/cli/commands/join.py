"""`join`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.beneath import is_within
from memoryd.cli.options import ChangeOptions
from memoryd.cli.output.terminal import note, short
from memoryd.cli.program import spread
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.runtime import Runtime

_Origins = Annotated[
    list[str], typer.Argument(metavar="STORE...", help="Stores whose memory is taken; deleted ones, too.")
]
_Into = Annotated[
    str,
    typer.Option(
        "--into",
        metavar="DIRECTORY",
        help="The store that takes it; default: of a worktree, the repository's.",
    ),
]


@spread
def join(origins: _Origins, *, into: _Into = "", how: ChangeOptions) -> None:
    """Make one store of several, entry by entry.

    Shows a diff and changes nothing; on a terminal it asks. `--apply` applies it without asking. The other
    stores are emptied, except those in the worktrees of isolated agents. A store that was deleted with its
    worktree is taken from the history.

    For example:

        memoryd join .claude/worktrees/a1/.claude/agent-memory/reviewer
        memoryd join ~/shop/old/memory --into ~/shop/memory
    """
    from memoryd.cli.confirm import Proposal, run, show_plan
    from memoryd.runtime import build
    from memoryd.services.stores.join_stores import plan_join
    from memoryd.services.stores.move_store import remove_emptied

    how.demand_sense()
    runtime = build()
    sources = [os.path.abspath(os.path.expanduser(each)) for each in origins]
    target = os.path.abspath(os.path.expanduser(into)) if into else _home_of(sources)
    for source in sources:
        if is_within(source, target) or is_within(target, source):
            raise MemorydError(
                f"{short(source)} cannot be joined into {short(target)}", "name separate stores"
            )
    with runtime.existing_history() as history:
        for root in (*sources, target):
            _demand_store(runtime, root, history)
        joined = plan_join(sources, target, history)
    if joined.doubts:
        note(f"{counted(joined.doubts, 'entry was', 'entries were')} changed in both; both versions stay")
    try:
        proposal = Proposal(joined.plan, (), "Nothing to join: it has all of it")
        run(runtime, how, proposal, lambda: show_plan(joined.plan, counts=how.stat))
    finally:
        remove_emptied(joined.plan)


def _home_of(sources: list[str]) -> str:
    """Return the store of the repository to which the stores of worktrees belong."""
    from memoryd.domain.stores.claude_code import without_worktree

    found = {without_worktree(each) for each in sources}
    if len(found) != 1 or found & set(sources):
        raise MemorydError(
            "the store that takes the memory is not named", "memoryd join STORE… --into DIRECTORY"
        )
    return found.pop()


def _demand_store(runtime: "Runtime", root: str, history: "History | None") -> None:
    """Refuse a path that is neither a store nor was one."""
    from pathlib import Path

    from memoryd.adapters.stores.discovery import discover_at

    stores = discover_at(runtime.places, [Path(root)]).stores if os.path.isdir(root) else ()
    if root not in {*(each.root for each in stores), *(history.roots() if history else ())}:
        raise MemorydError(
            f"{root} is not a store", "`memoryd status --all` lists the stores and their paths"
        )
    runtime.demand_inside(root)
