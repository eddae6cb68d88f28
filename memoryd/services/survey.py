"""What stores look like now: budgets, agents, findings."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from memoryd.domain.budget import Budget, budget_of, unseen_topics
from memoryd.domain.document import Snapshot
from memoryd.domain.links import Reach, reachable
from memoryd.domain.lint import Rule
from memoryd.domain.report import Report
from memoryd.domain.selection import Choice
from memoryd.domain.store import AgentDefinition, Store, match_agents
from memoryd.services.check import check_snapshots, read
from memoryd.services.examine import judged

_NOTHING = Choice("", "/")


@dataclass(frozen=True, slots=True)
class StoreView:
    """One store as a person wants to see it.

    Attributes:
        store: The store.
        snapshot: Its documents.
        budget: Its index file against the limits; None where there is none.
        agents: The definitions whose memory it is.
        report: Findings in it.
        changed: UTC time of the newest file, or None in an empty store.
    """

    store: Store
    snapshot: Snapshot
    budget: Budget | None
    agents: tuple[AgentDefinition, ...]
    report: Report
    changed: datetime | None

    @property
    def unseen_topics(self) -> tuple[str, ...]:
        """Topic files that only the part of the index file that is cut off leads to."""
        return unseen_topics(self.snapshot, self.budget) if self.budget else ()

    @property
    def reach(self) -> dict[str, Reach | None]:
        """How the agent gets to each topic file; None where it does not."""
        found = reachable(self.snapshot)
        return {topic.path: found.get(topic.path) for topic in self.snapshot.topics}


def survey(
    stores: Iterable[Store],
    definitions: tuple[AgentDefinition, ...],
    rules: tuple[Rule, ...],
    user: Choice = _NOTHING,
) -> tuple[StoreView, ...]:
    """Look at stores, each read whole.

    Args:
        stores: Those to look at.
        definitions: The agents known.
        rules: Those to run.
        user: What the user's configuration says of rules.
    """
    return tuple(_view(store, definitions, rules, user) for store in stores)


def _view(
    store: Store, definitions: tuple[AgentDefinition, ...], rules: tuple[Rule, ...], user: Choice
) -> StoreView:
    snapshot = read(store)
    return StoreView(
        store=store,
        snapshot=snapshot,
        budget=budget_of(snapshot),
        agents=match_agents(store, definitions),
        report=judged(check_snapshots((snapshot,), rules), store, user),
        changed=_newest(snapshot),
    )


def _newest(snapshot: Snapshot) -> datetime | None:
    times = []
    for path in snapshot.documents:
        try:
            times.append(os.stat(f"{snapshot.store.root}/{path}").st_mtime)
        except OSError:
            continue  # vanished since it was read
    return datetime.fromtimestamp(max(times), UTC) if times else None
