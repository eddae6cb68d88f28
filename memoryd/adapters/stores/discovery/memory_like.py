"""Markdown that looks like memory, outside all stores."""

import os
from collections.abc import Iterator
from pathlib import Path

from memoryd import beneath
from memoryd.adapters.stores.discovery.common_places import INDEX, has_copies
from memoryd.adapters.stores.discovery.disk import entries, is_file, is_link, is_own_dir
from memoryd.adapters.stores.discovery.known_places import is_machine_made
from memoryd.domain.stores.store import is_memory_name

_MOST_DIRECTORIES = 20_000


def memory_like(root: Path) -> tuple[str, ...]:
    """Return the absolute paths of directories and index files that look like memory, in order.

    Links are not followed, and directories of tools, patterns and test data are left out. Each path can be
    checked by naming it.
    """
    return tuple(sorted(_found(str(root))))


def _found(root: str) -> Iterator[str]:
    pending, walked = [root], 0
    while pending and walked < _MOST_DIRECTORIES:
        directory = pending.pop()
        walked += 1
        listed = entries(directory)
        files = [entry.name for entry in listed if not is_link(entry) and is_file(entry)]
        if INDEX in files:
            yield f"{directory}/{INDEX}"
        elif is_memory_name(os.path.basename(directory)) and any(name.endswith(".md") for name in files):
            yield directory
        elif directory.count("/") - root.count("/") < beneath.MOST_DEPTH:
            pending += [entry.path for entry in listed if is_own_dir(entry) and not _is_left_out(entry.name)]


def _is_left_out(name: str) -> bool:
    return is_machine_made(name) or has_copies(name)
