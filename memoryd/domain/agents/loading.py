"""Index files that Claude Code does not load."""

from typing import TYPE_CHECKING

from memoryd.domain.agents.roster import StoreOnDisk, is_at_home
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO
from memoryd.domain.stores.store import Scope, is_above
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.stores.snapshot import Snapshot

CLAUDE = frozenset({CLAUDE_AGENT.name, CLAUDE_AUTO.name})
"""Names of the profiles of memory that Claude Code loads by itself."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why an index file is not loaded.

    Attributes:
        reason: The reason, as a clause.
        told: The client says so in its prompt, and treats the store as read-only.
    """

    reason: str
    told: bool


def refusal(snapshot: "Snapshot", standing: StoreOnDisk) -> Refusal | None:
    """Return why the index file of a store is never loaded; None if it is, or if it is only missing."""
    store = snapshot.store
    if store.profile.name not in CLAUDE:
        return None
    own = store.scope in {Scope.PROJECT, Scope.LOCAL} and is_at_home(store)
    reason = _kind(snapshot, standing, own=own)
    if not reason and own and not is_above(standing.base, standing.root):
        reason = f"by a symbolic link it lies in {standing.root}, outside the working directory"
    most = store.profile.max_bytes
    if not reason and most is not None and standing.size > most:
        reason = f"{store.profile.index_name} has {standing.size:,} bytes, more than {most:,}"
    return Refusal(reason, own) if reason else None


def _kind(snapshot: "Snapshot", standing: StoreOnDisk, *, own: bool) -> str:
    """Return what keeps the client from opening an index file, as a clause, or "".

    Args:
        snapshot: The store.
        standing: Its state on disk.
        own: It is of project or local scope, where the client follows no links.
    """
    store = snapshot.store
    problem = {
        "directory": "a directory",
        "special": f"not a regular file{', and hangs the client' if store.scope is Scope.USER else ''}",
    }.get(standing.index, "")
    if standing.index == "link" and own:
        problem = f"a symbolic link, which is not followed in scope {store.scope}"
    elif standing.index == "link" and store.scope is Scope.AUTO and not standing.exists:
        problem = "a symbolic link to a file that does not exist"
    return f"{store.profile.index_name} is {problem}" if problem else ""
