"""Discovery of stores in paths that a person names."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path

from memoryd.adapters.stores.discovery.claude_directory import claude_directory, loose_definitions
from memoryd.adapters.stores.discovery.common_places import (
    INDEX,
    common_store,
    has_index,
    is_owned,
    placed_store,
    signed_by_files,
)
from memoryd.adapters.stores.discovery.disk import entries, exists, is_dir, is_file, is_own_dir, normal
from memoryd.adapters.stores.discovery.places import FoundStores, Item, Places, collect, left
from memoryd.adapters.stores.discovery.session_records import auto_memory, working_directories
from memoryd.beneath import ANYWHERE
from memoryd.domain.stores.profiles import CLAUDE_SHARED
from memoryd.domain.stores.store import (
    CONTAINERS,
    Scope,
    Store,
    agent_store,
    harness_store,
    is_memory_name,
    lone_store,
)
from memoryd.errors import MemorydError

_FOLLOWED = CONTAINERS | {".claude", "memory"}


def discover_at(places: Places, paths: Iterable[Path]) -> FoundStores:
    """Find the stores that paths name: each a store, something in a store, or a directory to search.

    Nothing but `.git` is skipped. A file that lies in no store yields none, but agents may be defined in it.

    Raises:
        MemorydError: A path does not exist.
    """
    named = [normal(path) for path in paths]
    for path in named:
        if not exists(path):
            hint = "name a store, a file in a store, or a directory to search"
            raise MemorydError(f"{path} does not exist", hint)
    above = sorted({parent for path in named for parent in path.parents})
    holders = dict.fromkeys((places.claude_dir, *(parent / ".claude" for parent in above)))
    items = list(chain.from_iterable(claude_directory(places, str(holder)) for holder in holders))
    moved = {item.root: item for item in items if isinstance(item, Store) and item.scope is Scope.AUTO}
    others = (item for item in items if not isinstance(item, Store))
    return collect(places, chain(others, *(_at(places, path, moved) for path in named)), named)


def _at(places: Places, path: Path, moved: Mapping[str, Store]) -> list[Item]:
    """Return what one path names.

    An index file makes a store of any directory around it, but only where no better mark says more:
    the top of a project with agents' stores in it may have a file of that name too.
    """
    around = (path, *path.parents) if is_dir(path) else tuple(path.parents)
    for directory in reversed(around):
        if store := _marked(places, str(directory), moved):
            return [store]
    if store := _owner(places, path, around):
        return [store]
    found, lone = _search(places, path, moved) if is_dir(path) else ([], [])
    if not any(isinstance(item, Store) for item in found):
        named = path.parent if path.name == INDEX and is_file(path) else path
        nearest = _nearest_indexed(around, named)
        lone = [str(nearest)] if nearest else lone
    named_memory = _notes(path) if not found and not lone else []
    return [*found, *map(_lone, lone), *named_memory] or list(loose_definitions(places, path))


def _notes(path: Path) -> list[Store]:
    """Return the store of a directory without an index file that is called memory and has Markdown files."""
    if not is_memory_name(path.name) or not is_dir(path):
        return []
    if not any(entry.name.endswith(".md") and is_file(entry) for entry in entries(str(path))):
        return []
    return [replace(lone_store(str(path)), profile=CLAUDE_SHARED)]


def _owner(places: Places, path: Path, around: Iterable[Path]) -> Store | None:
    """Return the store that a path lies in, by the place, the files or the name of a directory around it."""
    for directory in around:
        store = common_store(places, str(directory), entries(str(directory))) if directory != path else None
        if store and (not is_dir(path) or is_owned(store, str(path))):
            return store
    return None


def _marked(places: Places, directory: str, moved: Mapping[str, Store]) -> Store | None:
    """Return the store that a directory is by its path alone; None if it is not one."""
    holder, _, name = directory.rpartition("/")
    if _is_container(holder):
        return agent_store(directory, user=places.is_configuration(holder.rpartition("/")[0]))
    if name == "memory":
        projects = holder.rpartition("/")[0]
        parent, _, kind = projects.rpartition("/")
        if kind == "projects" and (parent.endswith("/.claude") or places.is_configuration(parent)):
            return auto_memory(holder, working_directories(holder))
    return moved.get(directory) or harness_store(directory, str(places.home), places.profiles)


def _is_container(directory: str) -> bool:
    """Return whether a directory contains agents' stores: by its name, unless it is a repository."""
    holder, _, name = directory.rpartition("/")
    return name in CONTAINERS and (holder.endswith("/.claude") or not exists(Path(directory, ".git")))


