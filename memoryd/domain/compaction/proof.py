"""Proof that a compaction loses nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.draft import Draft, draft_of, with_files
from memoryd.domain.compaction.parts.atoms import Atom
from memoryd.domain.compaction.prepare import prepared
from memoryd.domain.compaction.ranking import Rank, ranked
from memoryd.domain.compaction.tidy import (
    line_counts,
    lines_of,
    link_counts,
    link_counts_in,
    repeated_lines,
    repeated_links,
)
from memoryd.domain.compaction.topics.arrange import arranged
from memoryd.domain.compaction.topics.themes import themes_of
from memoryd.domain.edits.plan import FileChange, Proof, digest
from memoryd.domain.history.past import UNKNOWN, Past
from memoryd.domain.limits.budget import band, used
from memoryd.domain.links.names import reachable
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import regex

_T = TypeVar("_T")

_COMMENT = regex(rb"(?s:\s*<!--.*?-->)[^\n]*\n")
_LAST = (True, float("inf"))  # what entries are sorted by that may not move


def prove(
    before: Snapshot, changes: tuple[FileChange, ...], past: Past, *, whole_blocks: bool = False
) -> Proof:
    """Show that changes to a store lose nothing and keep what is needed, from the bytes alone.

    Every non-blank line is still there (a heading may change its level), as often as before unless its
    topic file had it already; every link leads where it led; every topic file reachable from the index
    file still is, and so is every new one; the index file is loaded whole; the newest entries are in
    view; nothing that left is newer than what stayed in its class; and no more left than had to.

    Raises:
        CannotCompactError: Naming what does not hold.
    """
    prefix = before.store.root + "/"
    if any(change.after is None or not change.path.startswith(prefix) for change in changes):
        raise CannotCompactError("the plan deletes a file or leaves the store")
    files = {change.path.removeprefix(prefix): change.after or b"" for change in changes}
    if not all(before.store.profile.owns(path) for path in files):
        raise CannotCompactError("its harness has no topic files that text could move to")
    after = with_files(before, files)
    total = _prove_lossless(before, after)
    draft, result = prepared(before, past, whole_blocks=whole_blocks), draft_of(after, past)
    if draft is None or result is None or result.budget.is_over:
        raise CannotCompactError("the result would still be over the limit")
    _prove_choice(draft, result)
    return Proof(digest(changes), total)


def _prove_lossless(before: Snapshot, after: Snapshot) -> int:
    """Prove that every line, link and topic file is where an agent finds it; return how many lines."""
    had, has = line_counts(before), line_counts(after)
    standing = Counter(_standing(before)).items()
    spare = repeated_lines(before)
    for text, times in standing:
        _add(spare, lines_of(text), times)
    missing = had - spare - has
    missing.update(dict.fromkeys(had.keys() - has.keys(), 1))
    if missing:
        raise CannotCompactError(f"the plan would lose {missing.total()} lines")
    links = link_counts(before)
    spare_links = repeated_links(before)
    for text, times in standing:
        _add(spare_links, link_counts_in(before, text), times)
    now = link_counts(after)
    astray = links - spare_links - now
    if astray or links.keys() - now.keys():
        raise CannotCompactError(f"the plan would lead {max(astray.total(), 1)} links astray")
    reached = reachable(after).keys()
    if not reachable(before).keys() | (after.documents.keys() - before.documents.keys()) <= reached:
        raise CannotCompactError("the plan would leave a topic file that the index file does not lead to")
    return had.total()


def _add(counts: Counter[_T], more: Counter[_T], times: int) -> None:
    for each, count in more.items():
        counts[each] += count * times


def _standing(before: Snapshot) -> list[bytes]:
    """Return the entries and headings of the index file that a topic file has already, line for line."""
    draft = draft_of(before, UNKNOWN)
    if draft is None:
        return []
    if not before.topics:
        return []
    topics = _TopicLines(before.topics)
    blocks = [draft.lines.raw(atom.first, atom.end) for atom in draft.atoms]
    blocks += [draft.lines.raw(line, line + 1) for line in _furniture(draft)]
    found = []
    for block in blocks:
        text = block.replace(b"\r\n", b"\n").strip(b"\n")
        if topics.have(text):
            found.append(text)
    return found


class _TopicLines:
    """The lines of topic files, by which a block is looked up without a search of every file."""

    def __init__(self, topics: Iterable[Document]) -> None:
        self._texts: list[list[bytes]] = []
        self._places: dict[bytes, list[tuple[int, int]]] = {}  # of each line: its topic, and its number
        self._bare: set[bytes] = set()
        for number, topic in enumerate(topics):
            text = topic.raw.replace(b"\r\n", b"\n").rstrip(b"\n")
            self._bare.update(lines_of(text))
            self._texts.append(text.split(b"\n"))
            for at, line in enumerate(self._texts[-1]):
                self._places.setdefault(line, []).append((number, at))

    def have(self, text: bytes) -> bool:
        """Return whether a topic file has some lines in a row, or a single one as a heading of any level."""
        lines = text.split(b"\n")
        places = [self._places.get(line, []) for line in lines]
        rarest = min(range(len(lines)), key=lambda at: len(places[at]))
        return any(
            at >= rarest and self._texts[number][at - rarest : at - rarest + len(lines)] == lines
            for number, at in places[rarest]
        ) or (len(lines) == 1 and any(line in self._bare for line in lines_of(text)))


def _furniture(draft: Draft) -> Iterator[int]:
    """Yield the lines of the index file that belong to no entry."""
    inside = {line for atom in draft.atoms for line in range(atom.first, atom.end)}
    return (line for line in range(len(draft.lines)) if line not in inside and not draft.lines.is_blank(line))


def _prove_choice(draft: Draft, result: Draft) -> None:
    """Prove that what stayed is what is needed, and that no more left than had to."""
    least, most = band(draft.budget.profile)
    ranks = {rank.atom: rank for rank in ranked(draft, most)}
    left = set(_left(draft, result, ranks))
    hidden = sum(atom in ranks and ranks[atom].is_fresh for atom in left)
    if hidden and any(not rank.is_fresh for atom, rank in ranks.items() if atom not in left):
        raise CannotCompactError(f"the plan would hide {hidden} of the newest entries")
    _prove_order(ranks, left)
    if left and result.budget.used < least:
        last = max((ranks[atom] for atom in left if atom in ranks), key=lambda rank: rank.key, default=None)
        without = [atom for atom in left if last is None or atom != last.atom]
        if last and _would_fit(draft, without, most):
            raise CannotCompactError("the plan would unload more than is needed")


def _left(draft: Draft, result: Draft, ranks: dict[Atom, Rank]) -> Iterator[Atom]:
    """Yield the entries of a draft that are no longer in the index file.

    Of entries with the same text, those of the lowest rank have left. Headings with the same text do not
    count, nor does an entry that holds the same lines among others, unless entries run together.
    """
    standing = Counter(_key(result, atom) for atom in result.atoms)
    missing: list[Atom] = []
    for atom in sorted(
        draft.atoms, key=lambda each: ranks[each].key if each in ranks else _LAST, reverse=True
    ):
        key = _key(draft, atom)
        if standing[key]:
            standing[key] -= 1
        else:
            missing.append(atom)
    has = Counter[bytes]()
    for key, times in standing.items():
        _add(has, Counter(dict(key)), times)
    for atom in missing:
        lines = _lines(draft, atom)
        if all(has[line] >= count for line, count in lines.items()):  # `<=` would look at all of `has`
            has.subtract(lines)
        else:
            yield atom


def _key(draft: Draft, atom: Atom) -> frozenset[tuple[bytes, int]]:
    """Return what entries with the same lines share."""
    return frozenset(_lines(draft, atom).items())


def _lines(draft: Draft, atom: Atom) -> Counter[bytes]:
    """Return the lines of an entry, without comments above it: at the start of a section they stay."""
    raw, start = draft.lines.raw(atom.first, atom.end), 0
    while comment := _COMMENT.match(raw, start):
        start = comment.end()
    return lines_of(raw[start:])


def _prove_order(ranks: dict[Atom, Rank], left: set[Atom]) -> None:
    oldest_kept: dict[tuple[object, ...], int] = {}
    for atom, rank in ranks.items():
        if atom not in left:
            key = (rank.is_fresh, *rank.kind)
            oldest_kept[key] = min(oldest_kept.get(key, rank.newness), rank.newness)
    for atom in left:
        kept = ranks.get(atom)
        if kept and kept.newness > oldest_kept.get((kept.is_fresh, *kept.kind), kept.newness):
            raise CannotCompactError("the plan would hide an entry that is newer than one that stays")


def _would_fit(draft: Draft, leaving: list[Atom], most: float) -> bool:
    """Return whether the index file would be small enough if only these entries had left."""
    files = arranged(draft, themes_of(draft, leaving)) if leaving else {}
    return used(files.get(draft.index.path, draft.index.raw), draft.budget.profile) <= most
