"""Composition root: builds the collaborators of one command, bottom-up."""

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.adapters.stores.discovery import (
    FoundStores,
    Places,
    discover,
    discover_at,
    discover_repository,
    discover_user,
)
from memoryd.adapters.trust import read_trusted
from memoryd.config import Config, load
from memoryd.config.locations import Locations, locate
from memoryd.domain.stores.store import Scope, Store
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryd.adapters.history import History
    from memoryd.adapters.search.index import Index
    from memoryd.domain.checks.selection import Choice
    from memoryd.domain.trust import TrustedRepository
    from memoryd.services.stores.read_surroundings import Past


class NothingFoundError(MemorydError):
    """There is no store where a command was to look."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which stores a command is about; without any choice, those of the repository around the directory.

    Attributes:
        paths: Stores, files in stores, or directories to be searched.
        user: The stores under the home directory.
        everything: Every store known.
        agent: Only of this agent, or None.
        scope: Only of this scope, or None.
    """

    paths: tuple[Path, ...] = ()
    user: bool = False
    everything: bool = False
    agent: str | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Runtime:
    """What every command needs: configuration, places, and the databases on demand."""

    config: Config
    locations: Locations
    directory: Path

    @property
    def places(self) -> Places:
        """Where to look for stores."""
        return Places(
            self.locations.home,
            self.locations.claude,
            self.config.projects,
            self.config.harnesses,
            self._trusted,
        )

    @property
    def _trusted(self) -> "frozenset[TrustedRepository]":
        """The repositories that the user trusts; none where that cannot be read, which `doctor` reports."""
        try:
            return read_trusted(self.locations.trusted)
        except MemorydError:
            return frozenset()

    @property
    def user_checks(self) -> "Choice":
        """What the user's configuration says of rules; its patterns are relative to the home directory."""
        return self.config.choice(f"{self.locations.config}: ", str(self.locations.home))

    def of_sample(self) -> "Runtime":
        """Return the same for sample memory in a home of its own, which is below the cache."""
        home = self.locations.index.parent / "sample"
        locations = replace(
            self.locations,
            home=home,
            claude=home / ".claude",
            history=home / "history.db",
            index=home / "index.db",
            urls=home / "urls.json",
            lock=home / "lock",
        )
        return Runtime(Config(settle=1.0), locations, home)

    def discover(self) -> FoundStores:
        """Return every store and agent definition known."""
        return discover(self.places, cwd=self.directory)

    def select(self, selection: Selection) -> tuple[Store, ...]:
        """The stores that a command is about, sorted by path.

        Raises:
            MemorydError: If a path does not exist or no store is found.
        """
        found = self._search(selection)
        if not found.stores:
            raise _nothing(selection)
        return found.stores

    def subject(self, selection: Selection) -> FoundStores:
        """What a check is about: stores, and the agent definitions in the places searched.

        Raises:
            MemorydError: If a path does not exist or there is neither.
        """
        found = self._search(selection)
        if not found.stores and not found.inside and not found.escapes_inside:
            raise _nothing(selection)
        return found

    def _search(self, selection: Selection) -> FoundStores:
        if selection.paths:
            found = discover_at(self.places, selection.paths)
        elif selection.everything:
            found = self.discover()
        elif selection.user:
            found = discover_user(self.places)
        else:
            found = discover_repository(self.places, self.directory)
        if selection.agent is None and selection.scope is None:
            return found
        stores = tuple(
            store
            for store in found.stores
            if selection.agent in {None, store.agent} and selection.scope in {None, store.scope}
        )
        return replace(found, stores=stores, searched=())

    @contextmanager
    def index(self) -> "Iterator[Index]":
        """The index, open."""
        from memoryd.adapters.search.index import Index  # what a command does not need, it does not import

        with Index(self.locations.index) as index:
            yield index

    @contextmanager
    def history(self, actor: str = "command") -> "Iterator[History]":
        """The history, open for who asks for what is done: `command` or `daemon`."""
        from memoryd.adapters.history import History

        with History(self.locations.history, actor) as history:
            yield history

    @contextmanager
    def existing_history(self) -> "Iterator[History | None]":
        """The history where there is one, for commands that can do without."""
        if not self.locations.history.exists():
            yield None
            return
        with self.history() as history:
            yield history

    @contextmanager
    def past(self) -> "Iterator[Past | None]":
        """What the history remembers of files that are gone; None where there is no history."""
        if not self.locations.history.exists():
            yield None
            return
        with ExitStack() as stack:

            @cache
            def history() -> "History | None":  # opened when it is asked: few checks need it
                try:
                    return stack.enter_context(self.history())
                except MemorydError:
                    return None

            yield lambda path: opened.last(path) if (opened := history()) else None


def build() -> Runtime:
    """The runtime of this process: its environment, its working directory.

    Raises:
        MemorydError: If the configuration cannot be used, or there is no working directory.
    """
    locations = locate(os.environ)
    try:
        directory = Path.cwd()
    except FileNotFoundError as error:
        raise MemorydError("the working directory was deleted", "change to one that exists") from error
    return Runtime(load(locations.config, os.environ), locations, directory)


def _nothing(selection: Selection) -> NothingFoundError:
    return NothingFoundError(
        f"no memory store{_described(selection)}",
        "name a path, or use --user or --all; `memoryd status` lists what is known",
    )


def _described(selection: Selection) -> str:
    """Which stores were looked for, and where."""
    agent = f" of agent “{selection.agent}”" if selection.agent else ""
    scope = f" of scope “{selection.scope}”" if selection.scope else ""
    if selection.paths:
        where = f"in {', '.join(map(str, selection.paths))}"
    elif selection.everything:
        where = "on this machine"
    else:
        where = "under the home directory" if selection.user else "in the repository around here"
    return f"{agent}{scope} found {where}"
