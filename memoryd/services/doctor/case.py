"""Input of the doctor's checks."""

from collections.abc import Iterable

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.locations import Locations
from memoryd.errors import ConfigError
from memoryd.values import dataclass

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """The environment of one user.

    Attributes:
        locations: Paths of memoryd's own files.
        config: The configuration, or the defaults if it is bad.
        found: The known stores.
        client: Version of Claude Code used last, "" if no session record has it.
        error: What is wrong with the configuration, or None.
    """

    locations: Locations
    config: Config
    found: FoundStores
    client: str = ""
    error: ConfigError | None = None


def named(paths: Iterable[str]) -> str:
    """Return the first of many paths, and how many more there are."""
    every = sorted(paths)
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
