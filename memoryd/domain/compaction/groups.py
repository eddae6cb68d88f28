"""Grouping the oldest entries of an index file into files of their own."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator

from memoryd.domain.compaction.ages import Born, age_key
from memoryd.domain.compaction.moves import Move, Moved, is_whole, topic_path
from memoryd.domain.limits.budget import Budget
from memoryd.domain.links.names import Names, Reach
from memoryd.domain.links.pointers import leads
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Entry
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.markdown.plain_text import first_line, title_source
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import Style, style_of

_FEWEST = 3  # a file for fewer entries saves nothing
_MANY = 50  # more entries than this are split by the prefix of their file names
_TITLED = 4  # entries named in the hook of a group


def candidates(snapshot: Snapshot, budget: Budget, times: Born) -> Callable[[int], Moved]:
    """Plan the move of the oldest entries; the function takes how many, -1 for all.

    Entries below a heading go to a file of that name; links without headings are grouped by the
    type of their topic, then by the common prefix of file names; other notes stay together.
    """
    index = budget.index
    movable = sorted(_movable(snapshot, index), key=lambda entry: age_key(index, times, entry.span))
    keys = _keys(snapshot, index, movable)
    sizes = Counter(keys)
    oldest = [(entry, key) for entry, key in zip(movable, keys, strict=True) if sizes[key] >= _FEWEST]
    style = style_of(snapshot)

    def plan(count: int) -> Moved:
        groups: dict[str, list[Entry]] = {}
        chosen = oldest if count < 0 else oldest[:count]
        for entry, key in sorted(chosen, key=lambda each: each[0].span):
            groups.setdefault(key, []).append(entry)
        moves = (
            _move(snapshot, index, title, entries, style)
            for title, entries in groups.items()
            if len(entries) >= _FEWEST
        )
        return Moved(tuple(moves), len(oldest))

    return plan


def _movable(snapshot: Snapshot, index: Document) -> Iterator[Entry]:
    """Entries that may move."""
    names = Names(snapshot)
    pins = pinned(index)
    for number, entry in enumerate(index.entries):
        text = index.slice(entry.span).rstrip()
        introduces = entry.kind is BlockKind.PARAGRAPH and (number == 0 or text.endswith(":"))
        if (
            introduces
            or entry.kind is BlockKind.FOOTNOTE
            or touches(entry.span, pins)
            or not is_whole(index, entry.span)
            or _leads_to_group(snapshot, index, entry, names)
        ):
            continue
        yield entry


def _leads_to_group(snapshot: Snapshot, index: Document, entry: Entry, names: Names) -> bool:
    """Whether an entry points at a file that itself holds mostly pointers."""
    for path, how in names.led_to(index, entry.span):
        topic = snapshot.documents[path]
        if how is Reach.LINK and path != index.path and len(topic.entries) >= _FEWEST:
            pointers = sum(leads(topic, each, names) for each in topic.entries)
            if pointers * 3 >= len(topic.entries) * 2:
                return True
    return False


def _keys(snapshot: Snapshot, index: Document, entries: list[Entry]) -> list[str]:
    """The title of the group that each entry belongs to."""
    names = Names(snapshot)
    if len(index.headings) > 1:
        return [_heading_above(index, entry) for entry in entries]
    topics = [_topic_of(snapshot, index, entry, names) for entry in entries]
    kinds = [topic.front_matter.type if topic and topic.front_matter else "" for topic in topics]
    prefixes = [_prefix(topic) for topic in topics]
    common = Counter(prefixes)
    by_kind = Counter(kinds)
    titles = []
    for topic, kind, prefix in zip(topics, kinds, prefixes, strict=True):
        shared = prefix if common[prefix] >= _FEWEST and prefix != kind else ""
        if topic is None:
            titles.append("Earlier notes")
        elif kind and by_kind[kind] > _MANY and shared:
            titles.append(f"{kind.capitalize()} notes: {shared}")
        else:
            titles.append(f"{(kind or shared or 'earlier').capitalize()} notes")
    return titles


def _prefix(topic: Document | None) -> str:
    """First word of a topic's file name, the second where the first is its type."""
    if topic is None:
        return ""
    words = topic.stem.replace("_", "-").casefold().split("-")
    kind = topic.front_matter.type if topic.front_matter else ""
    return words[1] if len(words) > 1 and words[0] == kind else words[0]


def _heading_above(index: Document, entry: Entry) -> str:
    below = bisect_left(index.headings, entry.span.start, key=lambda heading: heading.span.start)
    if not below:
        return "Earlier notes"
    heading = index.headings[below - 1]
    return title_source(index, heading.span, heading.text)


def _topic_of(snapshot: Snapshot, index: Document, entry: Entry, names: Names) -> Document | None:
    """The topic file that an entry points at first."""
    if entry.kind is not BlockKind.LIST:
        return None
    return next(
        (snapshot.documents[path] for path, _ in names.led_to(index, entry.span) if path != index.path), None
    )


def _move(snapshot: Snapshot, index: Document, title: str, entries: list[Entry], style: Style) -> Move:
    firsts = [first_line(index, entry.span) for entry in entries[:_TITLED]]
    names = [first.partition(f" {style.dash} ")[0] for first in firsts]
    hook = "older entries: " + ", ".join([*names, "…"] if len(entries) > _TITLED else names)
    return Move(
        spans=tuple(entry.span for entry in entries),
        path=topic_path(title, snapshot, style),
        title=title,
        hook=hook,
        level=0,
    )
