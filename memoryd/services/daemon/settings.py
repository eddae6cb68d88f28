"""Settings of the daemon, replaced by a reload."""

from collections.abc import Callable
from pathlib import Path

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.daemon import Enforce
from memoryd.domain.stores.profiles import may_rewrite
from memoryd.domain.stores.store import Store
from memoryd.services.report.keep import PageSource
from memoryd.values import dataclass

_SHARE = 10_000  # at most one part in so many of the time is for scans, if not configured
_OFTEN = 60.0  # least seconds between two scans
_SELDOM = 600.0  # most seconds between two scans


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings that may change while the daemon runs.

    Attributes:
        config: The configuration.
        discover: Finds all stores.
        home: The home directory.
        claude: Claude Code's configuration directory.
    """

    config: Config
    discover: Callable[[], FoundStores]
    home: str
    claude: Path

    @property
    def metrics(self) -> Path | None:
        """The path of the metrics for Prometheus."""
        place = self.config.daemon.metrics
        return Path(self.home, *place.parts[1:]) if place and place.parts[0] == "~" else place

    def compacts(self, store: Store) -> bool:
        """Return whether the daemon compacts the index file of a store by itself."""
        config = self.config
        is_wanted = config.enforced.of(store, self.home) is Enforce.COMPACT
        return is_wanted and may_rewrite(store.profile, config.rewrite)

    def pause_after_scan(self, cost: float) -> float:
        """Return the seconds until the next scan: as configured, or as its cost allows.

        Args:
            cost: Seconds of processor time of the last scan.
        """
        return self.config.rescan or max(_OFTEN, min(cost * _SHARE, _SELDOM))

    @property
    def page(self) -> PageSource:
        """The source of the page of `memoryd report --watch`."""
        return PageSource(self.discover, self.config.choice("", self.home), self.claude / "projects")

    @property
    def rescan(self) -> float:
        """Seconds between two scans that cost nothing."""
        return self.pause_after_scan(0)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Names of files that stores may have, in any harness."""
        return tuple(each.rpartition("/")[2] for profile in self.config.harnesses for each in profile.files)
