"""Finished tasks (P003)."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from memoryd.domain.markdown.document import Document, kept
from memoryd.domain.markdown.items import Item, outline
from memoryd.domain.markdown.model import Span
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.outdated import OutdatedMemory, asks_for, types_of, without_line_end
from memoryd.domain.staleness.task_words import (
    BEGINS_DONE,
    CHECKED,
    DONE_ALONE,
    ENDS_DONE,
    EVENT,
    HINTS,
    IN_BRACKETS,
    NEGATIVE,
    STATES,
    TASKS,
)
from memoryd.domain.stores.filenames import is_snapshot
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import parts_in
from memoryd.values import regex

_OPEN = regex(rb"(?m)^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[ \]")
_STRUCK = regex(
    rb"~~(?P<text>(?:(?!~~)[^\n])+)~~[^\w\n]*(?:\((?:done|fixed|moved|obsolete)\)|done)?\W*\Z", re.IGNORECASE
)
_CHECKS = ("✅", "☑", "✔")
_CLOSED = regex(r"[)\]）】][\s.*_]*\Z")
_CODE = regex(r"`[^`]*`|\w*[_/]\w*")
_LONG = 120  # characters: a longer line with a check mark tells more than that a task is done


def finished(snapshot: Snapshot, types: frozenset[str]) -> Iterator[OutdatedMemory]:
    """Yield tasks that are done: ticked, struck through, or marked as done; not those of dated logs.

    Args:
        snapshot: The store.
        types: The requested types of memory.
    """
    for document in snapshot.documents.values():
        taken = 0
        for span, said in _done(document):
            if span.start >= taken and asks_for(types, types_of(snapshot, document, span)):
                taken = span.end
                yield OutdatedMemory(
                    document, without_line_end(document, span), said, Removal(document.path, span)
                )


def _unpacked(_: Document, packed: list[Any]) -> tuple[tuple[Span, str], ...]:
    return tuple((Span(*span), said) for span, said in packed)


@kept("finished tasks", list, _unpacked)
def _done(document: Document) -> tuple[tuple[Span, str], ...]:
    """Return the items that say that they are done, with how; none in a log of a day, which tells of it."""
    hints = () if is_snapshot(document.path) else parts_in(document.text, HINTS)
    if not hints:
        return ()
    said = ((item.span, _finished(document, item, hints)) for item in outline(document).items)
    return tuple((span, how) for span, how in said if how)


def _finished(document: Document, item: Item, hints: tuple[str, ...]) -> str:
    source = document.source
    text = source[item.text : item.span.end]
    first = text.partition(b"\n")[0].strip()
    if not first or _OPEN.search(source, item.span.start, item.span.end):
        return ""
    if item.is_done:
        return "a task that is ticked off"
    if _STRUCK.fullmatch(text.strip()):
        return "struck through"
    line = first.decode()
    if not any(map(line.lower().__contains__, hints)):
        return ""
    return "a task that is marked as done" if _is_marked(document, item, line) else ""


def _is_marked(document: Document, item: Item, line: str) -> bool:
    """Return whether the first line of an item says in words or with a mark that it is done."""
    heading = document.heading_above(item.span.start)
    above = heading.text if heading else ""
    if STATES.search(above):
        return False
    if BEGINS_DONE.match(line) or (_CLOSED.search(line) and IN_BRACKETS.fullmatch(line)):
        return True
    is_task = bool(TASKS.search(above))
    if is_task and (ENDS_DONE.search(line) or DONE_ALONE.match(line)):
        return True
    checked = CHECKED.fullmatch(line) if any(map(line.__contains__, _CHECKS)) else None
    if not checked or _is_beside_negatives(document, item):
        return False
    task = checked["task"] or checked["first"]
    return is_task or (len(task) <= _LONG and bool(EVENT.search(_CODE.sub(" ", task))))


def _is_beside_negatives(document: Document, item: Item) -> bool:
    """Return whether the list around an item has marks such as ❌, so that ✅ means “right”."""
    at = bisect_right(document.blocks, item.span.start, key=lambda block: block.span.start) - 1
    block = document.blocks[at].span if at >= 0 else item.span
    section = document.section_at(item.span.start)
    return bool(
        NEGATIVE.search(document.slice(block)) or (section and NEGATIVE.search(document.slice(section.span)))
    )
