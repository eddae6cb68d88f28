"""Session records, counted on from where the last run ended."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from memoryd.adapters.stores.files import UnreadableError, content
from memoryd.adapters.usage.counts import UseCounts, record_key
from memoryd.adapters.usage.transcripts import Transcript, lines_from, transcripts
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.store import Store, guessed_store, stores_of_agent
from memoryd.domain.usage.records import Use, read_line
from memoryd.domain.usage.tokens import estimated_tokens

_AT_ONCE = 64 * 1024 * 1024  # bytes of one record that are counted in one transaction


def count_uses(counts: UseCounts, projects: Path, stores: Iterable[Store], most: int | None = None) -> bool:
    """Count what the session records tell of uses of memory since the last call.

    Args:
        counts: Has the counts, and how far each record was read.
        projects: The directory `projects` of the client's configuration directory.
        stores: All known stores. Memory files are also known by their paths.
        most: Bytes of records to read at most; None for all.

    Returns:
        Whether all records were read to their ends.

    Raises:
        MemorydError: If the counts cannot be read or written.
    """
    known = tuple(stores)
    is_memory = _memory_paths(known)
    completed = _completion(known)
    offsets = counts.offsets()
    done = 0
    for each in transcripts(projects):
        start = offsets.get(record_key(each.path), 0)
        while start < each.size:
            end = _count_record(counts, each, start, is_memory, completed)
            if end == start:  # its last line is not complete
                break
            done, start = done + end - start, end
            if most is not None and done >= most:
                return False
    return True


def _count_record(
    counts: UseCounts,
    record: Transcript,
    start: int,
    is_memory: Callable[[str], bool],
    completed: Callable[[Use], Iterable[Use]],
) -> int:
    """Count a part of a record; return the offset after it."""
    state = counts.state(record.path, record.session)
    uses: list[Use] = []
    end = start
    try:
        for line, after in lines_from(record.path, start):
            end = after
            uses += (each for use in read_line(line, state, is_memory) for each in completed(use))
            if end - start >= _AT_ONCE:
                break
    except OSError:  # it was deleted, or cannot be read: it is not counted
        return start
    if end > start:
        counts.add(record.path, uses, state, start=start, end=end)
    return end


def _memory_paths(stores: Iterable[Store]) -> Callable[[str], bool]:
    """Return whether a path is that of a memory file of a known store, or looks like one."""
    roots = by_root(stores)

    def is_memory(path: str) -> bool:
        store, relative = place_of(path, roots)
        if store is None and (store := guessed_store(path)):
            relative = path[len(store.root) + 1 :]
        return store is not None and store.profile.owns(relative)

    return is_memory


def _completion(stores: tuple[Store, ...]) -> Callable[[Use], Iterator[Use]]:
    """Return a function that names the index files that an agent loaded at its start."""
    tokens = cache(tokens_now)

    def completed(use: Use) -> Iterator[Use]:
        if use.path:
            yield use
            return
        for store in stores_of_agent(stores, use.agent, use.directory):
            path = f"{store.root}/{store.profile.index_name}"
            if (size := tokens(store)) is not None:
                yield replace(use, path=path, tokens=size)

    return completed


def by_root(stores: Iterable[Store]) -> dict[str, Store]:
    """Return stores by their paths, also without links."""
    known = tuple(stores)
    return {os.path.realpath(each.root): each for each in known} | {each.root: each for each in known}


def place_of(path: str, roots: Mapping[str, Store]) -> tuple[Store | None, str]:
    """Return the innermost store that a path is in, and the path relative to it; None and "" without one."""
    place = path
    while (place := place.rpartition("/")[0]) and place not in roots:
        pass
    return (roots[place], path[len(place) + 1 :]) if place else (None, "")


def tokens_now(store: Store) -> int | None:
    """Return the estimated tokens of what is loaded of an index file now; None if there is none."""
    try:
        raw = content(f"{store.root}/{store.profile.index_name}", store.bound)
    except UnreadableError:
        return None
    return None if raw is None else estimated_tokens(loaded_view(raw, store.profile).context)
