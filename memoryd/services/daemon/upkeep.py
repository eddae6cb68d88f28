"""Regular care of the history and counts of uses."""

import time
from collections.abc import Callable

from memoryd.adapters.history import History
from memoryd.adapters.history.copies.backup import backup_of
from memoryd.errors import MemorydError
from memoryd.services.daemon.journal import Journal

_FIRST = 3600.0  # seconds: not while everything is new
_EVERY = 86400.0
_AGAIN = 3600.0  # seconds after a failure, on a full disk for example
_BACKUP_EVERY = 7 * 86400.0
_COUNT_FIRST = 60.0  # seconds
_COUNT_EVERY = 3600.0  # seconds: the client deletes its records after weeks
_COUNT_MORE = 1.0  # seconds between two portions


class Upkeep:
    """Expiry, checks and backups of the history, and what happened to its file.

    Args:
        history: The history.
        journal: Logs what was done and found.
        beat: Called now and then during long work.

    Attributes:
        count_uses: Counts a portion of the uses in session records, and returns whether that were all.
    """

    def __init__(self, history: History, journal: Journal, beat: Callable[[], None]) -> None:
        self._history = history
        self._journal = journal
        self._beat = beat
        self._at = time.monotonic() + _FIRST
        self.count_uses: Callable[[], bool] | None = None
        self._count_at = time.monotonic() + _COUNT_FIRST

    def work(self, most: int) -> None:
        """Do what is due.

        Args:
            most: Bytes that the history may have.

        Raises:
            MemorydError: If the history cannot be read or written.
        """
        for notice in self._history.notices():
            self._journal.warning("history_restored", reason=notice)
        self._count()
        if time.monotonic() < self._at:
            return
        self._at = time.monotonic() + _AGAIN
        self._back_up()
        gone = self._history.expire(time.time(), most)
        self._at = time.monotonic() + _EVERY
        self._journal.info(
            "expired", versions=gone.versions, operations=gone.operations, contents=gone.contents
        )

    def _count(self) -> None:
        """Count uses, if that is due; a failure is told once an hour."""
        if self.count_uses is None or time.monotonic() < self._count_at:
            return
        self._count_at = time.monotonic() + _COUNT_EVERY
        if not self.count_uses():
            self._count_at = time.monotonic() + _COUNT_MORE

    def _back_up(self) -> None:
        """Check the history and keep a copy, if the last one is a week old."""
        backup = backup_of(self._history.path)
        try:
            if time.time() - backup.stat().st_mtime < _BACKUP_EVERY:
                return
        except OSError:
            pass  # there is none
        try:
            self._history.backup(backup, self._beat, replace=True)
        except MemorydError as error:  # the last one stays
            self._journal.error("backup_failed", reason=error.message)
        else:
            self._journal.info("backed_up", path=str(backup), bytes=backup.stat().st_size)
