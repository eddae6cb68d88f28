"""Over-long entries of an index file: the text goes to its topic file, a short hook stays."""

import re
from collections.abc import Callable

from memoryd.domain.compaction.moves import Move, Moved, first_of, is_whole, topic_path
from memoryd.domain.limits.budget import Budget
from memoryd.domain.links.names import Names
from memoryd.domain.links.pointers import leads
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Entry
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.markdown.plain_text import escaped, first_line, hook_of
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import style_of
from memoryd.domain.text.phrases import shorten

LONG = 200  # characters of an index entry; the harness itself asks for less, the format's advice is 150
_CLAUSE = re.compile(r"[.;:]\s| [—–-]+ ")
_TITLE = 60  # characters of a title made of an entry's first words


def candidates(snapshot: Snapshot, budget: Budget) -> Callable[[int], Moved]:
    """Plan the move of the longest entries; the function takes how many, -1 for all."""
    index = budget.index
    names = Names(snapshot)
    size = budget.profile.unit.size
    longest = sorted(long_entries(index), key=lambda entry: -size(index.slice(entry.span)))
    moves = [_move(snapshot, index, entry, names) for entry in longest]

    return first_of(moves)


def pointers(snapshot: Snapshot, budget: Budget) -> tuple[Move, ...]:
    """The moves of all over-long entries that point at topic files."""
    names = Names(snapshot)
    chosen = (entry for entry in long_entries(budget.index) if leads(budget.index, entry, names))
    return tuple(_move(snapshot, budget.index, entry, names) for entry in chosen)


def long_entries(index: Document) -> list[Entry]:
    """The over-long entries of an index file that may move."""
    pins = pinned(index)
    return [
        entry
        for entry in index.entries
        if len(index.slice(entry.span).strip()) > LONG
        and entry.kind is not BlockKind.FOOTNOTE
        and not touches(entry.span, pins)
        and is_whole(index, entry.span)
    ]


def _move(snapshot: Snapshot, index: Document, entry: Entry, names: Names) -> Move:
    """To the one topic file that an entry points at, else to a new one called by its first words."""
    found = dict.fromkeys(path for path, _ in names.led_to(index, entry.span) if path != index.path)
    clause = _CLAUSE.split(first_line(index, entry.span), maxsplit=1)[0]
    words = shorten(clause, _TITLE).rstrip("…")
    (path,) = found if len(found) == 1 else ("",)
    # In a topic file of another directory the entry's own links would lead elsewhere.
    if path and "/" not in path and snapshot.documents[path].undecodable is None:
        texts = (text for target, text in names.linked(index, entry.span) if target == path)
        title = escaped(next(texts, "")) or snapshot.documents[path].stem
    else:
        path = topic_path(words, snapshot, style_of(snapshot))
        title = words or "Note"
    return Move(spans=(entry.span,), path=path, title=title, hook=hook_of(index, entry.span), level=0)
