"""Stores read completely, for `show`."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.agents.definition import AgentDefinition, match_agents
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.rule import Rule
from memoryd.domain.checks.selection import Choice
from memoryd.domain.history.lost_lines import Alarm
from memoryd.domain.history.versions import Operation
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.services.checks.check import check_contexts, read_contexts
from memoryd.services.checks.judge import judged, judgement_around
from memoryd.services.history.losses import alarms_of
from memoryd.services.status.views import StoreNews, StoreView, last_compaction, newest_of

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.domain.checks.results import CheckResult

NOTHING = Choice("", "/")
_DAY = 86400.0  # seconds


def survey(  # noqa: PLR0913  # what a view is made of
    stores: Iterable[Store],
    definitions: tuple[AgentDefinition, ...],
    rules: tuple[Rule, ...],
    *,
    user: Choice = NOTHING,
    history: "History | None" = None,
    kept: KeptFiles | None = None,
    git: bool = True,
) -> tuple[StoreView, ...]:
    """Read stores completely, and return their state; fixes are not computed.

    Args:
        stores: The stores to read.
        definitions: The known agents.
        rules: The rules to run.
        user: Rule settings of the user's configuration.
        history: Has alarms about losses; without it, none are reported.
        kept: Has facts about texts that were found out earlier.
        git: Git may be asked, which starts a process.
    """
    found = []
    recent = recent_operations(history)
    for store in stores:
        quick = RuleOptions(want_fixes=False)
        contexts = tuple(replace(each, options=quick) for each in read_contexts((store,), kept=kept, git=git))
        report = judged(check_contexts(contexts, rules, kept), judgement_around(store, user))
        (snapshot,) = (each.snapshot for each in contexts)
        told = told_of(store, definitions, alarms_of((store,), history), recent)
        found.append(view_of(snapshot, report, told))
    return tuple(found)


def view_of(snapshot: Snapshot, report: "CheckResult", told: StoreNews) -> StoreView:
    """Return the view of a store that was read."""
    return StoreView(snapshot.store, lambda: snapshot, report, newest_of(snapshot), told)


def told_of(
    store: Store,
    definitions: tuple[AgentDefinition, ...],
    alarms: Iterable[Alarm],
    recent: Mapping[str, tuple[Operation, ...]],
) -> StoreNews:
    """Return what is known of a store beside its files.

    Args:
        store: The store.
        definitions: The known agents.
        alarms: Alarms about any store.
        recent: The operations of the last day, by store.
    """
    own = tuple(each for each in alarms if each.root == store.root)
    return StoreNews(match_agents(store, definitions), own, last_compaction(store.root, recent))


def recent_operations(history: "History | None") -> dict[str, tuple[Operation, ...]]:
    """Return the operations of the last day by store."""
    return history.operations_by_root(time.time() - _DAY) if history else {}
