"""Removal of passages that others repeat."""

import posixpath
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from memoryd.domain.checks.suppressions import suppressions_of
from memoryd.domain.duplicates.passages import OPENS, Note
from memoryd.domain.duplicates.spelling import comments_of
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.removal.remove import Removal, remove
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import dataclass

_SINGLE = 50  # passages per store with a fix of their own: each change has the whole file
_BEFORE = frozenset({BlockKind.CODE, BlockKind.TABLE, BlockKind.QUOTE})
_BEHIND = frozenset({*_BEFORE, BlockKind.LIST})


@dataclass(frozen=True, slots=True)
class RepeatedNote:
    """A passage that may be removed, and the one that repeats all of it."""

    gone: Note
    kept: Note


@dataclass(frozen=True, slots=True)
class NoteRemoval:
    """A change that removes passages, and their number."""

    change: FileChange
    count: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A section or a list of a document, by its position."""

    number: int
    is_section: bool


def without(snapshot: Snapshot, repeated: Iterable[RepeatedNote]) -> Mapping[Note, NoteRemoval]:
    """Return the changes that remove passages, by passage, without those that would lose more.

    These stay: pinned passages, steps of numbered lists, text about the code or table beside it, passages
    with comments, or with links that would mean something else in the other file, half of a section or of
    an introduced list that the other one is not in, all content of a file, and the only way to a topic.
    Many passages are removed by one change per file.
    """
    going = _going(snapshot, repeated)
    if len(going) <= _SINGLE:
        return {gone: found for gone in going if (found := _alone(snapshot, gone))}
    return _together(snapshot, going)


def without_groups(
    snapshot: Snapshot, groups: Sequence[Sequence[RepeatedNote]]
) -> tuple[tuple[NoteRemoval, ...], ...]:
    """Return, for each group of passages, the changes that remove all of it that `without` would remove."""
    going = _going(snapshot, (each for group in groups for each in group))
    allowed = frozenset(going)
    if len(groups) > _SINGLE:
        found = _together(snapshot, going)
        return tuple(_removals(group, found) for group in groups)
    return tuple(
        _removals(group, _together(snapshot, [each.gone for each in group if each.gone in allowed]))
        for group in groups
    )


def group_fixes(
    snapshot: Snapshot, groups: Sequence[Sequence[RepeatedNote]], safety: Applicability
) -> Iterator[Fix | None]:
    """Yield the fix of each group of passages; groups removed by one change share a fix."""
    shared: dict[tuple[FileChange, ...], Fix] = {}
    for group, removals in zip(groups, without_groups(snapshot, groups), strict=True):
        changes = tuple(each.change for each in removals)
        count = sum(each.count for each in removals)
        title = f"remove {count:,} lines that repeat others"
        if group and count == 1:
            gone = group[0].gone
            start = gone.span.start + len(gone.text[: len(gone.text) - len(gone.text.lstrip())].encode())
            title = f"remove line {gone.document.position(start).line}, which repeats another"
        yield shared.setdefault(changes, Fix(title, safety, changes)) if changes else None


def _removals(group: Sequence[RepeatedNote], found: Mapping[Note, NoteRemoval]) -> tuple[NoteRemoval, ...]:
    return tuple(dict.fromkeys(found[each.gone] for each in group if each.gone in found))


def _going(snapshot: Snapshot, repeated: Iterable[RepeatedNote]) -> list[Note]:
    """Return the passages that may be removed together."""
    if not snapshot.store.profile.rewrites:
        return []
    by_document: dict[Document, dict[Note, Note]] = {}
    for each in repeated:
        if _may_be_removed(each.gone, each.kept):
            by_document.setdefault(each.gone.document, {}).setdefault(each.gone, each.kept)
    return [gone for document, kept in by_document.items() for gone in _parted(document, kept)]


def _together(snapshot: Snapshot, going: list[Note]) -> Mapping[Note, NoteRemoval]:
    found: dict[Note, NoteRemoval] = {}
    for document in dict.fromkeys(passage.document for passage in going):
        silenced = {line for comment in suppressions_of(document) for line in comment.lines}
        loud = [
            each
            for each in going
            if each.document is document
            and (not silenced or document.position(each.span.start).line not in silenced)
        ]
        removals = [_removal(each) for each in loud]
        removed = remove(snapshot, removals)
        gone = loud
        if removed.kept:
            gone = [each for each, own in zip(loud, removals, strict=True) if own not in removed.kept]
        if len(removed.changes) == 1:
            found |= dict.fromkeys(gone, NoteRemoval(removed.changes[0], len(gone)))
    return found


def _alone(snapshot: Snapshot, gone: Note) -> NoteRemoval | None:
    changes = remove(snapshot, [_removal(gone)]).changes
    return NoteRemoval(changes[0], 1) if len(changes) == 1 else None


def _removal(passage: Note) -> Removal:
    return Removal(passage.document.path, passage.span)


def _may_be_removed(gone: Note, kept: Note) -> bool:
    if gone.is_step or _is_about_neighbours(gone):
        return False
    if any(comment not in kept.text for comment in comments_of(gone.text)):
        return False
    elsewhere = posixpath.dirname(gone.document.path) != posixpath.dirname(kept.document.path)
    return not (elsewhere and _has_links(gone))


def _has_links(passage: Note) -> bool:
    for links in (passage.document.links, passage.document.wiki_links):
        spans: list[Span] = [link.span for link in links]
        at = bisect_left(spans, Span(passage.span.start, 0))
        if at < len(spans) and spans[at].start < passage.span.end:
            return True
    return False


def _is_about_neighbours(passage: Note) -> bool:
    """Return whether a text is beside code, a table or a list, which it may introduce or explain."""
    if passage.block >= 0:
        return False
    blocks = passage.document.blocks
    at = bisect_left(blocks, passage.span.start, key=lambda block: block.span.start)
    before, behind = blocks[max(at - 1, 0) : at], blocks[at + 1 : at + 2]
    return any(block.kind in _BEFORE for block in before) or any(block.kind in _BEHIND for block in behind)


def _parted(document: Document, going: Mapping[Note, Note]) -> list[Note]:
    """Return the passages of a document that may be removed together."""
    if len(going) >= len(document.entries):
        return []
    held = Counter(place for entry in document.entries for place in _places(document, entry.span.start))
    apart = {
        gone: [
            place
            for place in _places(document, gone.span.start)
            if not (place.is_section and gone.heading in {(), kept.heading})
        ]
        for gone, kept in going.items()
        if (gone.path, gone.section, gone.block) != (kept.path, kept.section, kept.block)
    }
    taken = Counter(place for places in apart.values() for place in places)
    return [gone for gone in going if all(taken[place] * 2 < held[place] for place in apart.get(gone, ()))]


def _places(document: Document, offset: int) -> Iterator[_Place]:
    """Yield the contexts of an offset: its section, and its list if a line introduces that."""
    heading = document.heading_above(offset)
    yield _Place(heading.span.start if heading else -1, is_section=True)
    blocks = document.blocks
    at = bisect_right(blocks, offset, key=lambda block: block.span.start) - 1
    opening, block = blocks[max(at - 1, 0)], blocks[at]
    if (opening.kind, block.kind) == (BlockKind.PARAGRAPH, BlockKind.LIST) and document.slice(
        opening.span
    ).rstrip().endswith(OPENS):
        yield _Place(at, is_section=False)
