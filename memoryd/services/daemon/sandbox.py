"""The daemon's sandbox: which directories it may write to."""

import os
import time
from collections.abc import Callable, Iterable

from memoryd.adapters.daemon.landlock import confine
from memoryd.adapters.daemon.process import is_service
from memoryd.domain.daemon.state import SANDBOX_ON
from memoryd.services.daemon.journal import Journal
from memoryd.values import dataclass

_SQLITE_DIRECTORY = "SQLITE_TMPDIR"
_RESTART_AFTER = 180.0  # seconds: systemd gives up after five starts in ten minutes


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The confinement of this process.

    Attributes:
        writable: Real paths of the directories that it may write to.
        reason: The reason why it is not confined, or None where it is.
    """

    writable: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def state(self) -> str:
        """The word for the status file: that it is on, or why not."""
        return SANDBOX_ON if self.reason is None else self.reason

    def covers(self, place: str) -> bool:
        """Return whether a real path may be written to."""
        return self.reason is not None or any(
            place == path or place.startswith(f"{path}/") for path in self.writable
        )


OFF = Sandbox(reason="switched off in the configuration")
"""No confinement, as the user wishes."""


def enter(writable: Iterable[str], own: str) -> Sandbox:
    """Confine this process for good to writing to some directories.

    Args:
        writable: Their absolute paths; those that are missing now stay read-only.
        own: One of them, for the temporary files of SQLite.
    """
    os.environ.setdefault(_SQLITE_DIRECTORY, own)
    present = tuple(sorted({os.path.realpath(path) for path in writable if os.path.isdir(path)}))
    return Sandbox(present, confine(present))


class Border:
    """Stores on the wrong side of the sandbox, which no running process can widen.

    Attributes:
        sandbox: The confinement.
        outside: Real paths of the stores that appeared outside of it.
        wants_restart: Whether the daemon is to be started again.
    """

    def __init__(self, sandbox: Sandbox, journal: Journal) -> None:
        self.sandbox = sandbox
        self.outside: frozenset[str] = frozenset()
        self.wants_restart = False
        self._journal = journal
        self._restart_at = time.monotonic() + _RESTART_AFTER

    def look(self, places: Iterable[str], stop: Callable[[], None]) -> None:
        """Log stores that appeared outside, and stop a service, which is started again, for them."""
        outside = frozenset(place for place in places if not self.sandbox.covers(place))
        for place in sorted(outside - self.outside):
            self._journal.warning("outside_sandbox", store=place)
        self.outside = outside
        if outside and is_service() and time.monotonic() >= self._restart_at and not self.wants_restart:
            self._journal.info("restarting", reason="to widen the sandbox", stores=len(outside))
            self.wants_restart = True
            stop()
