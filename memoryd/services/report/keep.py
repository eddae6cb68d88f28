"""The page that stays open, kept up to date."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from memoryd import private
from memoryd.adapters.history import History
from memoryd.adapters.report import read_wish
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config.locations import LOCATIONS
from memoryd.domain.checks.selection import Choice
from memoryd.domain.report.watch import PageTimes, ReportWish, next_times
from memoryd.values import dataclass

_SIGNS = ("files", "compacted", "mended")  # events that change the page


@dataclass(frozen=True, slots=True)
class PageSource:
    """Settings of the daemon that a page is made from.

    Attributes:
        discover: Finds all stores.
        user: Rule settings of the user's configuration.
        projects: The directory `projects` of the client's configuration directory.
    """

    discover: Callable[[], FoundStores]
    user: Choice
    projects: Path


class PageKeeper:
    """Writes the page that a person watches, in one step, whenever memory has changed.

    Args:
        history: The history; the page and the wish for it are beside it.
        counts: How often each event of the daemon happened.
        tell: Logs that the page was written, with the seconds of processor time that it took.
        beat: Called now and then during long work.
    """

    def __init__(
        self,
        history: History,
        counts: Mapping[str, int],
        tell: Callable[[float], None],
        beat: Callable[[], None],
    ) -> None:
        self._history = history
        self._counts = counts
        self._tell = tell
        self._beat = beat
        self._seen: tuple[object, ...] = ()
        self._times = PageTimes()

    def work(self, source: PageSource) -> None:
        """Write the page if that is due.

        Raises:
            MemorydError: If something cannot be read.
            OSError: If the page cannot be written.
        """
        wish = read_wish(self._beside("watched"))
        if wish is None:
            self._seen, self._times = (), PageTimes()
            return
        signs = (wish, *(self._counts.get(name, 0) for name in _SIGNS))
        now = time.monotonic()
        if not self._times.is_due(now, changed=signs != self._seen):
            return
        self._seen, self._times = signs, next_times(now, 0.0)  # even if it fails
        begun = time.thread_time()
        private.replace_file(self._beside("report"), self._page(source, wish).encode())
        cost = time.thread_time() - begun
        self._times = next_times(time.monotonic(), cost)
        self._tell(round(cost, 1))

    def _beside(self, name: str) -> Path:
        return self._history.path.with_name(LOCATIONS[name].name)

    def _page(self, source: PageSource, wish: ReportWish) -> str:
        from memoryd.services.report.write import watched_page  # noqa: PLC0415  # few people watch a page

        return watched_page(
            source.discover(),
            wish,
            user=source.user,
            history=self._history,
            usage=self._beside("usage"),
            projects=source.projects,
            beat=self._beat,
        )
