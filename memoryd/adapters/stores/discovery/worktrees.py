"""Stores in the worktrees of isolated agents."""

import filecmp
import os
from collections.abc import Iterator

from memoryd import beneath
from memoryd.adapters.stores.discovery.claude_directory import claude_directory
from memoryd.adapters.stores.discovery.disk import entries, is_own_dir
from memoryd.adapters.stores.discovery.places import Places
from memoryd.domain.stores.store import Store

_MOST_FILES = 2_000  # of a store that is compared


def stores_of_worktrees(places: Places, claude: str) -> Iterator[Store]:
    """Yield the stores of the worktrees in a `.claude` directory that differ from those of the repository.

    A worktree begins as a copy of the committed files: what its agents did not touch is no memory of its own.
    """
    top = os.path.dirname(claude)
    for entry in entries(f"{claude}/worktrees"):
        if not is_own_dir(entry):
            continue
        for item in claude_directory(places, f"{entry.path}/.claude"):
            if isinstance(item, Store) and item.root.startswith(f"{entry.path}/"):
                original = f"{top}{item.root.removeprefix(entry.path)}"
                if not _is_copy(item.root, original):
                    yield item


def _is_copy(copy: str, original: str) -> bool:
    """Return whether every file of a directory is a plain file, and the same in another one.

    An empty directory is a copy of any.
    """
    count = 0
    for directory, files in beneath.walk(copy):
        for file in files:
            other = f"{original}{directory.removeprefix(copy)}/{file.name}"
            count += 1
            if count > _MOST_FILES or not _are_plain(file.path, other):
                return False
            try:
                if not filecmp.cmp(file.path, other, shallow=False):
                    return False
            except OSError:
                return False
    return True


def _are_plain(*paths: str) -> bool:
    return all(os.path.isfile(path) and not os.path.islink(path) for path in paths)
