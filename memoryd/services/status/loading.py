"""What a harness loads of a store."""

from memoryd.adapters.stores import contents
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.stores.store import Store


def context_of(store: Store) -> str | None:
    """The loaded view of a store, notice included; None where it has no index file.

    Raises:
        MemorydError: If the store cannot be listed.
    """
    budget = budget_of(contents.snapshot(store))
    return budget.view.context if budget else None
