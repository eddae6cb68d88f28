"""Input and results of discovery."""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TypeVar

from memoryd import beneath
from memoryd.adapters.stores.discovery.disk import entries, exists, identity, target_of
from memoryd.domain.agents.definition import AgentDefinition, governor
from memoryd.domain.agents.roster import Switch
from memoryd.domain.stores.filenames import is_shared_name
from memoryd.domain.stores.profiles import (
    CLAUDE_AGENT,
    CLAUDE_AUTO,
    CLAUDE_SHARED,
    CLAUDE_STYLE,
    OTHERS,
    Profile,
)
from memoryd.domain.stores.store import CONTAINERS, Scope, Store, harness_store, is_above
from memoryd.domain.trust import Escape, SkippedPath, TrustedRepository
from memoryd.values import dataclass

_LONGEST = 1024  # of a path that is looked at in the short way

Item = Store | AgentDefinition | Switch | Escape | SkippedPath


@dataclass(frozen=True, slots=True)
class Places:
    """All that discovery depends on; paths are absolute.

    Attributes:
        home: The home directory.
        claude_dir: The client's configuration directory, `~/.claude` unless it is set elsewhere.
        projects: Glob patterns of directories with projects: absolute or `~/…`.
        profiles: Harnesses beside Claude Code whose stores count.
        trusted: Repositories that may name directories outside of themselves.
    """

    home: Path
    claude_dir: Path
    projects: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = OTHERS
    trusted: frozenset[TrustedRepository] = frozenset()

    def configuration_paths(self) -> frozenset[str]:
        """Return all paths of the user's configuration directory."""
        given = (str(self.claude_dir), str(self.home / ".claude"))
        return frozenset((*given, *map(os.path.realpath, given)))

    def is_configuration(self, directory: str) -> bool:
        """Return whether this is the user's configuration directory, which a link in a repository is not."""
        above, _, name = directory.rpartition("/")
        paths = self.configuration_paths()
        return directory in paths or f"{os.path.realpath(above or '/')}/{name}" in paths

    def is_in_configuration(self, directory: Path) -> bool:
        """Return whether this is the user's configuration directory or inside it."""
        return _is_within(directory, self.claude_dir)

    def repository(self, directory: Path) -> Path:
        """Return the git root around a directory, or the directory itself.

        Who keeps the home directory in git does not work in one repository for that.
        """
        for parent in (directory, *directory.parents):
            if exists(parent / ".git"):
                return directory if self.is_around_home(parent) else parent
        return directory

    def bound(self, base: str) -> str:
        """Return the directory that a repository's files must not leave; "/" where the user trusts it.

        Args:
            base: A directory of the repository.
        """
        real = os.path.realpath(base)
        top = str(self.repository(Path(real)))
        for above in self._repositories_around(Path(base)):
            if not (beneath.is_within(real, above) or self._trusts(above)):  # a link in it leads out
                return above
        return beneath.ANYWHERE if self._trusts(top) else top

    def _repositories_around(self, directory: Path) -> Iterator[str]:
        """Yield the real paths of the repositories that a path as written passes through."""
        for parent in (directory, *directory.parents):
            if exists(parent / ".git") and not self.is_around_home(parent):
                yield os.path.realpath(parent)

    def bound_of(self, store: Store) -> str:
        """Return the directory that the files of a store must not leave; "/" for what is the user's own."""
        if store.within:
            return store.within
        own = any(beneath.is_within(store.root, each) for each in self.configuration_paths())
        if store.scope is Scope.USER or (store.scope is Scope.AUTO and own):
            return beneath.ANYWHERE
        return self.bound(store.base or os.path.dirname(store.root))

    def bound_of_root(self, root: str) -> str:
        """Return the same for the root of an earlier store, without knowing more of it."""
        user = harness_store(root, str(self.home), self.profiles)
        return self.bound_of(user or Store(root, Scope.AUTO, "", "", CLAUDE_AUTO))

    def _trusts(self, top: str) -> bool:
        known = [each.device for each in self.trusted if each.path == top]
        return bool(known) and identity(top, follow=False)[:1] in [(device,) for device in known]

    def is_around_home(self, directory: Path) -> bool:
        """Return whether this is the home directory or above it."""
        return _is_within(self.home, directory)

    def is_around_configuration(self, directory: Path) -> bool:
        """Return whether this is the user's configuration directory or above it."""
        return _is_within(self.claude_dir, directory)


@dataclass(frozen=True, slots=True)
class FoundStores:
    """The results of a search.

    Attributes:
        stores: Sorted by root; a directory reached by several paths counts once.
        definitions: Sorted by path: those in and above the places searched, and those of the user.
        switches: Settings files that say whether there is memory, of the same places, sorted by path.
        searched: Absolute paths of the places searched.
        escapes: What repositories name outside of themselves, which is not followed, sorted by path.
        skipped: Files and directories that could not be used, sorted by path.
        projects: The repositories known beside them, which may be where a project was moved to, sorted.
        near: Absolute paths that change where the first store of a place known appears; most do not exist.
    """

    stores: tuple[Store, ...]
    definitions: tuple[AgentDefinition, ...] = ()
    switches: tuple[Switch, ...] = ()
    searched: tuple[str, ...] = ()
    escapes: tuple[Escape, ...] = ()
    skipped: tuple[SkippedPath, ...] = ()
    projects: tuple[str, ...] = field(default=(), compare=False)
    near: tuple[str, ...] = field(default=(), compare=False)

    @property
    def inside(self) -> tuple[AgentDefinition, ...]:
        """The definitions in the places searched."""
        return tuple(each for each in self.definitions if is_within(each.path, self.searched))

    @property
    def escapes_inside(self) -> tuple[Escape, ...]:
        """The paths in the places searched that lead out of their repository."""
        return tuple(each for each in self.escapes if is_within(each.path, self.searched))


