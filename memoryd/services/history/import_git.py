"""Commits of a store as versions of its history."""

import os

from memoryd.adapters.git import worktree
from memoryd.adapters.git.past import committed_files
from memoryd.adapters.history import History
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError


def import_commits(store: Store, history: History) -> int:
    """Record the committed versions of a store that are older than what is recorded of each file.

    Args:
        store: The store.
        history: The history.

    Returns:
        How many versions were added; a second import of the same commits adds none.

    Raises:
        MemorydError: If the store is in no repository, or git cannot be asked, or it cannot be recorded.
    """
    root = os.path.realpath(store.root)
    top = worktree.repository(root)
    if not top:
        raise MemorydError(f"{store.root} is in no git repository", "name a store in one")
    above = "" if root == top else f"{os.path.relpath(root, top)}/"
    first: dict[str, float] = {}
    for version in history.record(store.root):
        first.setdefault(version.path, version.time)
    found = (
        (each.time, f"{store.root}/{each.path.removeprefix(above)}", each.content, each.author)
        for each in committed_files(top, root)
        if store.profile.owns(each.path.removeprefix(above))
    )
    older = (each for each in found if each[0] < first.get(each[1], float("inf")))
    return history.add_past(store.root, older)
