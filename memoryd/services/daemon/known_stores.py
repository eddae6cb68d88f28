"""Stores known to the daemon: found, watched and read."""

import os
import time
from collections.abc import Callable, Iterable

from memoryd.adapters import edits
from memoryd.adapters.daemon.glance import Glance, glance_at, glance_at_tree
from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.daemon.fills import Fill, project_lines
from memoryd.domain.stores.store import Store, memory_root
from memoryd.services.compaction import index_budget
from memoryd.services.daemon.journal import Journal
from memoryd.services.edits import recover
from memoryd.services.search.update_index import drop_deleted, sync

_SHARE = 20_000  # at most one part in so many of the time is for searches without a reason
_SHARE_WITH_REASON = 50
_SELDOM = 600.0  # most seconds between two searches, whatever they cost


class KnownStores:
    """All stores of one user, by the real paths of their directories.

    A search for stores reads whole repositories, so without a reason it runs only as often as its cost
    allows; in between, the times of a few directories show where the first store of a project appears.
    Reading a store queries the database, so it is done only if a glance shows a possible change.

    Args:
        index: The index to update.
        history: Records every version seen.
        journal: Logs what was found.

    Attributes:
        stores: By real path.
    """

    def __init__(self, index: Index, history: History, journal: Journal) -> None:
        self.stores: dict[str, Store] = {}
        self._index = index
        self._history = history
        self._journal = journal
        self._glances: dict[str, Glance] = {}
        self._near = glance_at(())
        self._touched: set[str] = set()  # stores in which a killed process may have left something
        self._fresh: set[str] = set()  # stores with possibly new directories since the last `directories`
        self._ghosts = True  # the index may have deleted stores
        self._missing: dict[str, int | None] = {}  # missing stores, and their device
        self._fills: dict[str, Fill] = {}
        self._projects: dict[str, str] | None = None  # None if they must be made again
        self._count: int | None = 0  # of files; None if they must be counted again
        self._cost = 0.0
        self._searched = float("-inf")
        self._version = -1
        self._healed = index.healed

    @property
    def files(self) -> int:
        """Return the number of files."""
        if self._count is None:
            self._count = sum(glance.files for glance in self._glances.values())
        return self._count

    @property
    def projects(self) -> dict[str, str]:
        """Return a line about the fill of its index files for each project."""
        if self._projects is None:
            known = (
                (self.stores[place], fill) for place, fill in self._fills.items() if place in self.stores
            )
            self._projects = project_lines(known)
        return self._projects

    @property
    def roots(self) -> list[str]:
        """Return the directories to watch: those with many stores rather than each store."""
        return sorted({memory_root(store) for store in self.stores.values()})

    def below(self, roots: Iterable[str]) -> list[str]:
        """Return the stores that some of these roots watch."""
        chosen = set(roots)
        stores = self.stores if chosen else {}
        return [place for place, store in stores.items() if memory_root(store) in chosen]

    def place_of(self, path: str) -> str | None:
        """Return the store that contains a real path; None if it is in no known one."""
        while path and path not in self.stores:
            path = path.rpartition("/")[0]
        return path or None

    # Searching

    def next_search(self, rescan: float, *, reason: bool) -> float:
        """Return the time of the next search for stores, on the monotonic clock.

        Args:
            rescan: Seconds between two searches, if they are cheap.
            reason: Something suggests that there are new stores.
        """
        if reason:
            return self._searched + self._cost * _SHARE_WITH_REASON
        return self._searched + max(rescan, min(self._cost * _SHARE, _SELDOM))

    def is_near_changed(self) -> bool:
        """Return whether the first store of a project may have appeared."""
        return not self._near.holds()

    def search(self, discover: Callable[[], FoundStores]) -> set[str]:
        """Find stores again; return the paths of those that were not known."""
        begun = time.thread_time()
        found = discover()
        self._near = glance_at(found.near)
        stores = {os.path.realpath(store.root): store for store in found.stores}
        self._cost = time.thread_time() - begun
        self._searched = time.monotonic()
        new = stores.keys() - self.stores.keys()
        for place in self.stores.keys() - stores.keys():
            glance = self._glances.pop(place, None)
            self._missing[place] = glance.device if glance else None
            self._ghosts = True
            self._fills.pop(place, None)
            self._journal.forget(place)
        for place in new:
            self._missing.pop(place, None)
        self.stores = stores
        self._count = self._projects = None
        self._touched |= new
        return new

    def drop_gone(self) -> None:
        """Remove stores that were deleted, but none whose file system is not mounted."""
        if not self._ghosts:
            return
        away = [place for place, device in self._missing.items() if _is_away(place, device)]
        for place in away:
            if self._journal.is_news("unmounted", place, "away"):
                self._journal.warning("unmounted", store=place)
        if not away:
            drop_deleted(self._index, self._history)
            self._missing.clear()
            self._ghosts = False

    # Reading

    def is_index_new(self) -> bool:
        """Return whether the index was rebuilt since the last call, so that everything must be read."""
        if self._index.healed == self._healed:
            return False
        self._healed = self._index.healed
        self._journal.warning("index_healed", reason=self._healed)
        self._glances.clear()
        return True

    def forget_glances(self) -> None:
        """Read everything again the next time."""
        self._glances.clear()

    def doubtful(self) -> list[str]:
        """Return stores that may have changed since they were read, or whose index entries may have."""
        version = self._index.version()
        if self.is_index_new() or version != self._version:
            self._glances.clear()
        self._version = version
        return [place for place in self.stores if not self.is_certain(place)]

    def is_certain(self, place: str) -> bool:
        """Return whether a store is certainly unchanged."""
        glance = self._glances.get(place)
        return glance is not None and glance.holds()

    def read(self, place: str) -> int | None:
        """Update index and history from a store.

        Returns:
            How many files had changed; None if the store is missing, which the next search handles.
        """
        store = self.stores[place]
        before = self._glances.pop(place, None)
        self._count = None
        glance = glance_at_tree(place, store.profile.owns)
        if glance.device is None:
            self._touched.discard(place)
            self._keep(place, before)
            return None
        if before and before.files and not glance.files and before.device != glance.device:
            self._keep(place, before)
            if self._journal.is_news("unmounted", place, "empty"):
                self._journal.warning("unmounted", store=store.root)
            return 0
        self._touched.add(place)
        self._fresh.add(place)
        (synced,) = sync([store], self._index, self._history, thorough=True)
        for each in synced.unread:
            if self._journal.is_news("unreadable", f"{place}/{each.path}", each.reason):
                self._journal.warning("unreadable", store=store.root, path=each.path, reason=each.reason)
        if synced.unrecorded:
            self._journal.error("unrecorded", reason=synced.unrecorded, store=store.root)
        else:
            self._glances[place] = glance
        if synced.changed or place not in self._fills:
            self._note_fill(place, store)
        if synced.changed:
            self._journal.info("indexed", store=store.root, changed=synced.changed, files=synced.files)
            self._journal.counts["files"] += synced.changed
        return synced.changed

    def _note_fill(self, place: str, store: Store) -> None:
        budget = index_budget(store)
        self._fills[place] = Fill(budget.used, len(budget.unseen)) if budget else Fill(0.0, 0)
        self._projects = None

    def _keep(self, place: str, glance: Glance | None) -> None:
        if glance:
            self._glances[place] = glance

    def settle(self) -> None:
        """Settle what killed processes left behind in stores that were read."""
        places = self._touched & self.stores.keys()
        roots = [self.stores[place].root for place in places]
        treated = recover(roots, self._history) if roots or self._history.unfinished() else 0
        if treated:
            self._journal.warning("recovered", leftovers=treated)
        self._touched = {p for p in places if any(edits.leftovers(self.stores[p].root))}

    def directories(self, roots: Iterable[str]) -> list[str]:
        """Return directories to watch: those of stores read since the last call, and those below roots."""
        places = {*self._fresh, *self.below(roots)}
        self._fresh = set()
        glances = [self._glances[place] for place in places if place in self._glances]
        return [directory for glance in glances for directory in glance.directories]


def _is_away(place: str, device: int | None) -> bool:
    """Return whether the parent of a missing store is on another file system than the store was."""
    try:
        return device is not None and os.stat(os.path.dirname(place)).st_dev != device
    except OSError:
        return False  # the deletion itself decides
