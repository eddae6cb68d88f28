"""What a harness loads of a store."""

from memoryd.adapters import files
from memoryd.domain.budget import budget_of
from memoryd.domain.store import Store


def context_of(store: Store) -> str | None:
    """The loaded view of a store, notice included; None where it has no index file.

    Raises:
        MemorydError: If the store cannot be listed.
    """
    budget = budget_of(files.snapshot(store))
    return budget.view.context if budget else None
