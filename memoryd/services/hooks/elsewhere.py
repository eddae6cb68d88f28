"""Lines of a memory file in other files."""

import os
import time
from collections.abc import Callable, Iterator

from memoryd.adapters.stores.files import UnreadableError, content
from memoryd.domain.hooks.guard import lines_of
from memoryd.domain.stores.store import Store

_LOOKING = 0.02  # seconds to read other files


def not_elsewhere(store: Store, path: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some lines that are in no other file of the same directory.

    Args:
        store: The store.
        path: The file that they are, or were, in.
        lines: Lines without white space around them.
    """
    for _, kept in _others(store, path):
        if not lines:
            break
        lines = tuple(line for line in lines if line not in kept)
    return lines


def count_elsewhere(store: Store, path: str, is_wanted: Callable[[str], bool]) -> dict[str, int]:
    """Return how many of the wanted lines each other file of the same directory has, the most first.

    Args:
        store: The store.
        path: The file that they are, or were, in.
        is_wanted: Returns whether a line is wanted.
    """
    counts = {name: sum(map(is_wanted, kept)) for name, kept in _others(store, path)}
    return dict(sorted(((name, count) for name, count in counts.items() if count), key=lambda each: -each[1]))


def _others(store: Store, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the name and the lines of each other file, as many as there is time for."""
    deadline = time.monotonic() + _LOOKING
    for name in sorted(os.listdir(store.root)):
        if time.monotonic() > deadline:
            break
        if name != path and store.profile.owns(name):
            try:
                raw = content(f"{store.root}/{name}", store.bound) or b""
            except UnreadableError:
                continue
            yield name, frozenset(lines_of(raw.decode("utf-8-sig", "replace")))
