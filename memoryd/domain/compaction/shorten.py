"""Compaction of a store, as a fix."""

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.choose import choose
from memoryd.domain.compaction.draft import Draft, with_files
from memoryd.domain.compaction.long_entries import LongPointer, without_text
from memoryd.domain.compaction.prepare import prepared
from memoryd.domain.compaction.proof import prove
from memoryd.domain.compaction.ranking import ranked
from memoryd.domain.compaction.telling import outcome
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.history.past import UNKNOWN, Past
from memoryd.domain.limits.budget import band, budget_of, is_due
from memoryd.domain.limits.threshold import Threshold
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted


def compact(snapshot: Snapshot, past: Past = UNKNOWN, at: Threshold = Threshold.LIMIT) -> Fix | None:
    """Plan the compaction of a store's index file.

    Runs of blank lines and repeated entries are removed, and the text of over-long pointers moves to the
    topic files that they point at; then the entries of the lowest rank move to topic files, as few as
    bring the index file into the band of its profile.

    Args:
        snapshot: The store.
        past: What is known of the past of its index file.
        at: The fill from which on it is compacted.

    Returns:
        None where the index file takes less than that, or where nothing would change.

    Raises:
        CannotCompactError: Where it is over the limit and no means brings it under, or where the plan
            could not be proved.
    """
    budget = budget_of(snapshot)
    if budget is None or not is_due(budget, at):
        return None
    if budget.index.undecodable is not None:
        raise CannotCompactError(f"byte {budget.index.undecodable} of its index file is not UTF-8")
    try:
        return _plan(snapshot, past, whole_blocks=False)
    except CannotCompactError:
        return _plan(snapshot, past, whole_blocks=True)


def _plan(snapshot: Snapshot, past: Past, *, whole_blocks: bool) -> Fix | None:
    draft = prepared(snapshot, past, whole_blocks=whole_blocks)
    if draft is None:
        return None
    _, most = band(draft.budget.profile)
    result = draft.snapshot
    count = 0
    if draft.budget.used > most:
        leaving, files = choose(draft, ranked(draft, most), most)
        result, count = with_files(draft.snapshot, files), len(leaving)
    changes = changes_between(snapshot, result)
    if not changes:
        return None
    proof = prove(snapshot, changes, past, whole_blocks=whole_blocks)
    return Fix(outcome(snapshot, result, count), Applicability.SAFE, changes, proof)


def shorten(draft: Draft, pointers: tuple[LongPointer, ...]) -> Fix:
    """Plan to move the text of over-long index lines to the topic files that they point at."""
    result = with_files(draft.snapshot, without_text(draft, pointers))
    lines = counted(len(pointers), "long index line", "long index lines")
    title = f"move the text of {lines} to the topic files"
    return Fix(title, Applicability.UNSAFE, changes_between(draft.snapshot, result))


def changes_between(before: Snapshot, after: Snapshot) -> tuple[FileChange, ...]:
    """Return the changes from a store to the same with other contents."""
    root = before.store.root
    return tuple(
        FileChange(
            root, f"{root}/{path}", old.raw if (old := before.documents.get(path)) else None, document.raw
        )
        for path, document in after.documents.items()
        if path not in before.documents or before.documents[path].raw != document.raw
    )
