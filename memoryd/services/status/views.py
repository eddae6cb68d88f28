"""Stores as `status` and `show` see them."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from memoryd.services.checks.summary import IndexFill, StoreSummary, UnseenLine
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memoryd.adapters.stores.look import Look
    from memoryd.domain.agents.definition import AgentDefinition
    from memoryd.domain.checks.diagnostic import Diagnostic
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.history.lost_lines import Alarm
    from memoryd.domain.history.versions import Operation
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.links.names import Reach
    from memoryd.domain.stores.snapshot import Snapshot
    from memoryd.domain.stores.store import Store


@dataclass(frozen=True, slots=True)
class LastCompaction:
    """The last compaction of a store.

    Attributes:
        operation: Its number.
        time: Its start, in seconds since the epoch.
        outcome: What was and what is, in one sentence without a final stop.
    """

    operation: int
    time: float
    outcome: str


@dataclass(frozen=True, slots=True)
class StoreNews:
    """Knowledge of a store beside its files.

    Attributes:
        agents: The definitions of the agents that use it.
        alarms: Losses that are neither restored nor dismissed.
        compaction: The last compaction within a day, unless it was undone.
    """

    agents: "tuple[AgentDefinition, ...]"
    alarms: "tuple[Alarm, ...]"
    compaction: LastCompaction | None


class StoreView:
    """A store with everything that `show` prints.

    Args:
        store: The store.
        read: Reads its documents, which a summary may spare.
        report: Findings in it.
        changed: Seconds since the epoch of the change of its newest file; None in an empty store.
        told: What is known of it beside its files.
        summary: What `status` says of its documents; None to find it out.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what a view is made of
        self,
        store: "Store",
        read: "Callable[[], Snapshot]",
        report: "CheckResult",
        changed: float | None,
        told: StoreNews,
        summary: StoreSummary | None = None,
    ) -> None:
        self.store = store
        self.report = report
        self.agents, self.alarms, self.compaction = told.agents, told.alarms, told.compaction
        self.changed = None if changed is None else datetime.fromtimestamp(changed, UTC)
        self._read, self._summary = read, summary

    @cached_property
    def snapshot(self) -> "Snapshot":
        """Its documents."""
        return self._read()

    @cached_property
    def budget(self) -> "Budget | None":
        """Its index file against the limits; None if there is no index file."""
        from memoryd.domain.limits.budget import budget_of  # noqa: PLC0415  # a summary spares it

        return budget_of(self.snapshot)

    @cached_property
    def summary(self) -> StoreSummary:
        """The summary of its documents."""
        return self._summary or summary_of(self.snapshot)

    @property
    def unseen_topics(self) -> tuple[str, ...]:
        """Topic files that are linked only from the cut part of the index file."""
        return self.summary.unseen_topics

    @property
    def reach(self) -> "Mapping[str, Reach | None]":
        """Return how the agent reaches each topic file; None if it does not."""
        from memoryd.domain.links.names import Reach  # noqa: PLC0415  # rows need only the words

        return {path: Reach(way) if way else None for path, way in self.summary.reach.items()}


@dataclass(frozen=True, slots=True)
class Overview:
    """A quick overview of stores: errors and warnings, without duplicates.

    Attributes:
        views: One for each store.
        definitions: Findings in agent definitions.
        elsewhere: Alarms about other stores, such as deleted ones.
        look: Returns how a store looked; None for one that has to be scanned.
    """

    views: tuple[StoreView, ...]
    definitions: "tuple[Diagnostic, ...]"
    elsewhere: "tuple[Alarm, ...]"
    look: "Callable[[Store], Look | None]"


def summary_of(snapshot: "Snapshot") -> StoreSummary:
    """Return what `status` says of the documents of a store."""
    from memoryd.domain.checks.results import links_in  # noqa: PLC0415  # kept summaries spare it
    from memoryd.domain.limits.budget import budget_of  # noqa: PLC0415  # the same
    from memoryd.domain.links.names import reachable, unseen_topics  # noqa: PLC0415  # the same

    budget, found = budget_of(snapshot), reachable(snapshot)
    documents = snapshot.documents
    return StoreSummary(
        tuple(documents),
        links_in(snapshot),
        snapshot.unread,
        _fill_of(budget) if budget else None,
        unseen_topics(snapshot, budget) if budget else (),
        {topic.path: found.get(topic.path) for topic in snapshot.topics},
    )


def _fill_of(budget: "Budget") -> IndexFill:
    index = budget.index
    unseen = (
        UnseenLine(index.position(each.span.start).line, index.slice(each.span).rstrip())
        for each in budget.unseen
    )
    view = budget.view
    return IndexFill(view.lines, view.units, budget.used, budget.is_over, budget.cut_line, tuple(unseen))


def newest_of(snapshot: "Snapshot") -> float | None:
    """Return when the newest file of a store was changed, in seconds since the epoch."""
    times = []
    for path in snapshot.documents:
        with suppress(OSError):  # deleted since it was read
            times.append(os.stat(f"{snapshot.store.root}/{path}").st_mtime)
    return max(times, default=None)


def last_compaction(root: str, recent: "Mapping[str, tuple[Operation, ...]]") -> LastCompaction | None:
    """Return the last compaction of a store, unless it was undone.

    Args:
        root: The store.
        recent: The operations of the last day, by store.
    """
    if root not in recent:
        return None
    from memoryd.domain.compaction.telling import outcome_in  # noqa: PLC0415  # few stores are compacted
    from memoryd.domain.history.versions import last_in_force  # noqa: PLC0415  # the same

    operation = last_in_force(recent[root], lambda each: outcome_in(each.title, root) is not None, 0.0)
    outcome = outcome_in(operation.title, root) if operation else None
    return LastCompaction(operation.id, operation.time, outcome) if operation and outcome else None
