"""What the daemon goes by, as long as nobody asks it to read its configuration anew."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config

_SHARE = 3_000  # one in so many parts of the time may go into scans, where nobody said how often
_OFTEN = 60.0  # seconds between two scans at least
_SELDOM = 600.0  # seconds between two scans at most


@dataclass(frozen=True, slots=True)
class Setting:
    """What may change while the daemon runs.

    Attributes:
        config: The configuration.
        discover: Finds all stores.
        home: The home directory.
    """

    config: Config
    discover: Callable[[], FoundStores]
    home: str

    @property
    def metrics(self) -> Path | None:
        """Where the numbers for Prometheus go."""
        place = self.config.daemon.metrics
        return Path(self.home, *place.parts[1:]) if place and place.parts[0] == "~" else place

    def pause_after_scan(self, cost: float) -> float:
        """Seconds until the next scan: as configured, or else as seldom as the cost demands.

        Args:
            cost: Seconds of processor time that the last one took.
        """
        return self.config.rescan or max(_OFTEN, min(cost * _SHARE, _SELDOM))

    @property
    def rescan(self) -> float:
        """Seconds between two scans that cost nothing."""
        return self.pause_after_scan(0)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Names of files that stores may have, of whatever harness."""
        return tuple(each.rpartition("/")[2] for profile in self.config.harnesses for each in profile.files)
