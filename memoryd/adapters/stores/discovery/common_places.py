"""Memory that repositories keep in places of their own."""

import os
from collections.abc import Iterable

from memoryd.adapters.stores.discovery.disk import entries, is_file, is_own_dir
from memoryd.adapters.stores.discovery.places import Places
from memoryd.adapters.stores.discovery.session_records import auto_memory, working_directories
from memoryd.domain.stores.filenames import is_dated
from memoryd.domain.stores.profiles import CLAUDE_AUTO
from memoryd.domain.stores.store import (
    Store,
    harness_store,
    is_memory_name,
    lone_store,
    signed_store,
)

INDEX = CLAUDE_AUTO.index_name
_LOGS = "memory"
_COPIES = frozenset({
    "skills", "templates", "template", "_templates", "assets", "references", "examples", "example", "samples",
    "test", "tests", "__tests__", "testdata", "fixtures", "__fixtures__", "vendor", "third_party",
})  # fmt: skip


def has_copies(name: str) -> bool:
    """Return whether directories of this name contain patterns and test data, not memory in use."""
    return name in _COPIES


def has_index(listed: Iterable[os.DirEntry[str]]) -> bool:
    """Return whether a directory has an index file, case-exact on every file system."""
    return any(entry.name == INDEX and is_file(entry) for entry in listed)


def placed_store(places: Places, directory: str) -> Store | None:
    """Return the store that a directory of a repository is by its place: `.hermes/memories`, say."""
    slug, _, name = directory.rpartition("/")
    if name == "memory" and slug.rpartition("/")[0].endswith("/.claude/projects"):
        return auto_memory(slug, working_directories(slug))
    profiles = tuple(each for each in places.profiles if any(place[0] == "." for place in each.places))
    return harness_store(directory, str(places.home), profiles)


def signed_by_files(places: Places, directory: str, listed: list[os.DirEntry[str]]) -> Store | None:
    """Return the store of a directory with an index file, or with dated logs, and a harness's own files."""
    names = [entry.name for entry in listed if entry.name.endswith(".md")]
    if not (has_index(listed) or _has_logs(listed)):
        return None
    holder, _, name = directory.rpartition("/")
    if any(sign.startswith(f"{name}/../") for profile in places.profiles for sign in profile.signs):
        names += [f"../{entry.name}" for entry in entries(holder) if is_file(entry)]
    return signed_store(directory, names, places.profiles)


def common_store(places: Places, directory: str, listed: list[os.DirEntry[str]]) -> Store | None:
    """Return the store that a directory of a repository is by its place, its files or its name."""
    store = placed_store(places, directory) or signed_by_files(places, directory, listed)
    if store is None and is_memory_name(directory.rpartition("/")[2]) and has_index(listed):
        return lone_store(directory)
    return store


def is_owned(store: Store, directory: str) -> bool:
    """Return whether a directory below a store belongs to it."""
    return store.profile.enters(f"{directory.removeprefix(f'{store.root}/')}/")


def _has_logs(listed: Iterable[os.DirEntry[str]]) -> bool:
    logs = (entry.path for entry in listed if entry.name == _LOGS and is_own_dir(entry))
    return any(
        is_dated(entry.name) and entry.name.endswith(".md") for path in logs for entry in entries(path)
    )
