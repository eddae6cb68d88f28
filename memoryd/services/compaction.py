"""Plan the compaction of stores."""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.adapters import edits
from memoryd.adapters.git import worktree
from memoryd.adapters.history import History
from memoryd.adapters.stores import contents, files
from memoryd.domain.compaction.ages import Born, born
from memoryd.domain.compaction.shorten import CannotCompactError, compact
from memoryd.domain.edits.plan import Fix, Plan
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.errors import RefusedError


@dataclass(frozen=True, slots=True)
class CompactionPlan:
    """A plan over several stores, and one sentence for each store where there can be none."""

    plan: Plan
    problems: tuple[str, ...]


def plan_compaction(
    stores: Iterable[Store],
    history: History | None,
    rewrites: frozenset[str] = frozenset(),
    *,
    git: bool = True,
) -> CompactionPlan:
    """Plan the compaction of every store that needs it.

    Args:
        stores: Those to look at.
        history: Knows how old the lines of an index file are; None where it cannot be opened.
        rewrites: Names of profiles that the configuration allows to be rewritten, beside those that
            allow it by themselves.
        git: Whether git may be asked for the age of lines that are older than the history.
    """
    fixes: list[Fix] = []
    problems = []
    for store in stores:
        try:
            snapshot = contents.snapshot(store)
            unread = {"", store.profile.index_name} & {each.path for each in snapshot.unread}
            if unread:
                problems.append(f"{store.root} is not compacted: its index file cannot be read")
            elif may_rewrite(store.profile, rewrites):
                fix = compact(snapshot, _ages(snapshot, history, git=git))
                for change in fix.changes if fix else ():
                    edits.refuse(change)
                fixes += [fix] if fix else []
            elif (budget := budget_of(snapshot)) and budget.is_over:
                problems.append(f"{store.root} is not compacted: {rewrite_refusal(store.profile)}")
        except (CannotCompactError, files.UnreadableError, RefusedError) as error:
            problems.append(f"{store.root} is not compacted: {error}")
    return CompactionPlan(Plan("compact", tuple(fixes)), tuple(problems))


def _ages(snapshot: Snapshot, history: History | None, *, git: bool) -> Born:
    """Return when each line of the index file was first seen.

    The history is exact from the first version that it saw; for what stood there already, git knows.
    """
    if snapshot.index is None:
        return {}
    path = f"{snapshot.store.root}/{snapshot.index.path}"
    times = born(history.versions(path) if history else ())
    first = min(times.values(), default=float("inf"))
    for line, time in (worktree.line_times(path) if git else {}).items():
        times[line] = min(time, times.get(line, first))
    return times
