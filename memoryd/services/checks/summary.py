"""Summary of one store, as values that can be kept."""

from collections.abc import Mapping
from typing import Any

from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class UnseenLine:
    """An entry of an index file that the agent does not see: its line, from 1, and its text."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class IndexFill:
    """Fill of an index file.

    Attributes:
        lines: The lines that are counted.
        units: The size that is counted, in the unit of the profile.
        used: The highest fraction of all limits.
        is_over: The agent sees only a part of it.
        cut_line: The first line, from 1, that is not loaded completely; None if all is loaded.
        unseen: The entries that the agent does not see.
    """

    lines: int
    units: int
    used: float
    is_over: bool
    cut_line: int | None
    unseen: tuple[UnseenLine, ...]


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """Summary of a store, without its findings.

    Attributes:
        files: The files that were read.
        links: Number of links in them.
        unread: The files that could not be read.
        fill: Its index file against the limits; None if there is none.
        unseen_topics: Topic files that are linked only from the cut part of the index file.
        reach: How the agent reaches each topic file; None if it does not.
    """

    files: tuple[str, ...]
    links: int
    unread: tuple[UnreadFile, ...]
    fill: IndexFill | None
    unseen_topics: tuple[str, ...]
    reach: Mapping[str, str | None]


def pack_summary(summary: StoreSummary) -> list[object]:
    """Return a summary as a JSON value."""
    fill = summary.fill
    filled = fill and [
        *(fill.lines, fill.units, fill.used, fill.is_over, fill.cut_line),
        [(each.line, each.text) for each in fill.unseen],
    ]
    unread = [(each.path, each.reason, each.escapes) for each in summary.unread]
    return [summary.files, summary.links, unread, filled, summary.unseen_topics, summary.reach]


def unpack_summary(packed: Any) -> StoreSummary:  # noqa: ANN401  # JSON
    """Return the summary of a JSON value."""
    files, links, unread, filled, topics, reach = packed
    fill = None
    if filled:
        lines, units, used, is_over, cut_line, unseen = filled
        hidden = tuple(UnseenLine(*each) for each in unseen) if unseen else ()
        fill = IndexFill(lines, units, used, is_over, cut_line, hidden)
    failed = tuple(UnreadFile(*each) for each in unread) if unread else ()
    return StoreSummary(tuple(files), links, failed, fill, tuple(topics), reach)
