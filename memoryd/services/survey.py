"""What stores look like now: budgets, agents, findings."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from memoryd.adapters.history import History
from memoryd.domain.budget import Budget, budget_of, unseen_topics
from memoryd.domain.document import Snapshot
from memoryd.domain.links import Reach, reachable
from memoryd.domain.lint import Rule
from memoryd.domain.losses import Loss
from memoryd.domain.report import Report
from memoryd.domain.selection import Choice
from memoryd.domain.store import AgentDefinition, Store, match_agents
from memoryd.services.check import check_snapshots, read
from memoryd.services.examine import judged
from memoryd.services.restore import find_losses

_NOTHING = Choice("", "/")
_WEEK = 7 * 86400.0  # seconds


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
        losses: What writes from an old reading took away in the last week and nobody brought back.
    """

    store: Store
    snapshot: Snapshot
    budget: Budget | None
    agents: tuple[AgentDefinition, ...]
    report: Report
    changed: datetime | None
    losses: tuple[Loss, ...]

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
    *,
    user: Choice = _NOTHING,
    history: History | None = None,
) -> tuple[StoreView, ...]:
    """Look at stores, each read whole.

    Args:
        stores: Those to look at.
        definitions: The agents known.
        rules: Those to run.
        user: What the user's configuration says of rules.
        history: Knows of lost updates; without it, nothing is said of them.
    """
    since = time.time() - _WEEK
    found = []
    for store in stores:
        snapshot = read(store)
        report = judged(check_snapshots((snapshot,), rules), store, user)
        losses = find_losses(history, store.root, since) if history else ()
        found.append(_view(snapshot, definitions, report, losses))
    return tuple(found)


def _view(
    snapshot: Snapshot,
    definitions: tuple[AgentDefinition, ...],
    report: Report,
    losses: tuple[Loss, ...],
) -> StoreView:
    return StoreView(
        store=snapshot.store,
        snapshot=snapshot,
        budget=budget_of(snapshot),
        agents=match_agents(snapshot.store, definitions),
        report=report,
        changed=_newest(snapshot),
        losses=losses,
    )


def _newest(snapshot: Snapshot) -> datetime | None:
    times = []
    for path in snapshot.documents:
        try:
            times.append(os.stat(f"{snapshot.store.root}/{path}").st_mtime)
        except OSError:
            continue  # vanished since it was read
    return datetime.fromtimestamp(max(times), UTC) if times else None
