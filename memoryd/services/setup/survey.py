"""Stores before memoryd is set up, and pending compactions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from memoryd.domain.limits.budget import Budget
from memoryd.domain.stores.store import Scope, Store
from memoryd.services.compaction import index_budget, plan_compaction
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.history import History


@dataclass(frozen=True, slots=True)
class Overflow:
    """An index file over its limit.

    Attributes:
        store: Its store.
        budget: It against its limit.
        outcome: What a compaction would make of it, or why there is none, as one sentence.
        can_compact: Whether it can be compacted.
    """

    store: Store
    budget: Budget
    outcome: str
    can_compact: bool


@dataclass(frozen=True, slots=True)
class SetupSurvey:
    """All known stores, and the index files over their limit."""

    stores: tuple[Store, ...]
    overflows: tuple[Overflow, ...]

    @property
    def unseen(self) -> int:
        """The number of entries that agents do not see."""
        return sum(len(each.budget.unseen) for each in self.overflows)

    @property
    def scopes(self) -> dict[Scope, int]:
        """The number of stores by scope, without scopes that have none."""
        counts = {scope: sum(store.scope is scope for store in self.stores) for scope in Scope}
        return {scope: count for scope, count in counts.items() if count}


def survey_setup(
    stores: Iterable[Store], history: "History | None", rewrites: frozenset[str] = frozenset()
) -> SetupSurvey:
    """Read all index files, and plan the compaction of those over their limit; nothing is changed.

    Args:
        stores: All known stores.
        history: Has the age of lines; None without one.
        rewrites: Names of profiles that the configuration allows to rewrite.
    """
    known = tuple(stores)
    overflows = []
    for store in known:
        budget = index_budget(store)
        if budget and budget.is_over:
            planned = plan_compaction([store], history, rewrites, git=False)
            reasons = [each.removeprefix(f"{store.root} is ") for each in planned.problems]
            outcome = planned.plan.title or "; ".join(reasons) or "cannot be compacted"
            overflows.append(Overflow(store, budget, outcome, bool(planned.plan.fixes)))
    return SetupSurvey(known, tuple(overflows))
