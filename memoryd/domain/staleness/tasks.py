"""Finished tasks (P003)."""

import re
from collections.abc import Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import Item, outline
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.outdated import OutdatedMemory, asks_for, types_of, without_line_end
from memoryd.domain.stores.snapshot import Snapshot

_OPEN = re.compile(rb"(?m)^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[ \]")
_DONE = r"DONE|ERLEDIGT|FERTIG|HECHO|TERMIN[ÉE]E?|FEITO|完了|已完成|완료"
_BEGINS_DONE = re.compile(rf"(?:✅|☑️?|✔️?)?\s*[*_\[(]*(?:{_DONE})\b[*_\])]*\s*(?:[:：.!—–-]|$)".encode())
_ENDS_DONE = re.compile(
    rf"(?:[:：—–(\[]|->|→| -)\s*[*_`]*(?:✅\s*)?(?:{_DONE})(?!\w)[*_`)\]\s.!]*\Z".encode()
)
_STRUCK = re.compile(
    rb"~~(?P<text>(?:(?!~~)[^\n])+)~~[^\w\n]*(?:\((?:done|fixed|moved|obsolete)\)|done)?\W*\Z", re.IGNORECASE
)
_TASKS = re.compile(
    r"\b(?:to-?dos?|tasks?|next steps?|open (?:items|tasks|questions|points)|action items|pending|backlog"
    r"|in progress|aufgaben|offene punkte|nächste schritte|tareas|pendientes|tâches|à faire)\b|待办|タスク",
    re.IGNORECASE,
)


def finished(snapshot: Snapshot, types: frozenset[str]) -> Iterator[OutdatedMemory]:
    """Yield tasks that are done: ticked, struck through, or marked as done.

    Args:
        snapshot: The store.
        types: The requested types of memory.
    """
    for document in snapshot.documents.values():
        if not re.search(rf"\[[xX]\]|~~|{_DONE}".encode(), document.source[document.body :]):
            continue
        taken = 0
        for item in outline(document).items:
            said = _finished(document, item) if item.span.start >= taken else ""
            if said and asks_for(types, types_of(snapshot, document, item.span)):
                taken = item.span.end
                removal = Removal(document.path, item.span)
                yield OutdatedMemory(document, without_line_end(document, item.span), said, removal)


def _finished(document: Document, item: Item) -> str:
    source = document.source
    text = source[item.text : item.span.end]
    first = text.partition(b"\n")[0].strip()
    if not first or _OPEN.search(source, item.span.start, item.span.end):
        return ""
    if item.is_done:
        return "a task that is ticked off"
    if _STRUCK.fullmatch(text.strip()):
        return "struck through"
    is_marked = _BEGINS_DONE.match(first) or _ENDS_DONE.search(first)
    return "a task that is marked as done" if is_marked and _is_below_tasks(document, item) else ""


def _is_below_tasks(document: Document, item: Item) -> bool:
    """Return whether the nearest heading above announces tasks."""
    heading = document.heading_above(item.span.start)
    return heading is not None and bool(_TASKS.search(heading.text))
