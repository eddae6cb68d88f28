"""Bring an index file back under its limit without losing a line."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from memoryd.domain.compaction import groups, long_entries, sections
from memoryd.domain.compaction.ages import UNKNOWN, Born
from memoryd.domain.compaction.moves import Move, Moved, carry_out
from memoryd.domain.compaction.tidy import line_counts, link_counts, repeated_lines, repeated_links, tidied
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Proof, digest
from memoryd.domain.limits.budget import NEAR, TARGET, Budget, budget_of, used
from memoryd.domain.links.names import reachable
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted


class CannotCompactError(Exception):
    """The index file cannot be brought under its limit by the means there are; says why."""


def compact(snapshot: Snapshot, times: Born = UNKNOWN) -> Fix | None:
    """Plan the compaction of a store's index file.

    The means, in order, stopping at 70 % of the limit: runs of blank lines and repeated entries go;
    whole sections move, the biggest first; the oldest entries, grouped into files of their own; the
    text of over-long entries.

    Args:
        snapshot: The store.
        times: Ages of the lines of its index file: of equal parts, the older move first.

    Returns:
        None where the index file is not near its limit.

    Raises:
        CannotCompactError: Where it is over the limit and no means brings it under.
    """
    index = snapshot.index
    if index is None or _budget(snapshot).used < NEAR:
        return None
    if index.undecodable is not None:
        raise CannotCompactError(f"byte {index.undecodable} of its index file is not UTF-8")
    draft, moved = snapshot, list[Move]()
    while True:
        before = draft
        draft = _tidied(draft)
        for candidates in (
            partial(sections.candidates, times=times),
            partial(groups.candidates, times=times),
            long_entries.candidates,
        ):
            budget = _budget(draft)
            if budget.used > TARGET:
                draft, moves = _reduce(draft, candidates(draft, budget))
                moved += moves
        if draft is before or _budget(draft).used < NEAR:
            break  # what is left can do no more, or need not
    if _budget(draft).is_over:
        raise CannotCompactError(
            "nothing that may be moved makes it small enough: it is pinned, or one long entry"
        )
    changes = _changes(snapshot, draft)
    if not changes:
        return None
    return Fix(_title(moved), Applicability.SAFE, changes, prove(snapshot, changes, times))


def shorten(snapshot: Snapshot, moves: tuple[Move, ...]) -> Fix:
    """Plan to move the text of over-long index lines to the topic files that they point at."""
    draft = _with_files(snapshot, carry_out(snapshot, moves))
    title = (
        f"move the text of {counted(len(moves), 'long index line', 'long index lines')} to the topic files"
    )
    return Fix(title, Applicability.UNSAFE, _changes(snapshot, draft))


def _budget(snapshot: Snapshot) -> Budget:
    budget = budget_of(snapshot)
    if budget is None:
        raise CannotCompactError("the store has no index file")
    return budget


def _title(moves: list[Move]) -> str:
    files = len({move.path for move in moves})
    if not moves:
        return "remove blank lines and repeated entries"
    return f"move {counted(len(moves), 'part', 'parts')} to {counted(files, 'topic file', 'topic files')}"


def _reduce(draft: Snapshot, plan: Callable[[int], Moved]) -> tuple[Snapshot, tuple[Move, ...]]:
    """Carry out as few moves as reach the target, else as few as reach the limit, else as help at all."""
    index = _budget(draft).index
    profile = draft.store.profile

    def left(count: int) -> float:
        return used(carry_out(draft, plan(count).moves)[index.path], profile)

    available = plan(-1).available
    counts = range(available + 1)
    enough = (bisect_left(counts, -goal, key=lambda count: -left(count)) for goal in (TARGET, 1.0))
    count = next((count for count in enough if count <= available), available)
    if left(count) >= used(index.raw, profile):
        return draft, ()
    moves = plan(count).moves
    return _with_files(draft, carry_out(draft, moves)), moves


def _with_files(snapshot: Snapshot, files: Mapping[str, bytes]) -> Snapshot:
    documents = dict(snapshot.documents) | {path: parse(path, raw) for path, raw in files.items()}
    return replace(snapshot, documents=dict(sorted(documents.items())))


def _tidied(snapshot: Snapshot) -> Snapshot:
    index = _budget(snapshot).index
    raw = tidied(snapshot, index)
    return snapshot if raw == index.raw else _tidied(_with_files(snapshot, {index.path: raw}))


def _changes(before: Snapshot, after: Snapshot) -> tuple[FileChange, ...]:
    root = before.store.root
    return tuple(
        FileChange(
            root, f"{root}/{path}", old.raw if (old := before.documents.get(path)) else None, document.raw
        )
        for path, document in after.documents.items()
        if path not in before.documents or before.documents[path].raw != document.raw
    )


def prove(before: Snapshot, changes: tuple[FileChange, ...], times: Born = UNKNOWN) -> Proof:
    """Show that changes to a store lose nothing, from the bytes alone.

    Every non-blank line is still there as often as before (a heading may change its level), every link
    leads where it led, every topic file reachable from the index file still is and so is every new
    one, the index file is loaded whole, and compacting again changes nothing.

    Args:
        before: The store as it is.
        changes: What is to be done.
        times: Ages of the lines of its index file.

    Raises:
        CannotCompactError: Naming what does not hold.
    """
    prefix = before.store.root + "/"
    if any(change.after is None or not change.path.startswith(prefix) for change in changes):
        raise CannotCompactError("the plan deletes a file or leaves the store")
    after = _with_files(before, {change.path.removeprefix(prefix): change.after or b"" for change in changes})
    if not all(before.store.profile.owns(change.path.removeprefix(prefix)) for change in changes):
        raise CannotCompactError("its harness has no topic files that text could move to")
    lines = line_counts(before)
    missing = lines - repeated_lines(before) - line_counts(after)
    if missing:
        raise CannotCompactError(f"the plan would lose {missing.total()} lines")
    astray = link_counts(before) - repeated_links(before) - link_counts(after)
    if astray:
        raise CannotCompactError(f"the plan would lead {astray.total()} links astray")
    reached = reachable(after).keys()
    if not reachable(before).keys() | (after.documents.keys() - before.documents.keys()) <= reached:
        raise CannotCompactError("the plan would leave a topic file that the index file does not lead to")
    if _budget(after).is_over:
        raise CannotCompactError("the result would still be over the limit")
    if compact(after, times) is not None:
        raise CannotCompactError("the result would be compacted again")
    return Proof(digest(changes), lines.total())
