"""The watcher, and how far it is trusted."""

import time
from collections.abc import Callable, Iterable, Mapping

from memoryd.adapters.daemon.watcher import Watcher
from memoryd.services.daemon.journal import Journal

_EVERY = 10.0  # seconds between two checks of the watcher
_POLL = 5.0  # seconds between two looks at what it cannot watch
_CALM = 600.0  # seconds without a doubt after which the next one is checked at once again
_LONGEST_PAUSE = 60.0


class Lookout:
    """Watch of directories that reports unwatched directories and lost events.

    Args:
        ring: As for `Watcher`.
        patterns: As for `Watcher`.
        journal: Logs what is wrong.
    """

    def __init__(self, ring: Callable[[str], None], patterns: tuple[str, ...], journal: Journal) -> None:
        self._watcher = Watcher(ring, patterns)
        self._journal = journal
        self._doubted, self._pause = float("-inf"), 1.0

    @property
    def failed(self) -> Mapping[str, str]:
        """The reason by directory, for those that cannot be watched."""
        return self._watcher.failed

    @property
    def every(self) -> float:
        """The least seconds between two checks of the watcher, and of what it cannot watch."""
        return _POLL if self.failed else _EVERY

    @property
    def patience(self) -> float:
        """The time, on the monotonic clock, until which doubts wait if events are lost repeatedly."""
        return self._doubted + self._pause

    def watch(self, roots: Iterable[str]) -> None:
        """Watch these trees and no others."""
        self._watcher.watch(roots)
        self._tell()

    def check(self, directories: Iterable[str]) -> None:
        """Check whether these directories are watched, and all below the trees that failed."""
        self._watcher.unwatched(directories)
        self._tell()

    def doubts(self) -> bool:
        """Return whether events may have been missed; watch again what can be watched."""
        doubts = self._watcher.heal()
        for directory, reason in doubts.items():
            self._journal.warning("doubted", directory=directory, reason=reason)
        if doubts:
            now = time.monotonic()
            self._pause = min(self._pause * 2, _LONGEST_PAUSE) if now < self._doubted + _CALM else 1.0
            self._doubted = now
            self._tell()
        return bool(doubts)

    def close(self) -> None:
        """Stop all threads."""
        self._watcher.close()

    def _tell(self) -> None:
        for directory, reason in self.failed.items():
            if self._journal.is_news("not_watched", directory, reason):
                self._journal.warning("not_watched", directory=directory, reason=reason, every=_POLL)
