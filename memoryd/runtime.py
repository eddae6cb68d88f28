"""Composition root of a command."""

import os
import shlex
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd import beneath, private
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
from memoryd.config.daemon import Enforcement
from memoryd.config.locations import LOCATIONS, Locations, locate
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.text.nearest import nearest
from memoryd.errors import MemorydError
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryd.adapters.history import History
    from memoryd.adapters.search.index import Index
    from memoryd.adapters.stores.kept_files import KeptFiles
    from memoryd.adapters.usage.counts import UseCounts
    from memoryd.domain.checks.selection import Choice
    from memoryd.domain.trust import TrustedRepository
    from memoryd.services.checks.judge import OpenHistory

_MOST_SHOWN = 5


class NothingFoundError(MemorydError):
    """No store was found for a command."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Choice of stores.

    By default those of the repository around the working directory; where it has no memory, the user's.

    Attributes:
        paths: Stores, files in stores, or directories to search.
        user: Stores under the home directory.
        everything: Every known store.
        agent: Only stores of this agent, or None.
        scope: Only stores of this scope, or None.
    """

    paths: tuple[Path, ...] = ()
    user: bool = False
    everything: bool = False
    agent: str | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Runtime:
    """Configuration, paths, and databases opened on demand."""

    config: Config
    locations: Locations
    directory: Path

    @property
    def places(self) -> Places:
        """The paths to search for stores."""
        return Places(
            self.locations.home,
            self.locations.claude,
            self.config.projects,
            self.config.harnesses,
            self._trusted,
        )

    @property
    def _trusted(self) -> "frozenset[TrustedRepository]":
        """The repositories that the user trusts; none if the list cannot be read, which `doctor` reports."""
        try:
            return read_trusted(self.locations.trusted)
        except MemorydError:
            return frozenset()

    @property
    def user_checks(self) -> "Choice":
        """The user's choice of rules; its patterns are relative to the home directory."""
        return self.config.choice(f"{self.locations.config}: ", str(self.locations.home))

    def of_sample(self) -> "Runtime":
        """Return the same for sample memory in a home of its own, which is below the cache."""
        home = self.locations.index.parent / "sample"
        paths = {name: home / location.name for name, location in LOCATIONS.items()}
        return Runtime(Config(enforce=Enforcement(), settle=1.0), Locations(home=home, **paths), home)

    def demand_inside(self, root: str) -> None:
        """Check that a store is not, by a link that came meanwhile, outside of its repository.

        Raises:
            MemorydError: If it is.
        """
        bound = self.places.bound_of_root(root)
        try:
            beneath.resolve(root, bound)
        except OSError as error:
            raise MemorydError(
                f"{root} is not changed: {error.strerror}", f"remove the link, or: memoryd trust {bound}"
            ) from error

    def discover(self) -> FoundStores:
        """Return every known store and agent definition."""
        return discover(self.places, cwd=self.directory)

    def select(self, selection: Selection) -> tuple[Store, ...]:
        """Return the selected stores, sorted by path.

        Raises:
            MemorydError: If a path does not exist or no store is found.
        """
        found = self._search(selection)
        kept = _narrowed(found, selection)
        if not kept.stores:
            raise self._nothing(selection, found)
        return kept.stores

    def subject(self, selection: Selection) -> FoundStores:
        """Return the selected stores, and the agent definitions in the directories searched.

        Raises:
            MemorydError: If a path does not exist, or nothing is found.
        """
        found = self._search(selection)
        kept = _narrowed(found, selection)
        if not kept.stores and not kept.inside and not kept.escapes_inside:
            raise self._nothing(selection, found)
        return kept

    def _search(self, selection: Selection) -> FoundStores:
        if selection.paths:
            return discover_at(self.places, selection.paths)
        if selection.everything:
            return self.discover()
        if selection.user:
            return discover_user(self.places)
        found = discover_repository(self.places, self.directory)
        if found.stores or found.inside or found.escapes_inside or self.memory_like():
            return found
        elsewhere = discover_user(self.places)
        return elsewhere if elsewhere.stores else found

    def _nothing(self, selection: Selection, found: FoundStores) -> NothingFoundError:
        """Return the error for a selection without a store, with what looks like memory there."""
        agents = {store.agent for store in found.stores}
        if selection.agent and (meant := nearest(selection.agent, agents - {selection.agent})):
            return NothingFoundError(f"no memory store{_described(selection)}", f"did you mean {meant}?")
        wider = [] if selection.everything else ["--all"] if selection.user else ["--user", "--all"]
        elsewhere = f"name {' or '.join(['a path', *wider])}; `memoryd status` lists the known stores"
        narrowed = selection.agent or selection.scope or selection.user or selection.everything
        like = "" if narrowed else self.memory_like(selection.paths)
        return NothingFoundError(f"no memory store{_described(selection)}", like or elsewhere)

    def memory_like(self, paths: tuple[Path, ...] = ()) -> str:
        """Return a sentence that names what looks like memory, and the command that checks it; or "".

        Args:
            paths: Where to look; the repository around the working directory if there are none.
        """
        from memoryd.adapters.stores.discovery import memory_like

        roots = paths or (self.places.repository(self.directory),)
        found = [each for root in roots if root.is_dir() for each in memory_like(root.absolute())]
        if not found:
            return ""
        shown = [shlex.quote(os.path.relpath(each, self.directory)) for each in found]
        more = f" and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
        names = f"{', '.join(shown[:_MOST_SHOWN])}{more}"
        return f"this looks like memory: {names}; to check it: memoryd check {shown[0]}"

    def kept_facts(self, *, cache: bool) -> "KeptFiles | None":
        """Return the facts about texts that earlier runs found out; None if they are not to be used."""
        from memoryd.adapters.stores.kept_files import KeptFiles

        return KeptFiles(self.locations.facts) if cache else None

    @contextmanager
    def index(self) -> "Iterator[Index]":
        """Open the index."""
        from memoryd.adapters.search.index import Index  # import only what a command needs

        with Index(self.locations.index) as index:
            yield index

    @contextmanager
    def usage(self) -> "Iterator[UseCounts]":
        """Open the counts of uses of memory; `count_uses` brings them up to date."""
        from memoryd.adapters.usage.counts import UseCounts

        with UseCounts(self.locations.usage) as counts:
            yield counts

    @contextmanager
    def history(self, actor: str = "command") -> "Iterator[History]":
        """Open the history for an actor: `command` or `daemon`."""
        from memoryd.adapters.history import History

        with History(self.locations.history, actor) as history:
            if self.locations.waiting.is_dir():
                from memoryd.services.hooks.turns import close_idle
                from memoryd.services.hooks.writes import take_in

                with suppress(OSError, MemorydError):  # they wait for the next command
                    take_in(self.locations.waiting, history)
                    close_idle(history, time.time())
            yield history

    @contextmanager
    def existing_history(self) -> "Iterator[History | None]":
        """Open the history if it exists, for commands that do not need one."""
        if not private.may_exist(self.locations.history):
            yield None
            return
        with self.history() as history:
            yield history

    @property
    def recorded(self) -> tuple[str, ...]:
        """The database of the history, and what else changes what it knows; existing or not."""
        database = str(self.locations.history)
        return database, f"{database}-wal", f"{database}.spool", str(self.locations.waiting)

    @contextmanager
    def past_of_checks(self) -> "Iterator[OpenHistory]":
        """Give access to the history of checks, which is opened on first use: few of them need it."""
        with ExitStack() as stack:

            @cache
            def history() -> "History | None":
                try:
                    return stack.enter_context(self.existing_history())
                except MemorydError:
                    return None

            yield history


