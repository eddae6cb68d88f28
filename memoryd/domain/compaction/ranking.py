"""The order in which entries leave an index file."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from memoryd.domain.compaction.draft import Draft, shares_of
from memoryd.domain.compaction.long_entries import LONG
from memoryd.domain.compaction.parts.atoms import Atom, Node
from memoryd.domain.compaction.parts.identifiers import identifiers
from memoryd.domain.compaction.parts.status_words import Status, status_of_entry, status_of_heading
from memoryd.domain.dates.written import dates_in
from memoryd.domain.history.past import section_key
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import keep_last
from memoryd.values import dataclass, regex

FRESH = 40
"""Entries that stay whatever else is said of them: the newest, as long as they take half the room at most."""
_FRESH_SHARE = 0.5
_STEPS = 4  # of volatility: quarters of the file
_RARE = 2  # entries that hold an identifier which is rare
_NAMED = 0.5  # weight of an entry with a rare identifier; the most volatile quarter of the file has 1
_NEWNESS = 0.5  # weight of the newest entry; the oldest has 0
_MANY_POINTERS = 20  # from here on a list of pointers is worth a file of its own
_BEGINS_WITH_LINK = regex(r"(?:[-*+]|\d+[.)])\s+[^\w\[]{0,6}\[")
_STATUS = {Status.OVER: -0.5, Status.NONE: 0.0, Status.CURRENT: 2.0}
_DATE_WITHIN = 40  # bytes at the start of an entry


class Kind(NamedTuple):
    """The class of an entry: of two entries of one class, the older leaves first."""

    status: Status
    volatility: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class Rank:
    """The rank of an entry among those of its file.

    Attributes:
        atom: The entry.
        kind: Its class.
        newness: 0 for the oldest of the file, counted up to the newest.
        is_fresh: It is one of the newest, which stay in any case.
        score: Of those that are not fresh, the one with the smallest leaves first.
    """

    atom: Atom
    kind: Kind
    newness: int
    is_fresh: bool
    score: float

    @property
    def key(self) -> tuple[bool, float]:
        """The sort key of entries."""
        return self.is_fresh, self.score


@keep_last(4)  # the plan and its proof ask for the same ones
def ranked(draft: Draft, room: float) -> tuple[Rank, ...]:
    """Return the entries that may move, the first to leave first.

    What counts, measured over real histories: the newest stay; what says that it is over leaves before
    everything else, what says that it is current after everything else; between them sections that
    change often stay, and so do entries with a rare identifier and recent ones.

    Args:
        draft: The store.
        room: The share of the limit that is to be filled.
    """
    movable = [atom for atom in draft.atoms if draft.can_move(atom) and not _is_signpost(draft, atom)]
    if not movable:
        return ()
    newest = newest_last(draft)
    newness = {atom: number for number, atom in enumerate(newest)}
    fresh = fresh_of(draft, newest, room)
    statuses = _statuses(draft)
    volatility = _volatility(draft)
    named = _named(draft)
    last = max(len(newest) - 1, 1)
    ranks = []
    for atom in movable:
        kind = Kind(statuses[atom], volatility[atom], atom in named)
        score = (
            _STATUS[kind.status]
            + kind.volatility / (_STEPS - 1)
            + _NAMED * kind.is_named
            + _NEWNESS * newness[atom] / last
        )
        ranks.append(Rank(atom, kind, newness[atom], atom in fresh, score))
    return tuple(sorted(ranks, key=lambda rank: rank.key))


def _is_signpost(draft: Draft, atom: Atom) -> bool:
    """Return whether an entry is a short pointer in a file with few: another line would replace it."""
    if atom not in draft.pointers or len(draft.pointers) >= _MANY_POINTERS:
        return False
    text = draft.text(atom).strip()
    return len(text) <= LONG and bool(_BEGINS_WITH_LINK.match(text))


def fresh_of(draft: Draft, newest: Sequence[Atom], room: float) -> frozenset[Atom]:
    """Return the newest entries that stay in any case."""
    found: list[Atom] = []
    taken, shares = 0.0, shares_of(draft)
    for atom in reversed(newest):
        taken += shares[atom]
        if len(found) == FRESH or taken > room * _FRESH_SHARE:
            break
        found.append(atom)
    return frozenset(found)


def newest_last(draft: Draft) -> tuple[Atom, ...]:
    """Return all entries from old to new: by their past, else by dates, else by where they are."""
    slots = list(_by_place(draft))
    days = {atom: day for atom in slots if (day := _day(draft, atom)) is not None}
    dated = iter(sorted((atom for atom in slots if atom in days), key=lambda atom: days[atom]))
    slots = [next(dated) if atom in days else atom for atom in slots]
    return tuple(sorted(slots, key=lambda atom: _born(draft, atom)))


def _born(draft: Draft, atom: Atom) -> float:
    """Return when an entry was last written: as old as its newest line."""
    born = draft.past.born
    if not born:
        return 0.0
    lines = (line.strip() for line in draft.lines.raw(atom.first, atom.end).split(b"\n"))
    return max((born.get(line, float("inf")) for line in lines if line), default=0.0)


def _by_place(draft: Draft) -> Iterator[Atom]:
    """Yield the entries from the old end of the file to the new one."""
    sections, entries = _directions(draft)

    def walk(section: Node) -> Iterator[Atom]:
        inner = [part for part in section.parts if isinstance(part, Node) and part.has_heading]
        own = [part for part in section.parts if not (isinstance(part, Node) and part.has_heading)]
        for each in own if entries >= 0 else reversed(own):
            if isinstance(each, Atom):
                yield each
            else:
                yield from walk(each)
        for part in inner if sections >= 0 else reversed(inner):
            yield from walk(part)

    return walk(draft.root)


def _directions(draft: Draft) -> tuple[int, int]:
    """Return which way sections and entries run: negative where the newest is first."""
    sections = entries = 0
    for section in draft.root.sections():
        days = [
            day for part in section.parts if isinstance(part, Node) and (day := _heading_day(draft, part))
        ]
        sections += _votes(days)
        own = [part for part in section.parts if isinstance(part, Atom)]
        entries += _votes([day for part in own if (day := _own_day(draft, part))])
        entries += _votes([_born(draft, part) for part in own])
    return sections, entries


def _votes(values: Sequence[date] | Sequence[float]) -> int:
    """Return how many neighbours go up, less those that go down."""
    return sum(
        (after > before) - (after < before)  # type: ignore[operator]  # all of one kind
        for before, after in pairwise(values)
    )


def _day(draft: Draft, atom: Atom) -> date | None:
    """Return the date of an entry: its own, else that of the heading it is below."""
    if own := _own_day(draft, atom):
        return own
    section: Node | None = draft.headings[atom]
    while section is not None:
        if day := _heading_day(draft, section):
            return day
        section = section.above
    return None


def _own_day(draft: Draft, atom: Atom) -> date | None:
    start = draft.lines.offset(atom.first)
    end = min(draft.lines.offset(atom.end), start + _DATE_WITHIN)
    return next((found.day for found in dates_in(draft.index.source, Span(start, end))), None)


def _heading_day(draft: Draft, section: Node) -> date | None:
    """Return the newest date in a heading."""
    if not section.level:
        return None
    span = Span(draft.lines.offset(section.first), draft.lines.offset(section.body))
    return max((found.day for found in dates_in(draft.index.source, span)), default=None)


def _statuses(draft: Draft) -> dict[Atom, Status]:
    """Return the status of every entry: its own, else that of the nearest heading that has one."""
    found: dict[Atom, Status] = {}

    def walk(section: Node, status: Status) -> None:
        own = status_of_heading(section.title) if section.level else Status.NONE
        status = own or status
        for part in section.parts:
            if isinstance(part, Node):
                walk(part, status)
            else:
                found[part] = status_of_entry(draft.text(part)) or status

    walk(draft.root, Status.NONE)
    return found


def _volatility(draft: Draft) -> dict[Atom, int]:
    """Return for every entry in which quarter of the file its section is, by how often sections change."""
    changes = {
        atom: draft.past.changes.get(section_key(draft.headings[atom].title), 0.0) for atom in draft.atoms
    }
    ordered = sorted(changes.values())
    count = len(ordered)
    return {
        atom: min(
            int((bisect_left(ordered, each) + bisect_right(ordered, each)) / 2 / count * _STEPS), _STEPS - 1
        )
        for atom, each in changes.items()
    }


def _named(draft: Draft) -> frozenset[Atom]:
    """Return the entries with an identifier that few others have."""
    held = {atom: identifiers(draft.text(atom)) for atom in draft.atoms}
    counts = Counter(word for words in held.values() for word in words)
    return frozenset(atom for atom, words in held.items() if any(counts[word] <= _RARE for word in words))
