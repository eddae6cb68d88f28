"""Where discovery looks, and what it found."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from memoryd.adapters.stores.discovery.disk import identity
from memoryd.domain.agents.definition import AgentDefinition
from memoryd.domain.agents.roster import Switch
from memoryd.domain.stores.profiles import OTHERS, Profile
from memoryd.domain.stores.store import Store

Item = Store | AgentDefinition | Switch


@dataclass(frozen=True, slots=True)
class Places:
    """All that discovery depends on; paths are absolute.

    Attributes:
        home: The home directory.
        claude_dir: The client's configuration directory, `~/.claude` unless it is set elsewhere.
        projects: Glob patterns of directories with projects: absolute or `~/…`.
        profiles: Harnesses beside Claude Code whose stores count.
    """

    home: Path
    claude_dir: Path
    projects: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = OTHERS

    def configuration_paths(self) -> frozenset[str]:
        """The user's configuration directory by each of its paths."""
        given = (str(self.claude_dir), str(self.home / ".claude"))
        return frozenset((*given, *map(os.path.realpath, given)))

    def is_configuration(self, directory: str) -> bool:
        """Whether this is the user's configuration directory."""
        return os.path.realpath(directory) in self.configuration_paths()

    def is_in_configuration(self, directory: Path) -> bool:
        """Whether this is the user's configuration directory or inside it."""
        return _is_within(directory, self.claude_dir)

    def is_around_home(self, directory: Path) -> bool:
        """Whether this is the home directory or above it."""
        return _is_within(self.home, directory)

    def is_around_configuration(self, directory: Path) -> bool:
        """Whether this is the user's configuration directory or above it."""
        return _is_within(self.claude_dir, directory)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        stores: Sorted by root; a directory reached by several paths counts once.
        definitions: Sorted by path: those in and above the places searched, and those of the user.
        switches: Settings files that say whether there is memory, of the same places, sorted by path.
        searched: Absolute paths of the places searched.
        near: Absolute paths that change where the first store of a place known appears; most do not exist.
    """

    stores: tuple[Store, ...]
    definitions: tuple[AgentDefinition, ...] = ()
    switches: tuple[Switch, ...] = ()
    searched: tuple[str, ...] = ()
    near: tuple[str, ...] = field(default=(), compare=False)

    @property
    def inside(self) -> tuple[AgentDefinition, ...]:
        """The definitions in the places searched."""
        return tuple(each for each in self.definitions if is_within(each.path, self.searched))


def is_within(path: str, places: Iterable[str]) -> bool:
    """Whether an absolute path is one of some others or below one."""
    return any(path == place or path.startswith(place.rstrip("/") + "/") for place in places)


def collect(items: Iterable[Item], searched: Iterable[Path]) -> Found:
    """Sort out what was found.

    Of several paths to one directory its real one is kept, else the first in order.
    """
    stores: dict[tuple[int, int], Store] = {}
    definitions: dict[str, AgentDefinition] = {}
    switches: dict[str, Switch] = {}
    for item in items:
        if isinstance(item, AgentDefinition):
            definitions.setdefault(item.path, item)
        elif isinstance(item, Switch):
            switches.setdefault(item.path, item)
        elif directory := identity(item.root):
            known = stores.setdefault(directory, item)
            if known.root != item.root:
                stores[directory] = min(known, item, key=_detour)
    return Found(
        tuple(sorted(stores.values(), key=lambda store: store.root)),
        tuple(definition for _, definition in sorted(definitions.items())),
        tuple(switch for _, switch in sorted(switches.items())),
        tuple(map(str, searched)),
    )


def _detour(store: Store) -> tuple[bool, str]:
    return store.root != os.path.realpath(store.root), store.root


def _is_within(inner: Path, outer: Path) -> bool:
    """Whether the first path is the second or below it, links resolved."""
    return Path(os.path.realpath(inner)).is_relative_to(os.path.realpath(outer))
