"""Text that a harness sends of a store."""

from memoryd.domain.agents.loading import CLAUDE, Refusal, refusal
from memoryd.domain.agents.roster import Roster
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.limits.loaded import empty_text
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class SentText:
    """The text that a harness sends of a store.

    Attributes:
        text: The text; "" if nothing is sent.
        reason: Why nothing, or something other than the index file, is sent, as a clause; or "".
    """

    text: str
    reason: str = ""


def sent_text(snapshot: Snapshot, roster: Roster, *, off: str = "") -> SentText:
    """Return the text that a harness sends of a store at the start of a session.

    Args:
        snapshot: The store.
        roster: The stores and settings that were read.
        off: Why all memory is turned off, as a clause, if something other than settings does so.
    """
    store, name = snapshot.store, snapshot.store.profile.index_name
    if store.profile.name in CLAUDE:
        switch, standing = roster.switch(store), roster.standings.get(store.root)
        if off or (switch and not switch.on):
            return SentText("", off or f"memory is turned off in {switch.path if switch else ''}")
        if standing and (refused := refusal(snapshot, standing)):
            return _refused(refused, name)
        if snapshot.index is None:
            return _missing(snapshot)
    budget = budget_of(snapshot)
    return SentText(budget.view.context if budget else "")


def refused_text(reason: str, name: str) -> str:
    """Return the beginning of the client's refusal of an index file, with memoryd's own reason."""
    return f"Your {name} was not loaded: {reason}"


def _refused(refused: Refusal, name: str) -> SentText:
    if refused.told:
        return SentText(refused_text(refused.reason, name))
    return SentText("", f"nothing is loaded: {refused.reason}")


def _missing(snapshot: Snapshot) -> SentText:
    """Return the text for a missing index file; in auto memory with topic files the client writes one."""
    store, name = snapshot.store, snapshot.store.profile.index_name
    if store.scope is not Scope.AUTO:
        return SentText(empty_text(name))
    if snapshot.topics:
        return SentText("", f"{name} is missing: the client writes one at its next start, and loads that")
    return SentText("")
