"""Removed lines that are back, in events."""

from collections.abc import Iterable

from memoryd.adapters.history import History
from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.returned import ReturnedLines, returned_lines
from memoryd.domain.history.versions import Event
from memoryd.errors import MemorydError


def returned_in(history: History, events: Iterable[Event]) -> dict[int, ReturnedLines]:
    """Return what the versions of events bring back, by id of the version; damaged files are left out.

    Args:
        history: The history.
        events: The events.
    """
    wanted: dict[tuple[str, str], set[int]] = {}
    for event in events:
        for step in event.steps:
            wanted.setdefault((step.after.root, step.after.path), set()).add(step.after.id)
    read = LineReader(lambda version: history.content(version.digest))
    records = {root: history.record(root) for root in {root for root, _ in wanted}}
    found: dict[int, ReturnedLines] = {}
    for (root, path), new in sorted(wanted.items()):
        versions = [version for version in records[root] if version.path == path]
        try:
            found |= {each.version.id: each for each in returned_lines(versions, read, new)}
        except MemorydError:  # `history verify` reports it
            continue
    return found
