"""Alarms about losses, as events of the daemon's log."""

import time
from collections.abc import Iterable

from memoryd.adapters.history import History
from memoryd.domain.history.lost_lines import Alarm
from memoryd.domain.stores.store import Store
from memoryd.services.daemon.journal import Journal
from memoryd.services.history.losses import examine, open_alarms

_PATIENCE = 60.0  # seconds in which an agent that moves lines may write them elsewhere


class LossWatch:
    """Examines new versions for losses, and logs alarms that last: paths and counts, never text.

    Args:
        history: Has all versions, and keeps the alarms.
        journal: Logs them.
    """

    def __init__(self, history: History, journal: Journal) -> None:
        self._history = history
        self._journal = journal
        self._logged: set[int] = set()
        self._found: tuple[Alarm, ...] = ()
        self._version: tuple[object, int, int] | None = None  # of the history in which they were found

    @property
    def alarms(self) -> int:
        """The number of open alarms."""
        return len(self._found)

    @property
    def roots(self) -> frozenset[str]:
        """The stores that have some."""
        return frozenset(alarm.root for alarm in self._found)

    def look(self, stores: Iterable[Store], only: str | None = None) -> None:
        """Examine the stores, and count and log the alarms.

        Args:
            stores: Stores that exist.
            only: Root of the only one of them to examine; None for all, and for deleted ones.

        Raises:
            MemorydError: If the history cannot be read or written.
        """
        examine(self._history, stores, only)
        if self._history.alarms.version() != self._version:
            self._found = open_alarms(self._history)
            self._version = self._history.alarms.version()
        for alarm in self._found:
            if alarm.id not in self._logged and time.time() - alarm.time >= _PATIENCE:
                self._logged.add(alarm.id)
                self._log(alarm)
        for identity in self._logged - {alarm.id for alarm in self._found}:
            self._logged.discard(identity)
            self._journal.info("loss_settled", alarm=identity)

    def _log(self, alarm: Alarm) -> None:
        self._journal.warning(
            "loss",
            alarm=alarm.id,
            sign=str(alarm.sign),
            store=alarm.root,
            path=alarm.path,
            files=alarm.files,
            lines=alarm.lines,
        )