def is_within(path: str, places: Iterable[str]) -> bool:
    """Return whether an absolute path is one of several others or below one."""
    return any(path == place or path.startswith(place.rstrip("/") + "/") for place in places)


def collect(places: Places, items: Iterable[Item], searched: Iterable[Path]) -> FoundStores:
    """Sort the results, without stores that lead out of their repository.

    Of several paths to one directory its real one is kept, else the first in order.
    """
    stores: dict[tuple[int, ...], Store] = {}
    by_path: dict[type[Item], dict[str, Item]] = {}
    holders: dict[tuple[str, str], str] = {}
    for item in (bounded for each in items for bounded in _bounded(places, each, holders)):
        if not isinstance(item, Store):
            by_path.setdefault(type(item), {}).setdefault(item.path, item)
        elif directory := identity(item.root):
            known = stores.setdefault(directory, item)
            if known.profile is CLAUDE_STYLE:  # known by its name only: other marks say more
                stores[directory] = item
            elif known.root != item.root:
                stores[directory] = min(known, item, key=_detour)
    definitions = _of(AgentDefinition, by_path)
    return FoundStores(
        tuple(
            _or_shared(stores[key], definitions) for key in sorted(stores, key=lambda key: stores[key].root)
        ),
        definitions,
        _of(Switch, by_path),
        tuple(map(str, searched)),
        _of(Escape, by_path),
        _of(SkippedPath, by_path),
    )


def _or_shared(store: Store, definitions: tuple[AgentDefinition, ...]) -> Store:
    """Return a store, with another profile if it is a directory that agents share: no agent is named for it.

    An index file makes any directory a store. Where no agent is known at all, only its name tells.
    """
    if (
        store.profile is not CLAUDE_AGENT
        or store.root.rpartition("/")[0].rpartition("/")[2] not in CONTAINERS
    ):
        return store
    own = governor(store, definitions)
    known = any(each.user or is_above(each.base, store.base) for each in definitions)
    if own or not (known or is_shared_name(store.agent)) or _has_index(store):
        return store
    return replace(store, profile=CLAUDE_SHARED)


def _has_index(store: Store) -> bool:
    """Return whether a store has an index file, or one whose name differs only by case."""
    name = store.profile.index_name.casefold()
    return any(entry.name.casefold() == name for entry in entries(store.root))


_Kind = TypeVar("_Kind", AgentDefinition, Switch, Escape, SkippedPath)


def _of(kind: type[_Kind], by_path: Mapping[type[Item], Mapping[str, Item]]) -> tuple[_Kind, ...]:
    """Return the items of one kind, sorted by path."""
    return tuple(item for _, item in sorted(by_path.get(kind, {}).items()) if isinstance(item, kind))


def _bounded(places: Places, item: Item, holders: dict[tuple[str, str], str]) -> Iterator[Item]:
    """Yield an item; a store with its bound, and what leads out of that instead of the store.

    Args:
        places: Where the user's own things are.
        item: The item.
        holders: Directories of earlier stores without links, by path and bound; new ones are added.
    """
    if isinstance(item, Store):
        within = places.bound_of(item)
        escape = None if _stays_in(item.root, within, holders) else left(item.root, within)
        yield escape or (item if item.within == within else replace(item, within=within))
    else:
        yield item


def _stays_in(root: str, within: str, holders: dict[tuple[str, str], str]) -> bool:
    """Return whether a store is plainly in its bound: no link itself, in a directory that leads there."""
    holder, _, name = root.rpartition("/")
    if (holder, within) not in holders:
        try:
            holders[holder, within] = beneath.resolve(holder, within) if holder else "/"
        except OSError:
            holders[holder, within] = "/"
    real = holders[holder, within]
    if real == "/" or real.startswith("/dev") or name in {"", ".", ".."}:
        return False
    try:
        os.readlink(f"{real}/{name}")
    except OSError as error:
        return error.errno == errno.EINVAL and len(root) < _LONGEST
    return False


def left(path: str, within: str) -> Escape | SkippedPath | None:
    """Return what is wrong with a path that a repository names; None where it stays in its bound."""
    try:
        beneath.resolve(path, within)
    except beneath.OutsideError:
        link = beneath.escaping(path, within)
        if within == beneath.ANYWHERE:
            return SkippedPath(link, "leads into /proc, /sys or /dev, and is not followed")
        return Escape(link, target_of(link), within)
    except OSError as error:
        return SkippedPath(path, f"cannot be used: {error.strerror}")
    return None


def _detour(store: Store) -> tuple[bool, str]:
    return store.root != os.path.realpath(store.root), store.root


def _is_within(inner: Path, outer: Path) -> bool:
    """Return whether the first path is the second or below it, with links resolved."""
    return Path(os.path.realpath(inner)).is_relative_to(os.path.realpath(outer))
