"""Checks of the git repositories around the stores."""

import os
from collections.abc import Iterator

from memoryd.adapters.git import worktree
from memoryd.adapters.git.ask import obstacle
from memoryd.adapters.git.process import has_git
from memoryd.domain.doctor import Precondition, good, weak
from memoryd.domain.text.phrases import counted
from memoryd.services.doctor.case import Case

_MOST = 5  # most repositories that are named


def of_repositories(case: Case) -> Iterator[Precondition]:
    """Yield what git cannot answer about the repositories around the stores, and why."""
    places = [*(store.root for store in case.found.stores), *(each.path for each in case.found.definitions)]
    tops = {worktree.repository(os.path.dirname(os.path.realpath(place))) for place in places} - {""}
    if not tops or not has_git():
        return
    obstacles = list(filter(None, map(obstacle, sorted(tops))))
    if not obstacles:
        number = counted(len(tops), "repository", "repositories")
        yield good("repositories", f"git can be asked about {number}")
    for error in obstacles[:_MOST]:
        yield weak("repositories", error.message, error.hint)
    if len(obstacles) > _MOST:
        yield weak("repositories", f"{len(obstacles) - _MOST:,} more like these", None)
