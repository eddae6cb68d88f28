"""The watcher, what it says of itself, and how much of that is believed."""

import time
from collections.abc import Callable, Iterable, Mapping

from memoryd.adapters.daemon.watcher import Watcher
from memoryd.services.daemon.journal import Journal

EVERY = 5.0  # seconds between two looks at the watcher, and at what it cannot watch
_CALM = 600.0  # seconds without a doubt after which the next one is looked into at once again
_LONGEST_PAUSE = 60.0


class Lookout:
    """Watches directories, and tells of those that cannot be watched and of events that were lost.

    Args:
        ring: As of `Watcher`.
        patterns: As of `Watcher`.
        journal: Told what is wrong.
    """

    def __init__(self, ring: Callable[[str], None], patterns: tuple[str, ...], journal: Journal) -> None:
        self._watcher = Watcher(ring, patterns)
        self._journal = journal
        self._doubted, self._pause = float("-inf"), 1.0

    @property
    def failed(self) -> Mapping[str, str]:
        """Why, by directory, for those that cannot be watched."""
        return self._watcher.failed

    @property
    def patience(self) -> float:
        """Until when, on the monotonic clock, doubts wait: where events are lost again and again."""
        return self._doubted + self._pause

    def watch(self, roots: Iterable[str]) -> None:
        """Watch these trees and no others."""
        self._watcher.watch(roots)
        self._tell()

    def check(self, directories: Iterable[str]) -> None:
        """See whether these directories are watched, and all below the trees that failed."""
        self._watcher.unwatched(directories)
        self._tell()

    def doubts(self) -> bool:
        """Whether something may have been missed; what no longer watches does so again, where it can."""
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
                self._journal.warning("not_watched", directory=directory, reason=reason, every=EVERY)