def build() -> Runtime:
    """Return the runtime of this process, from its environment and working directory.

    Raises:
        MemorydError: If the configuration is invalid, or the working directory was deleted.
    """
    locations = locate(os.environ)
    try:
        directory = Path.cwd()
    except FileNotFoundError as error:
        raise MemorydError(
            "the working directory was deleted", "change to a directory that exists"
        ) from error
    return Runtime(load(locations.config, os.environ), locations, directory)


def _narrowed(found: FoundStores, selection: Selection) -> FoundStores:
    """Return only the stores of the selected agent and scope."""
    if selection.agent is None and selection.scope is None:
        return found
    stores = tuple(
        store
        for store in found.stores
        if selection.agent in {None, store.agent} and selection.scope in {None, store.scope}
    )
    return replace(found, stores=stores, searched=())


def _described(selection: Selection) -> str:
    """Return the words that say which stores were searched, and where."""
    agent = f' of agent "{selection.agent}"' if selection.agent else ""
    scope = f' of scope "{selection.scope}"' if selection.scope else ""
    if selection.paths:
        where = f"in {', '.join(map(str, selection.paths))}"
    elif selection.everything:
        where = "on this machine"
    else:
        where = "under the home directory" if selection.user else "in the repository around here"
    return f"{agent}{scope} found {where}"
