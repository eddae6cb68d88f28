"""Bring an index file back under its limit without losing a line."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace

from memoryd.domain import grouping, sections
from memoryd.domain.budget import NEAR, TARGET, Budget, budget_of
from memoryd.domain.document import Snapshot
from memoryd.domain.edits import Applicability, FileChange, Fix, Proof, digest
from memoryd.domain.links import reachable
from memoryd.domain.markdown import parse
from memoryd.domain.moves import Move, Moved, carry_out


class CannotCompactError(Exception):
    """The index file cannot be brought under its limit by the means there are; says why."""


def compact(snapshot: Snapshot) -> Fix | None:
    """Plan the compaction of a store's index file.

    The means, in order, stopping at 70 % of the limit: runs of blank lines; whole sections, the
    biggest first; the oldest entries, grouped into files of their own.

    Returns:
        None where the index file is not near its limit.

    Raises:
        CannotCompactError: Where it is over the limit and no means brings it under.
    """
    index = snapshot.index
    if index is None or index.undecodable is not None or _budget(snapshot).used < NEAR:
        return None
    draft = _without_blank_runs(snapshot)
    moved: list[Move] = []
    for candidates in (sections.candidates, grouping.candidates):
        if _budget(draft).used > TARGET:
            draft, moves = _reduce(draft, candidates(draft))
            moved += moves
    if _budget(draft).is_over:
        raise CannotCompactError(
            "nothing that may be moved makes it small enough: it is pinned, or one long entry"
        )
    changes = _changes(snapshot, draft)
    if not changes:
        return None
    return Fix(_title(moved), Applicability.SAFE, changes, prove(snapshot, changes))


def _budget(snapshot: Snapshot) -> Budget:
    budget = budget_of(snapshot)
    if budget is None:
        raise CannotCompactError("the store has no index file")
    return budget


def _title(moves: list[Move]) -> str:
    files = len({move.path for move in moves})
    if not moves:
        return "remove runs of blank lines"
    return f"move {len(moves)} part{'s' * (len(moves) > 1)} to {files} topic file{'s' * (files > 1)}"


def _reduce(draft: Snapshot, plan: Callable[[int], Moved]) -> tuple[Snapshot, tuple[Move, ...]]:
    """Carry out as few moves as reach the target, else as few as reach the limit, else as help at all."""
    available = plan(-1).available
    counts = range(available + 1)

    def result(count: int) -> tuple[Snapshot, tuple[Move, ...]]:
        moves = plan(count).moves
        return _with_files(draft, carry_out(draft, moves)), moves

    for goal in (-TARGET, -1.0):
        count = bisect_left(counts, goal, key=lambda count: -_budget(result(count)[0]).used)
        if count < len(counts):
            return result(count)
    last = result(available)
    return last if _budget(last[0]).used < _budget(draft).used else (draft, ())


def _with_files(snapshot: Snapshot, files: Mapping[str, bytes]) -> Snapshot:
    documents = dict(snapshot.documents) | {path: parse(path, raw) for path, raw in files.items()}
    return replace(snapshot, documents=dict(sorted(documents.items())))


def _without_blank_runs(snapshot: Snapshot) -> Snapshot:
    index = _budget(snapshot).index
    raw = sections.collapse_blank_runs(index)
    return snapshot if raw == index.raw else _with_files(snapshot, {index.path: raw})


def _changes(before: Snapshot, after: Snapshot) -> tuple[FileChange, ...]:
    root = before.store.root
    return tuple(
        FileChange(
            root, f"{root}/{path}", old.raw if (old := before.documents.get(path)) else None, document.raw
        )
        for path, document in after.documents.items()
        if path not in before.documents or before.documents[path].raw != document.raw
    )


def prove(before: Snapshot, changes: tuple[FileChange, ...]) -> Proof:
    """Show that changes to a store lose nothing, from the bytes alone.

    Every non-blank line is still there as often as before (a heading may change its level), every
    topic file reachable from the index file still is and so is every new one, the index file is
    loaded whole, and compacting again changes nothing.

    Raises:
        CannotCompactError: Naming what does not hold.
    """
    prefix = before.store.root + "/"
    if any(change.after is None or not change.path.startswith(prefix) for change in changes):
        raise CannotCompactError("the plan deletes a file or leaves the store")
    after = _with_files(before, {change.path.removeprefix(prefix): change.after or b"" for change in changes})
    missing = sections.line_counts(before) - sections.line_counts(after)
    if missing:
        raise CannotCompactError(f"the plan would lose {missing.total()} lines")
    reached = reachable(after).keys()
    if not reachable(before).keys() | (after.documents.keys() - before.documents.keys()) <= reached:
        raise CannotCompactError("the plan would leave a topic file that the index file does not lead to")
    if _budget(after).is_over:
        raise CannotCompactError("the result would still be over the limit")
    if compact(after) is not None:
        raise CannotCompactError("the result would be compacted again")
    return Proof(digest(changes), sections.line_counts(before).total())
