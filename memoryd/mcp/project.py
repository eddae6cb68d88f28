"""Stores of one project, and what answers about them need."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from memoryd.adapters.daemon.status_file import read_state
from memoryd.adapters.search.index import Index
from memoryd.adapters.stores import contents
from memoryd.adapters.stores.discovery import FoundStores, discover_repository, discover_user
from memoryd.adapters.stores.files import UnreadableError, content
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.listing import fingerprint
from memoryd.domain.stores.store import Scope, Store, is_above
from memoryd.errors import MemorydError
from memoryd.mcp.references import NoteReferences, ReferredNote, referred_note
from memoryd.runtime import Runtime
from memoryd.services.hooks.known_notes import KnownNotes
from memoryd.services.search.update_index import sync

_STORES_FOR = 10.0  # seconds after which stores are searched again
_MOST_ANSWERS = 50
_LARGEST_COMPARED = 256 * 1024  # bytes of a file with a note that is checked
_INDEX_FOR = 5.0  # seconds after which the index is updated again, where no daemon does that


class Project:
    """The memory that the agents of one project have: its own stores, and those of the user.

    Stores of other projects are left out: what a repository contains must have no effect in another one.

    Args:
        runtime: The runtime; its working directory is in the project.

    Attributes:
        runtime: As given.
        notes: The notes of stores, for comparisons.
        references: The references that were given out.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.notes = KnownNotes(_LARGEST_COMPARED)
        self.references = NoteReferences()
        self._found = FoundStores(())
        self._changes = 0
        self._answers: dict[tuple[str, ...], tuple[tuple[object, ...], str]] = {}
        self._found_at = self._updated_at = float("-inf")

    def close(self) -> None:
        """Close the index, if it was opened."""
        if "_index" in self.__dict__:
            self._index.close()

    @property
    def found(self) -> FoundStores:
        """The stores and agents of the project, searched again after a while."""
        now = time.monotonic()
        if now > self._found_at + _STORES_FOR:
            self._found = self._discover()
            self._found_at = now
        return self._found

    @property
    def stores(self) -> tuple[Store, ...]:
        """The stores of the project."""
        return self.found.stores

    def _discover(self) -> FoundStores:
        places, directory = self.runtime.places, self.runtime.directory
        repository = str(places.repository(directory))
        here, user = discover_repository(places, directory), discover_user(places)
        stores = {store.root: store for store in (*here.stores, *user.stores) if _is_of(store, repository)}
        definitions = {each.path: each for each in (*here.definitions, *user.definitions)}
        return replace(
            here,
            stores=tuple(stores[root] for root in sorted(stores)),
            definitions=tuple(definitions.values()),
        )

    def stores_of(self, agent: str) -> tuple[Store, ...]:
        """Return the stores of an agent, or all if its name is "".

        Raises:
            MemorydError: If it has none here.
        """
        found = tuple(store for store in self.stores if agent in {"", store.agent, store.root})
        if not found:
            agents = sorted({store.agent for store in self.stores})
            raise MemorydError(
                f'no agent "{agent}" has memory here' if agent else "there is no memory here",
                f"the agents are {', '.join(agents)}" if agents else None,
            )
        return found

    def place_of(self, path: str) -> tuple[Store, str]:
        """Return the store that a memory file is in, or would be, and its path relative to the store.

        Args:
            path: Absolute, or relative to the working directory.

        Raises:
            MemorydError: If it is in no store of the project.
        """
        if "\0" in path:
            raise MemorydError("the path contains a NUL")
        absolute = os.path.normpath(os.path.join(self.runtime.directory, os.path.expanduser(path)))
        real = os.path.realpath(absolute)
        for store in sorted(self.stores, key=lambda store: -len(store.root)):
            root = os.path.realpath(store.root)
            if real.startswith(f"{root}/") and store.profile.owns(real[len(root) + 1 :]):
                return store, real[len(root) + 1 :]
        raise MemorydError("the path is not that of a memory file of this project")

    def document(self, store: Store, path: str) -> Document:
        """Return a file of a store as it is now.

        Raises:
            UnreadableError: If it does not exist, or cannot be read.
        """
        raw = self.raw(store, path)
        if raw is None:
            raise UnreadableError(f"{path} does not exist")
        return parse(path, raw)

    def raw(self, store: Store, path: str) -> bytes | None:
        """Return the bytes of a file of a store; None if it does not exist.

        Raises:
            UnreadableError: If it cannot be read.
        """
        return content(f"{store.root}/{path}", store.bound)

    def note(self, reference: str) -> ReferredNote:
        """Return the note that a reference stands for.

        Raises:
            MemorydError: If there is none, or it was changed.
        """
        for store, path in self.references.candidates(reference, self.files()):
            if store not in self.stores:
                continue
            try:
                note = referred_note(reference, store, self.document(store, path))
            except UnreadableError:
                continue
            if note:
                return note
        raise MemorydError("the note was changed or removed since", "search for it again")

    def files(self) -> Iterable[tuple[Store, str]]:
        """Yield every memory file of the project, the index files first."""
        for store in self.stores:
            try:
                found = contents.scan(store).files
            except UnreadableError:
                continue
            yield from (
                (store, path)
                for path in sorted(found, key=lambda path: (store.profile.index_name != path, path))
            )

    @cached_property
    def _index(self) -> Index:
        return Index(self.runtime.locations.index)

    @property
    def is_watched(self) -> bool:
        """Return whether a daemon keeps the index up to date."""
        locations = self.runtime.locations
        state = read_state(locations.lock, locations.status, datetime.now(UTC))
        return state.pid is not None and state.is_ready and not state.is_silent

    def index(self) -> Index:
        """Return the index, updated from the stores of the project, unless the daemon does that.

        Raises:
            MemorydError: If it cannot be used.
        """
        index = self._index
        now = time.monotonic()
        if now > self._updated_at + (_INDEX_FOR if self._updated_at > 0 else 0) and not (
            self.is_watched and self._knows_all(index)
        ):
            with self.runtime.history() as history:
                sync(self.stores, index, history)
            self._updated_at = time.monotonic()
        return index

    def _knows_all(self, index: Index) -> bool:
        return {store.root for store in self.stores} <= set(index.roots())

    def remembered(self, question: tuple[str, ...], find: Callable[[], str]) -> str:
        """Return an answer, which is found again only after memory or the day has changed.

        Args:
            question: Stands for the answer.
            find: Finds it.
        """
        state = self._state()
        if self._answers.get(question, (None,))[0] != state:
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.clear()
            self._answers[question] = state, find()
        return self._answers[question][1]

    def _state(self) -> tuple[object, ...]:
        """Return what changes with every change of memory."""
        today = datetime.now(UTC).date()
        if self.is_watched and self._knows_all(self._index):
            return today, self._index.version(), self._changes
        listings = ((store.root, fingerprint(contents.scan(store).files)) for store in self.stores)
        return today, *listings

    def forget_update(self) -> None:
        """Update the index before its next use, since memory was changed here."""
        self._updated_at = float("-inf")
        self._changes += 1

    def shown(self, path: str | Path) -> str:
        """Return a path for the model: relative to the working directory if it is below it."""
        text = str(path)
        base = f"{self.runtime.directory}/"
        return text.removeprefix(base)


def _is_of(store: Store, repository: str) -> bool:
    """Return whether the agents of a repository have a store."""
    if store.scope is Scope.USER:
        return True
    if store.scope is Scope.AUTO and store.base:
        return is_above(repository, store.base) or is_above(store.base, repository)
    return is_above(repository, store.root)
