"""What the daemon goes by, as long as nobody asks it to read its configuration anew."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from memoryd.adapters.discovery import Found
from memoryd.config import Config


@dataclass(frozen=True, slots=True)
class Setting:
    """What may change while the daemon runs.

    Attributes:
        config: The configuration.
        discover: Finds all stores.
        home: The home directory.
    """

    config: Config
    discover: Callable[[], Found]
    home: str

    @property
    def metrics(self) -> Path | None:
        """Where the numbers for Prometheus go."""
        place = self.config.daemon.metrics
        return Path(self.home, *place.parts[1:]) if place and place.parts[0] == "~" else place

    @property
    def patterns(self) -> tuple[str, ...]:
        """Names of files that stores may have, of whatever harness."""
        return tuple(each.rpartition("/")[2] for profile in self.config.harnesses for each in profile.files)
