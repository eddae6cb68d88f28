"""Discovery of stores and agent definitions on disk.

Two ways of looking: known places are searched for what the client itself would use (`known`), a path
that a person names for everything that looks like a store (`named`).
"""

from memoryd.adapters.stores.discovery.known_places import (
    agents_near,
    discover,
    discover_repository,
    discover_user,
)
from memoryd.adapters.stores.discovery.memory_like import memory_like
from memoryd.adapters.stores.discovery.named_paths import discover_at
from memoryd.adapters.stores.discovery.places import FoundStores, Places
from memoryd.adapters.stores.discovery.session_records import newest_client, session_texts

__all__ = [
    "FoundStores",
    "Places",
    "agents_near",
    "discover",
    "discover_at",
    "discover_repository",
    "discover_user",
    "memory_like",
    "newest_client",
    "session_texts",
]
