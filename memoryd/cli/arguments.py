"""What a person means by a store, a file, or `FILE@VERSION`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import note, short
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.history.look_up import HistoryPath


def split_version(text: str, history: "History") -> tuple[str, str | None]:
    """`FILE@VERSION` in its two parts; an `@` that belongs to a name, a deleted one's too, is left there."""
    from memoryd.adapters.dates import now
    from memoryd.domain.dates.moments import parse_moment
    from memoryd.services.history.look_up import is_recorded

    path, _, version = text.rpartition("@")
    if not path or os.path.lexists(text) or is_recorded(text, history):
        return text, None
    if not version.isdecimal() and parse_moment(version, now()) is None and "/" in version:
        return text, None
    return path, version


def chosen_places(runtime: "Runtime", history: "History", chosen: "Selection") -> "tuple[HistoryPath, ...]":
    """What a selection means in the history, deleted stores too, after a look at what is on disk."""
    from memoryd.services.history.look_up import HistoryPath, places_of
    from memoryd.services.search.update_index import observe_deleted

    if chosen.paths:
        return tuple(place for path in chosen.paths for place in places(runtime, history, str(path)))
    roots = _look(runtime, history, chosen)
    if chosen.everything and not (chosen.agent or chosen.scope):
        roots |= set(history.roots())
    elif roots and not (chosen.agent or chosen.scope):
        top = runtime.locations.claude if chosen.user else runtime.directory
        gone = {root for root in history.roots() if root.startswith(f"{top}/") and not os.path.lexists(root)}
        observe_deleted(sorted(gone), history)
        roots |= gone
    if not roots and not (chosen.agent or chosen.scope):
        return places_of(str(runtime.locations.home if chosen.user else runtime.directory), history)
    return tuple(HistoryPath(root, root) for root in sorted(roots))


def places(runtime: "Runtime", history: "History", path: str) -> "tuple[HistoryPath, ...]":
    """What a path means in the history: one store, something in one, or all stores below a directory."""
    from memoryd.runtime import Selection
    from memoryd.services.history.look_up import places_of
    from memoryd.services.search.update_index import observe_deleted

    if os.path.lexists(path):
        _look(runtime, history, Selection((Path(path),)))
        return places_of(path, history)
    found = places_of(path, history)
    observe_deleted([place.root for place in found], history)
    if roots := tuple(Path(place.root) for place in found if os.path.isdir(place.root)):
        _look(runtime, history, Selection(roots))
    return found


def place(runtime: "Runtime", history: "History", path: str) -> "HistoryPath":
    """What a path means in the history, where it must be one thing."""
    found = places(runtime, history, path)
    if len(found) > 1:
        roots = ", ".join(short(each.root) for each in found[:3])
        raise MemorydError(f"{path} holds {len(found)} stores", f"name one of them: {roots} …")
    return found[0]


def _look(runtime: "Runtime", history: "History", chosen: "Selection") -> set[str]:
    """Record what the stores hold that a selection finds on disk; returns their roots."""
    from memoryd.runtime import NothingFoundError
    from memoryd.services.search.update_index import observe

    try:
        stores = runtime.select(chosen)
    except NothingFoundError:
        return set()
    for problem in observe(stores, history):
        note(f"warning: {problem}")
    return {store.root for store in stores}
