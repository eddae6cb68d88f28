"""The page that the daemon keeps up to date."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from memoryd.adapters.history import History
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.checks.selection import Choice
from memoryd.domain.report.redact import redacted
from memoryd.domain.report.watch import ReportWish
from memoryd.domain.usage.bill import StoreBill
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.report.collect import collect
from memoryd.services.report.costs import costs
from memoryd.services.report.past import period_since
from memoryd.services.report.render import render


def watched_page(  # noqa: PLR0913  # what the daemon knows
    found: FoundStores,
    wish: ReportWish,
    *,
    user: Choice,
    history: History,
    usage: Path,
    projects: Path,
    beat: Callable[[], None],
) -> str:
    """Return the page on all stores as HTML, without starting a process.

    Args:
        found: All stores and agent definitions.
        wish: What is wanted.
        user: Rule settings of the user's configuration.
        history: Has the past.
        usage: Path of the counts of uses.
        projects: The directory `projects` of the client's configuration directory.
        beat: Called for each store.

    Raises:
        MemorydError: If the period means nothing.
    """
    period = period_since(wish.since)
    bills = dict[str, StoreBill]()
    with suppress(MemorydError), UseCounts(usage) as counts:  # the rest of the page needs no counts
        bills = costs(counts, projects, found.stores, history, period)
    report = collect(
        found,
        ALL_RULES,
        user=user,
        history=history,
        period=period,
        bills=bills,
        git=False,
        tick=lambda *_: beat(),
    )
    return render(redacted(report) if wish.is_redacted else report)
