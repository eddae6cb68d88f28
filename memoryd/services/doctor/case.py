"""What the doctor looks at."""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.locations import Locations
from memoryd.errors import ConfigError

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """What one user has.

    Attributes:
        locations: Where things lie.
        config: The configuration, or the defaults where it is bad.
        found: The stores known.
        client: Version of Claude Code that was used last, "" where no session record tells.
        error: What is wrong with the configuration, or None.
    """

    locations: Locations
    config: Config
    found: FoundStores
    client: str = ""
    error: ConfigError | None = None


def named(paths: Iterable[str]) -> str:
    """Some of many, and how many more."""
    every = sorted(paths)
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