def _search(places: Places, root: Path, moved: Mapping[str, Store]) -> tuple[list[Item], list[str]]:
    """Return stores and definitions below a directory, and the directories that only an index file marks."""
    found: list[Item] = []
    signed: list[Item] = []
    lone: list[str] = []
    stack = [str(root)]
    followed: set[str] = set()
    bound = cache(partial(_bound, places))
    while stack:
        directory = stack.pop()
        if store := _marked(places, directory, moved):
            found.append(store)
            continue
        if directory.endswith("/.claude"):
            items = claude_directory(places, directory)
            found += (i for i in items if not isinstance(i, Store) or Path(i.root).is_relative_to(root))
        listed = entries(directory)
        store = placed_store(places, directory) or signed_by_files(places, directory, listed)
        if store:
            signed.append(store)
        elif has_index(listed) and ".claude" not in {entry.name for entry in listed}:
            lone.append(directory)
        for entry in listed:
            if store and is_owned(store, entry.path):
                continue
            if _is_entered(entry, directory, followed):
                outside = left(entry.path, bound(directory)) if entry.is_symlink() else None
                found += [outside] if outside else []
                stack += [] if outside else [entry.path]
    return [*found, *signed], _outermost(lone, [item.root for item in found if isinstance(item, Store)])


def _bound(places: Places, directory: str) -> str:
    """Return what links in a directory must not leave."""
    return ANYWHERE if places.is_in_configuration(Path(directory)) else places.bound(directory)


def _is_entered(entry: os.DirEntry[str], directory: str, followed: set[str]) -> bool:
    """Return whether to search a directory. Links that may be stores are followed, each target once."""
    if entry.name == ".git" or not entry.is_symlink():
        return entry.name != ".git" and is_own_dir(entry)
    if not (entry.name in _FOLLOWED or _is_container(directory)) or not is_dir(entry):
        return False
    target = os.path.realpath(entry.path)
    known = target in followed
    followed.add(target)
    return not known


def _outermost(lone: Iterable[str], stores: Iterable[str]) -> list[str]:
    """Return the directories marked only by an index file that are neither in a store nor around one."""
    kept = set(stores)
    around = {str(parent) for root in kept for parent in Path(root).parents}
    result = []
    for directory in sorted(set(lone) - around - kept):  # parents first
        if kept.isdisjoint(map(str, Path(directory).parents)):
            kept.add(directory)
            result.append(directory)
    return result


def _nearest_indexed(around: Iterable[Path], named: Path) -> Path | None:
    """Return the nearest directory with an index file, below a project's root unless that is named itself."""
    for directory in around:
        listed = entries(str(directory))
        project = any(entry.name == ".claude" for entry in listed)
        if _is_container(str(directory)) or (project and directory != named):
            return None
        if has_index(listed):
            return directory
    return None


def _lone(directory: str) -> Store:
    """Return the store of a directory that only an index file marks.

    At the top of a repository and in a `.claude` other Markdown is documentation, commands and agents.
    """
    slug, _, name = directory.rpartition("/")
    if name == "memory" and slug.rpartition("/")[0].endswith("/projects"):
        return auto_memory(slug, working_directories(slug))
    store = lone_store(directory)
    if name == ".claude" or exists(Path(directory, ".git")):
        return replace(store, profile=replace(store.profile, files=(INDEX, "memory/*.md")))
    return store
