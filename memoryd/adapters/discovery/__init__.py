"""Finds stores and agent definitions on disk.

Two ways of looking: known places are searched for what the client itself would use (`known`), a path
that a person names for everything that looks like a store (`named`).
"""

from memoryd.adapters.discovery.known import discover, discover_repository, discover_user
from memoryd.adapters.discovery.named import discover_at
from memoryd.adapters.discovery.places import Found, Places

__all__ = ["Found", "Places", "discover", "discover_at", "discover_repository", "discover_user"]
