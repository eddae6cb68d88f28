"""Outcome of a compaction, in one sentence."""

from memoryd.domain.limits.budget import Budget, budget_of
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted
from memoryd.values import regex

_NEXT = regex(r"; (?=(?:/[^;]*: )?\S+ had \d)")  # before the sentence of another store
_TOLD = regex(r"(?:(?P<root>/[^;]*): )?(?P<told>\S+ had \d.*; now .*)")


def outcomes(title: str) -> list[str]:
    """Return the parts of the title of an operation, among them a sentence for each store compacted."""
    return _NEXT.split(title)


def outcome_in(title: str, root: str) -> str | None:
    """Return the sentence about one store in the title of an operation.

    Args:
        title: The title of an operation on that store.
        root: The root of the store.

    Returns:
        None where it was not compacted, or where it is not known which of several sentences is its own.
    """
    found = [match for part in outcomes(title) if (match := _TOLD.fullmatch(part))]
    own = [match["told"] for match in found if match["root"] == root]
    if not own and len(found) == 1 and found[0]["root"] is None:
        own = [found[0]["told"]]
    return own[0] if own else None


def outcome(before: Snapshot, after: Snapshot, moved: int) -> str:
    """Return what was and what is, without any text of the memory.

    Args:
        before: The store as it was.
        after: The store after the compaction.
        moved: How many entries left the index file.
    """
    old, new = budget_of(before), budget_of(after)
    if old is None or new is None:
        return "no index file"
    unseen = f", {counted(len(old.unseen), 'entry', 'entries')} unseen" if old.is_over else ""
    said = f"{old.index.path} had {_size(old)}{unseen}; now {_size(new)}, the newest in view"
    grown = [path for path in after.documents if _grew(before, after, path)]
    if moved:
        entries = counted(moved, "entry", "entries")
        return f"{said}; {entries} moved to {counted(len(grown), 'topic file', 'topic files')}"
    if grown:
        return f"{said}; the text of long lines moved to {counted(len(grown), 'topic file', 'topic files')}"
    return f"{said}; blank lines and repeated entries removed"


def _size(budget: Budget) -> str:
    """Return what an index file takes of the limit that binds."""
    if budget.lines_used >= budget.units_used:
        return counted(budget.view.lines, "line", "lines")
    return f"{budget.view.units:,} {budget.profile.unit}"


def _grew(before: Snapshot, after: Snapshot, path: str) -> bool:
    old = before.documents.get(path)
    return path != before.store.profile.index_name and (
        old is None or len(old.raw) < len(after.documents[path].raw)
    )
