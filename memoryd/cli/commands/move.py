"""`move`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.arguments import no_such_agent
from memoryd.cli.options import ChangeOptions
from memoryd.cli.output.stores import told_apart
from memoryd.cli.output.terminal import short
from memoryd.cli.program import spread
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime

_Origin = Annotated[
    str,
    typer.Argument(metavar="FROM", help="An agent's name, a project's old directory, or a store's path."),
]
_Destination = Annotated[
    str, typer.Argument(metavar="TO", help="The agent's new name, the project's new directory, or a path.")
]


@spread
def move(origin: _Origin, destination: _Destination, *, how: ChangeOptions) -> None:
    """Move memory along with a project that moved, or with an agent that was renamed.

    Shows a diff and changes nothing; on a terminal it asks. `--apply` applies it without asking. Nothing is
    moved where both places hold memory that differs.

    For example:

        memoryd move ~/code/shop ~/work/shop
        memoryd move reviewer code-reviewer
    """
    from memoryd.cli.confirm import Proposal, run, show_plan
    from memoryd.runtime import build
    from memoryd.services.stores.move_store import plan_move, remove_emptied

    how.demand_sense()
    runtime = build()
    pairs = _pairs(runtime, origin, destination)
    for old, new in pairs:
        if old == new or new.startswith(f"{old}/") or old.startswith(f"{new}/"):
            raise MemorydError(f"{short(old)} cannot be moved to {short(new)}", "name two separate places")
        runtime.demand_inside(old)
        runtime.demand_inside(new)
    plan = plan_move(pairs)
    try:
        proposal = Proposal(plan, (), "Nothing to move")
        run(runtime, how, proposal, lambda: show_plan(plan, counts=how.stat))
    finally:
        remove_emptied(plan)


def _pairs(runtime: "Runtime", origin: str, destination: str) -> list[tuple[str, str]]:
    """Return the stores to move, each with its new path."""
    found = runtime.discover()
    if not _is_path(origin):
        if stores := _of_agent(runtime, found, origin):
            return [(store.root, _beside(store, destination)) for store in stores]
        named = [store for store in found.stores if store.agent == origin]
        if len(named) > 1:
            raise MemorydError(f'"{origin}" has {len(named)} stores', f"name one: {told_apart(named)}")
        if not named:
            raise no_such_agent(origin, found.stores)
        store = named[0]
    else:
        store = _at(runtime, found, os.path.abspath(os.path.expanduser(origin)))
    return [(store.root, _target(found, store, os.path.abspath(os.path.expanduser(destination))))]


def _is_path(text: str) -> bool:
    return "/" in text or text in {".", "..", "~"}


def _of_agent(runtime: "Runtime", found: "FoundStores", name: str) -> "list[Store]":
    """Return the stores of an agent in the repository around, or else the user's; of one place only."""
    from memoryd.domain.agents.roster import is_at_home
    from memoryd.domain.stores.store import directory_name

    own = [each for each in found.stores if each.agent == directory_name(name) and is_at_home(each)]
    top = str(runtime.places.repository(runtime.directory))
    here = [each for each in own if each.root.startswith(f"{top}/")] or own
    if len({each.base for each in here}) > 1:
        raise MemorydError(f'"{name}" has {len(here)} stores', f"name one of them: {told_apart(here)}")
    return here


def _beside(store: "Store", name: str) -> str:
    """Return the path of a store's neighbor for another name of its agent, or a path as it is given."""
    from memoryd.domain.stores.store import directory_name

    if _is_path(name):
        return os.path.abspath(os.path.expanduser(name))
    return f"{os.path.dirname(store.root)}/{directory_name(name)}"


def _at(runtime: "Runtime", found: "FoundStores", path: str) -> "Store":
    """Return the store at a path, or the auto memory of the project in a directory, which may be gone."""
    from pathlib import Path

    from memoryd.adapters.stores.discovery import discover_at
    from memoryd.domain.stores.store import Scope

    here: Iterable[Store] = discover_at(runtime.places, [Path(path)]).stores if os.path.isdir(path) else ()
    if at := next((each for each in (*found.stores, *here) if each.root == path), None):
        return at
    projects = {path, os.path.realpath(path)}
    own = [each for each in found.stores if each.scope is Scope.AUTO and each.base in projects]
    if len(own) == 1:
        return own[0]
    if own:
        raise MemorydError(f"{path} has {len(own)} stores", f"name one of them: {told_apart(own)}")
    raise MemorydError(
        f"no memory of {path} is known", "`memoryd status --all` lists the stores and their paths"
    )


def _target(found: "FoundStores", store: "Store", path: str) -> str:
    """Return where a store is to be: for auto memory, where the client keeps that of another project."""
    from memoryd.domain.stores.claude_code import slug_of
    from memoryd.domain.stores.store import Scope

    projects = os.path.dirname(os.path.dirname(store.root))
    if store.scope is not Scope.AUTO or os.path.basename(projects) != "projects" or path.endswith("/memory"):
        return path
    real = os.path.realpath(path)
    known = [each for each in found.stores if each.scope is Scope.AUTO and each.base in {path, real}]
    if known:
        return known[0].root
    if not os.path.isdir(path):
        raise MemorydError(f"{path} does not exist", "name the directory where the project is now")
    slug = slug_of(real)
    if not slug:
        raise MemorydError(
            f"the client's name for {path} is unknown, since the path is long",
            "start a session in it once, then run this again",
        )
    return f"{projects}/{slug}/memory"
