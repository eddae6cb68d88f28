"""Compaction plans for several stores."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from memoryd.adapters import edits
from memoryd.adapters.git import worktree
from memoryd.adapters.git.operation import operation_around
from memoryd.adapters.stores import contents, files
from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.shorten import compact
from memoryd.domain.edits.plan import Fix, Plan
from memoryd.domain.history.past import Past, read_past
from memoryd.domain.limits.budget import Budget, budget_of
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.limits.threshold import Threshold
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.errors import RefusedError
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.history import History

_NAMED = 3  # most stores that are named without being compacted


@dataclass(frozen=True, slots=True)
class CompactionPlan:
    """A plan over several stores.

    Attributes:
        plan: One fix for each store that is compacted.
        problems: One sentence for each store that cannot be compacted.
        rest: How full the other index files are, as one sentence; "" if there are none.
    """

    plan: Plan
    problems: tuple[str, ...]
    rest: str = ""


def plan_compaction(
    stores: Iterable[Store],
    history: "History | None",
    rewrites: frozenset[str] = frozenset(),
    *,
    at: Threshold = Threshold.LIMIT,
    git: bool = True,
) -> CompactionPlan:
    """Plan the compaction of every store that needs it.

    Args:
        stores: The stores to compact.
        history: Has the age of lines of an index file; None if it cannot be opened.
        rewrites: Names of profiles that the configuration allows to rewrite.
        at: The fill from which on an index file is compacted.
        git: Git may be asked for the age of lines that are older than the history.
    """
    fixes: list[Fix] = []
    problems = []
    rest: list[tuple[float, str]] = []
    for store in stores:
        try:
            snapshot = contents.snapshot(store)
            unread = {"", store.profile.index_name} & {each.path for each in snapshot.unread}
            if unread:
                problems.append(f"{store.root} is not compacted: its index file cannot be read")
            elif may_rewrite(store.profile, rewrites):
                if (operation := operation_around(store.root)) and _is_over(snapshot):
                    problems.append(f"{store.root} is not compacted: {operation}")
                    continue
                fix = compact(snapshot, past_of(snapshot, history, git=git), at)
                for change in fix.changes if fix else ():
                    edits.refuse(change)
                fixes += [fix] if fix else []
                rest += [] if fix else _fill(store, budget_of(snapshot))
            elif (budget := budget_of(snapshot)) and budget.is_over:
                problems.append(f"{store.root} is not compacted: {rewrite_refusal(store.profile)}")
        except (CannotCompactError, files.UnreadableError, RefusedError) as error:
            problems.append(f"{store.root} is not compacted: {error}")
    fixes.sort(key=lambda fix: f"{fix.changes[0].root}/")  # `status` finds each store's sentence by its place
    return CompactionPlan(Plan("compact", tuple(fixes)), tuple(problems), _rest(rest))


def index_budget(store: Store) -> Budget | None:
    """Return the budget of a store's index file, the only file that is read; None if it cannot be read."""
    path = f"{store.root}/{store.profile.index_name}"
    try:
        raw = files.content(path, store.bound)
    except files.UnreadableError:
        return None
    if raw is None:
        return None
    return Budget(parse(store.profile.index_name, raw), store.profile, loaded_view(raw, store.profile))


def _is_over(snapshot: Snapshot) -> bool:
    budget = budget_of(snapshot)
    return budget is not None and budget.is_over


def _fill(store: Store, budget: Budget | None) -> list[tuple[float, str]]:
    if budget is None or not budget.limits:
        return []
    taken, most, unit = max(budget.limits, key=lambda limit: limit[0] / limit[1])
    return [
        (budget.used, f"{store.agent or store.root} {budget.used * 100:.0f} % ({taken:,} of {most:,} {unit})")
    ]


def _rest(fills: list[tuple[float, str]]) -> str:
    """Return how full the other index files are, the fullest first."""
    named = [text for _, text in sorted(fills, reverse=True)]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"within the limit: {', '.join(named[:_NAMED])}{more}" if named else ""


def past_of(snapshot: Snapshot, history: "History | None", *, git: bool = True) -> Past:
    """Return the past of a store's index file.

    The history is exact from the first version that it has; git has the age of older lines.

    Args:
        snapshot: The store.
        history: Has earlier versions; None if it cannot be opened.
        git: Git may be asked.
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
