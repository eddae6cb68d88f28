"""Gather by what a memory is judged that may have outlived its use: the day, and what git saw go."""

import os
from dataclasses import replace
from datetime import datetime

from memoryd.adapters.git import worktree
from memoryd.domain.git.evidence import Departed, Evidence
from memoryd.domain.staleness.named_paths import named_paths
from memoryd.domain.stores.snapshot import Snapshot

_COMMITS = 10_000  # more are walked through only for somebody who asked for it


def evidence_of(snapshot: Snapshot, *, whole: bool = False) -> Evidence:
    """The evidence for a store.

    Args:
        snapshot: A store as it was read, and the repository around it.
        whole: Whether long histories are walked through too.
    """
    return replace(
        snapshot.evidence, today=datetime.now().astimezone().date(), departed=_departed(snapshot, whole=whole)
    )


def _departed(snapshot: Snapshot, *, whole: bool) -> dict[str, Departed]:
    """Which of the paths that documents name were once in the repository, and are gone."""
    absent: dict[str, None] = {}
    for _, named in named_paths(snapshot):
        if not any(map(os.path.lexists, named.places)):
            absent |= dict.fromkeys(named.places)
    top = snapshot.repository
    known = worktree.departed(top, commits=None if whole else _COMMITS) if absent else {}
    names = {place: place[len(top.rstrip("/")) + 1 :] for place in absent}
    found = {place: known.get(name) or known.get(f"{name}/") for place, name in names.items()}
    return {place: each for place, each in found.items() if each}
