"""The page of `memoryd report --watch`, kept up to date."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd import private
from memoryd.adapters.history import History
from memoryd.adapters.report import read_wish
from memoryd.config.locations import LOCATIONS
from memoryd.domain.report.watch import PageTimes, ReportWish, next_times
from memoryd.services.daemon.journal import Journal

if TYPE_CHECKING:
    from memoryd.services.daemon.settings import Setting

_SIGNS = ("files", "compacted", "mended")  # counts of events after which the page is another one


class PageKeeper:
    """Writes the page that a person watches, in one step, whenever memory has changed.

    Args:
        history: The history; the page and the wish for it are beside it.
        journal: Its counts tell of changes.
        beat: Called now and then during long work.
    """

    def __init__(self, history: History, journal: Journal, beat: Callable[[], None]) -> None:
        self._history = history
        self._journal = journal
        self._beat = beat
        self._seen: tuple[object, ...] = ()
        self._times = PageTimes()

    def work(self, setting: "Setting") -> None:
        """Write the page if that is due.

        Raises:
            MemorydError: If something cannot be read.
            OSError: If the page cannot be written.
        """
        wish = read_wish(self._beside("watched"))
        if wish is None:
            self._seen, self._times = (), PageTimes()
            return
        signs = (wish, *(self._journal.counts[name] for name in _SIGNS))
        now = time.monotonic()
        if not self._times.is_due(now, changed=signs != self._seen):
            return
        self._seen, self._times = signs, next_times(now, 0.0)
        begun = time.thread_time()
        private.replace_file(self._beside("report"), self._page(setting, wish).encode())
        cost = time.thread_time() - begun
        self._times = next_times(time.monotonic(), cost)
        self._journal.info("report_written", seconds=round(cost, 1))

    def _beside(self, name: str) -> Path:
        return self._history.path.with_name(LOCATIONS[name].name)

    def _page(self, setting: "Setting", wish: ReportWish) -> str:
        from memoryd.services.report.write import watched_page  # noqa: PLC0415  # few people watch a page

        return watched_page(
            setting.discover(),
            wish,
            user=setting.config.choice("", setting.home),
            history=self._history,
            usage=self._beside("usage"),
            projects=setting.claude / "projects",
            beat=self._beat,
        )
