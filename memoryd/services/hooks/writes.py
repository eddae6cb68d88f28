"""Writes that the client reported, as versions of files."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryd import private
from memoryd.adapters.history import History
from memoryd.adapters.history.records import SeenFile
from memoryd.domain.history.versions import BEFORE, CLIENT
from memoryd.domain.hooks.event import HookEvent, read_event
from memoryd.domain.stores.store import guessed_store
from memoryd.values import regex

_EVENT = regex(r"(\d{1,20})-\d{1,10}\.json")
_LARGEST = 8 * 1024 * 1024  # bytes of an event
_BOM = "\ufeff"


def contents_of(event: HookEvent, disk: bytes | None) -> list[tuple[bytes, str]]:
    """Return contents of a file that a write tells of, with their writers: before, after, and as it is now.

    Args:
        event: The write, which took place.
        disk: The content now, which may be of a later write; None if it is not known.
    """
    like = disk or b""
    before, after = (_encoded(text, like) for text in (event.text_before(), event.text_after()))
    found = [] if before is None else [(before, BEFORE)]
    if after is not None:
        found.append((after, CLIENT))
    if disk is not None and disk != after:
        found.append((disk, "" if after else CLIENT))
    return found


def seen_files(
    event: HookEvent, contents: Iterable[tuple[bytes, str]], place: tuple[str, str], time: float
) -> list[SeenFile]:
    """Return contents of a file that an event tells of as versions.

    Args:
        event: The event.
        contents: The contents, with their writers.
        place: Absolute paths of the store and of the file.
        time: Seconds since the epoch.
    """
    return [
        SeenFile(*place, content, None, actor, event.agent, time, event.thread)
        if actor == CLIENT
        else SeenFile(*place, content, None, actor, time=time)
        for content, actor in contents
    ]


def _encoded(text: str | None, like: bytes) -> bytes | None:
    """Return a text with the byte-order mark and line ends of another one, which the client drops."""
    if text is None:
        return None
    if b"\r\n" in like and "\r\n" not in text:
        text = text.replace("\n", "\r\n")
    if like.startswith(_BOM.encode()) and not text.startswith(_BOM):
        text = _BOM + text
    return text.encode(errors="replace")


def take_in(waiting: Path, history: History) -> int:
    """Record the writes that no daemon was told of, and remove their events; return how many there were.

    An event that cannot be read, or is about no memory file, is removed, too.

    Args:
        waiting: The directory of the events.
        history: Records them.

    Raises:
        OSError: If they cannot be recorded or removed.
    """
    if not waiting.is_dir():
        return 0
    with _only_one(waiting) as is_mine:
        events = sorted(_events(waiting)) if is_mine else []
        for nanoseconds, path in events:
            history.keep(_versions(path, nanoseconds / 1e9))
            path.unlink()
    return len(events)


@contextmanager
def _only_one(directory: Path) -> Iterator[bool]:
    """Yield whether no other process takes in the same events."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield private.lock(descriptor)
    finally:
        os.close(descriptor)


def _events(waiting: Path) -> Iterator[tuple[int, Path]]:
    for path in waiting.iterdir():
        if match := _EVENT.fullmatch(path.name):
            yield int(match[1]), path


def _versions(path: Path, time: float) -> Iterable[SeenFile]:
    """Return the versions of one event; its time is in seconds since the epoch."""
    raw = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    event = read_event(raw)
    store = guessed_store(event.path) if event and event.path.startswith("/") else None
    if event is None or store is None or not store.profile.owns(event.path[len(store.root) + 1 :]):
        return []
    return seen_files(event, contents_of(event, None), (store.root, event.path), time)
