"""Stores, files and `FILE@VERSION` given as arguments."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.cli.output.progress import follow, waiting
from memoryd.cli.output.terminal import note, short
from memoryd.domain.text.nearest import did_you_mean
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memoryd.adapters.history import History
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.history.look_up import HistoryPath

_MOST_AGENTS = 5  # that a hint names


def no_such_agent(name: str, stores: "Iterable[Store]") -> MemorydError:
    """Return the error about a word that is neither an agent nor a path."""
    agents = sorted({store.agent for store in stores})
    shown = ", ".join(agents[:_MOST_AGENTS]) + (", …" if len(agents) > _MOST_AGENTS else "")
    known = f"agents are {shown}; `memoryd status` lists all" if agents else "no memory store is known"
    return MemorydError(f'there is no agent or path "{name}"', did_you_mean(name, agents, known))


def stores_named(runtime: "Runtime", which: str) -> "tuple[Store, ...]":
    """Return the stores of an agent, or those at a path.

    Of several stores of an agent, those of the repository around the working directory come alone.

    Raises:
        MemorydError: If there is no such agent or path.
    """
    from memoryd.runtime import NothingFoundError, Selection

    found = runtime.discover().stores
    stores = tuple(store for store in found if store.agent == which)
    if not stores:
        if not Path(which).exists():
            raise no_such_agent(which, found)
        return runtime.select(Selection((Path(which),)))
    try:
        near = {store.root for store in runtime.select(Selection())} if len(stores) > 1 else set()
    except NothingFoundError:
        near = set()
    return tuple(store for store in stores if store.root in near) or stores


def all_stores(runtime: "Runtime", chosen: "Selection") -> "tuple[Store, ...]":
    """Return the chosen stores that can be found from here, and recorded ones that still exist."""
    from memoryd.runtime import NothingFoundError

    stores: dict[str, Store] = {}
    with runtime.existing_history() as history:
        roots = [Path(root) for root in history.roots() if os.path.isdir(root)] if history else []
    for each in (chosen, replace(chosen, paths=tuple(roots), everything=False)) if roots else (chosen,):
        with suppress(NothingFoundError):
            stores |= {store.root: store for store in runtime.select(each)}
    return tuple(stores[root] for root in sorted(stores))


def store_named(runtime: "Runtime", which: str) -> "Store":
    """Return the one store of an agent, or at a path.

    Raises:
        MemorydError: If there is none, or several.
    """
    from memoryd.cli.output.stores import told_apart

    stores = stores_named(runtime, which)
    if len(stores) > 1:
        raise MemorydError(f'"{which}" has {len(stores)} stores', f"name one of them: {told_apart(stores)}")
    return stores[0]


def split_version(text: str, history: "History") -> tuple[str, str | None]:
    """Split `FILE@VERSION`; an `@` that is part of a file name, even a deleted file's, does not count."""
    from memoryd.adapters.dates import now
    from memoryd.domain.dates.moments import parse_moment
    from memoryd.services.history.look_up import is_number, is_recorded

    path, _, version = text.rpartition("@")
    if not path or os.path.lexists(text) or is_recorded(text, history):
        return text, None
    if not is_number(version) and parse_moment(version, now()) is None and "/" in version:
        return text, None
    return path, version


def selected_paths(runtime: "Runtime", history: "History", chosen: "Selection") -> "tuple[HistoryPath, ...]":
    """Record what is on disk, then return the selected paths in the history, deleted stores included."""
    from memoryd.services.history.look_up import HistoryPath, places_of
    from memoryd.services.search.update_index import observe_deleted

    if chosen.paths:
        return tuple(each for path in chosen.paths for each in history_paths(runtime, history, str(path)))
    roots = _record(runtime, history, chosen)
    if chosen.everything and not (chosen.agent or chosen.scope):
        roots |= set(history.roots())
    elif roots and not (chosen.agent or chosen.scope):
        base = runtime.locations.claude if chosen.user else runtime.directory
        known = (root for root in history.roots() if root.startswith(f"{base}/"))
        deleted = {root for root in known if not os.path.lexists(root)}
        observe_deleted(sorted(deleted), history)
        roots |= deleted
    if not roots and not (chosen.agent or chosen.scope):
        return places_of(str(runtime.locations.home if chosen.user else runtime.directory), history)
    return tuple(HistoryPath(root, root) for root in sorted(roots))


def history_paths(runtime: "Runtime", history: "History", path: str) -> "tuple[HistoryPath, ...]":
    """Return the store or file that a path names in the history, or all stores below a directory."""
    from memoryd.runtime import Selection
    from memoryd.services.history.look_up import places_of
    from memoryd.services.search.update_index import observe_deleted

    if os.path.lexists(path):
        _record(runtime, history, Selection((Path(path),)))
        return places_of(path, history)
    found = places_of(path, history)
    observe_deleted([each.root for each in found], history)
    if roots := tuple(Path(each.root) for each in found if os.path.isdir(each.root)):
        _record(runtime, history, Selection(roots))
    return found


def history_path(runtime: "Runtime", history: "History", path: str) -> "HistoryPath":
    """Return the one store or file that a path names in the history.

    Raises:
        MemorydError: If it names several stores.
    """
    found = history_paths(runtime, history, path)
    if len(found) > 1:
        roots = ", ".join(short(each.root) for each in found[:3])
        raise MemorydError(f"{path} contains {len(found)} stores", f"name one of them: {roots} …")
    return found[0]


def _record(runtime: "Runtime", history: "History", chosen: "Selection") -> set[str]:
    """Record the content of the selected stores on disk; returns their roots."""
    from memoryd.runtime import NothingFoundError
    from memoryd.services.history.losses import examine
    from memoryd.services.search.update_index import observe

    try:
        stores = runtime.select(chosen)
    except NothingFoundError:
        return set()
    with waiting("recording stores"):
        problems = observe(follow("recording stores", stores), history)
        examine(history, stores)
    for problem in problems:
        note(f"warning: {problem}")
    return {store.root for store in stores}
