"""Evidence on outdated memory: the date, and deleted paths."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from memoryd import beneath
from memoryd.adapters.git import worktree
from memoryd.domain.git.evidence import DepartedPath, Evidence

if TYPE_CHECKING:
    from memoryd.domain.stores.snapshot import Snapshot

_COMMITS = 10_000  # longer histories are read only on request


def today() -> date:
    """Return today's local date."""
    return datetime.now().astimezone().date()


def evidence_of(snapshot: "Snapshot", repository: str, *, whole: bool = False, git: bool = True) -> Evidence:
    """Gather the evidence for a store.

    Args:
        snapshot: The store.
        repository: Absolute path of the git working tree around it; "" if there is none.
        whole: Also read long histories.
        git: Git may be asked.
    """
    existing: dict[str, bool] = {}
    departed = _departed(snapshot, repository, existing, whole=whole) if git else {}
    return Evidence(today=today(), departed=departed, existing=tuple(existing.items()))


def _departed(
    snapshot: "Snapshot", repository: str, existing: dict[str, bool], *, whole: bool
) -> dict[str, DepartedPath]:
    """Return the paths named by documents that were once in the repository and are deleted.

    Args:
        snapshot: The store.
        repository: Absolute path of the git working tree around it; "" if there is none.
        existing: Gets whether each path exists that was looked for.
        whole: Also read long histories.
    """
    from memoryd.domain.staleness.named_paths import named_paths  # noqa: PLC0415  # kept verdicts spare it

    def exists(place: str) -> bool:
        if place not in existing:
            existing[place] = beneath.exists(place, snapshot.store.bound)
        return existing[place]

    absent: dict[str, None] = {}
    for _, named in named_paths(snapshot, repository):
        if not any(map(exists, named.places)):
            absent |= dict.fromkeys(named.places)
    known = worktree.departed(repository, commits=None if whole else _COMMITS) if absent else {}
    names = {place: place[len(repository.rstrip("/")) + 1 :] for place in absent}
    found = {place: known.get(name) or known.get(f"{name}/") for place, name in names.items()}
    return {place: each for place, each in found.items() if each}
