"""Stores that a session of the client loads."""

from collections.abc import Iterable

from memoryd.domain.hooks.event import HookEvent
from memoryd.domain.stores.store import Scope, Store, is_above, stores_of_agent


def stores_of(stores: Iterable[Store], event: HookEvent) -> tuple[Store, ...]:
    """Return the stores whose index files are loaded when a session, or the subagent of a call, starts.

    Args:
        stores: All known ones.
        event: The start, or the call of the tool that starts a subagent.
    """
    known = tuple(stores)
    if event.spawned:
        return stores_of_agent(known, event.spawned, event.directory)
    beside = f"{event.record.rpartition('/')[0]}/memory"  # the record of a session is beside its auto memory
    auto = tuple(store for store in known if store.scope is Scope.AUTO and store.root == beside)
    own = stores_of_agent(known, event.agent, event.directory) if event.agent else ()
    return (*own, *(auto or _auto_around(known, event.directory)))


def _auto_around(stores: Iterable[Store], directory: str) -> tuple[Store, ...]:
    """Return the auto memory of the innermost project around a directory."""
    around = [each for each in stores if each.scope is Scope.AUTO and each.base]
    above = sorted((each for each in around if is_above(each.base, directory)), key=lambda each: each.base)
    return tuple(above[-1:])
