"""Removed lines that are back, in events."""

from collections.abc import Iterable

from memoryd.adapters.history import History
from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.returned import WALKED, ReturnedLines, returned_lines
from memoryd.domain.history.versions import Event
from memoryd.errors import MemorydError


def returned_in(history: History, events: Iterable[Event]) -> dict[int, ReturnedLines]:
    """Return what the versions of events bring back, by id of the version; damaged ones are left out.

    Args:
        history: The history.
        events: The events.
    """
    read = LineReader(lambda version: history.content(version.digest))
    lookup = history.lookup
    found: dict[int, ReturnedLines] = {}
    written = {step.after.id: step.after for event in events for step in event.steps if step.before}
    for after in sorted(written.values(), key=lambda each: (each.root, each.path, each.id)):
        before = lookup.newest(after.root, after.path, WALKED, below=after.id)
        try:
            back = returned_lines(before, after, read, lookup.was_there_before)
        except MemorydError:  # `history verify` reports it
            continue
        if back:
            found[after.id] = back
    return found
