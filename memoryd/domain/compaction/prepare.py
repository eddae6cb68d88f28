"""Preparation of an index file before entries move."""

from bisect import bisect_left
from dataclasses import replace

from memoryd.domain.compaction.draft import Draft, draft_of, with_files
from memoryd.domain.compaction.long_entries import LongPointer, ages, long_pointers, without_text
from memoryd.domain.compaction.ranking import ranked
from memoryd.domain.compaction.tidy import tidied
from memoryd.domain.history.past import Past
from memoryd.domain.limits.budget import band, used
from memoryd.domain.stores.snapshot import Snapshot, keep_last


@keep_last(4)  # the plan and its proof ask for the same one
def prepared(snapshot: Snapshot, past: Past, *, whole_blocks: bool = False) -> Draft | None:
    """Return a store without blank runs and repeated entries, and with long pointers shortened as needed.

    Args:
        snapshot: The store.
        past: What is known of the past of its index file.
        whole_blocks: Split no block but lists.

    Returns:
        None where the store has no index file.
    """
    index = snapshot.index
    while index is not None and (raw := tidied(snapshot, index)) != index.raw:
        snapshot = with_files(snapshot, {index.path: raw})
        index = snapshot.index
    draft = draft_of(snapshot, past, whole_blocks=whole_blocks)
    if draft is None or draft.budget.units_used <= band(draft.budget.profile)[1]:
        return draft
    pointers = _needed(draft)
    if not pointers:
        return draft
    known = replace(past, born={**past.born, **ages(draft, pointers)})
    return draft_of(with_files(snapshot, without_text(draft, pointers)), known, whole_blocks=whole_blocks)


def _needed(draft: Draft) -> list[LongPointer]:
    """Return the fewest long pointers that, shortened, bring the file into its band, by rank."""
    most = band(draft.budget.profile)[1]
    pointers = {pointer.span: pointer for pointer in long_pointers(draft)}
    ranks = [rank for rank in ranked(draft, most) if not rank.is_fresh] if pointers else []
    ordered = [pointers[span] for rank in ranks if (span := draft.span(rank.atom)) in pointers]

    def left(count: int) -> float:
        return used(without_text(draft, ordered[:count])[draft.index.path], draft.budget.profile)

    count = bisect_left(range(len(ordered) + 1), -most, key=lambda each: -left(each))
    return ordered[:count]
