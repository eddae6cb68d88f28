"""Plan the compaction of stores."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from memoryd.adapters import edits
from memoryd.adapters.git import worktree
from memoryd.adapters.history import History
from memoryd.adapters.stores import contents, files
from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.past import Past, read_past
from memoryd.domain.compaction.shorten import compact
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
    at: float = 1.0,
    git: bool = True,
) -> CompactionPlan:
    """Plan the compaction of every store that needs it.

    Args:
        stores: Those to look at.
        history: Knows how old the lines of an index file are; None where it cannot be opened.
        rewrites: Names of profiles that the configuration allows to be rewritten, beside those that
            allow it by themselves.
        at: The share of the limit from which on an index file is compacted: 1 stands for more than that.
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
                fix = compact(snapshot, past_of(snapshot, history, git=git), at)
                for change in fix.changes if fix else ():
                    edits.refuse(change)
                fixes += [fix] if fix else []
            elif (budget := budget_of(snapshot)) and budget.is_over:
                problems.append(f"{store.root} is not compacted: {rewrite_refusal(store.profile)}")
        except (CannotCompactError, files.UnreadableError, RefusedError) as error:
            problems.append(f"{store.root} is not compacted: {error}")
    return CompactionPlan(Plan("compact", tuple(fixes)), tuple(problems))


def past_of(snapshot: Snapshot, history: History | None, *, git: bool = True) -> Past:
    """Return the past of a store's index file.

    The history is exact from the first version that it saw; for what was there already, git knows.

    Args:
        snapshot: The store.
        history: Knows earlier versions; None if it cannot be opened.
        git: Whether git may be asked.
    """
    if snapshot.index is None:
        return Past()
    path = f"{snapshot.store.root}/{snapshot.index.path}"
    past = read_past(history.versions(path) if history else ())
    times = dict(past.born)
    first = min(times.values(), default=float("inf"))
    for line, time in (worktree.line_times(path) if git else {}).items():
        times[line] = min(time, times.get(line, first))
    return replace(past, born=times)
