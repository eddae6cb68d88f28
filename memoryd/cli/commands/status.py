"""`status`."""

import shutil
import time
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import daemon, history, trust
from memoryd.cli.output.progress import waiting
from memoryd.cli.output.stores import compaction_lines, history_of, row
from memoryd.cli.output.terminal import (
    bar,
    can_redraw,
    emit_json,
    emit_lines,
    fits,
    note,
    redrawn,
    short,
    styled,
    table,
)
from memoryd.domain.dates.moments import ago
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.history.lost_lines import Alarm
    from memoryd.domain.stores.store import Scope
    from memoryd.runtime import Runtime
    from memoryd.services.status import IndexCoverage, Overview, StoreView

_HEAD = ("AGENT", "SCOPE", "USED", "LINES", "SIZE", "UNSEEN", "ERRORS", "WARNINGS", "CHANGED", "STORE")
# From the widest to the narrowest; without the last column, stores are grouped by directory.
_COLUMNS = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (0, 1, 2, 3, 4, 5, 6, 7, 8),
    (0, 1, 2, 5, 6, 7, 8),
    (0, 2, 5, 6, 7),
)
_EVERY = 2.0  # seconds between refreshes
_SHARE = 4  # a slow refresh is followed by a pause this many times as long
_NO_STORES = (
    "no memory store found: agents create them as they learn",
    "  (`projects` in the configuration names repositories to search)",
)
_MOST = 6  # agents without memory that are named


def status(
    *,
    json: options.Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Refresh every two seconds until Ctrl-C.")] = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
) -> None:
    """Show whether the daemon is running and how full every agent's memory is.

    Counts errors and warnings, except for repetitions: `memoryd check --all` runs every rule.
    """
    if not watch:
        seen = _Status(agent, scope)
        if json:
            emit_json(seen.as_json())
        else:
            emit_lines(seen.lines())
    elif json:
        raise MemorydError("--watch and --json cannot be used together", "leave one of them out")
    elif not can_redraw():
        raise MemorydError("--watch needs a terminal", "leave out --watch to print the status once")
    else:
        _watch(lambda: _Status(agent, scope, quiet=True))


def _watch(look: "Callable[[], _Status]") -> None:
    with redrawn() as (draw, pause):
        while True:
            began = time.monotonic()
            draw(look().lines(shutil.get_terminal_size().lines))
            pause(max(_EVERY, _SHARE * (time.monotonic() - began)))


class _Status:
    """The state of daemon, stores and index at one moment."""

    def __init__(self, agent: str | None, scope: "Scope | None", *, quiet: bool = False) -> None:
        from dataclasses import replace

        from memoryd.adapters.daemon.status_file import read_state
        from memoryd.adapters.dates import now
        from memoryd.rules import ALL_RULES
        from memoryd.runtime import build
        from memoryd.services.status import overview

        runtime = build()
        found = runtime.discover()
        stores = tuple(
            each for each in found.stores if agent in {None, each.agent} and scope in {None, each.scope}
        )
        self._all = len(stores) == len(found.stores)
        self._found = replace(found, stores=stores)
        self._now = now()
        locations = runtime.locations
        self._daemon = read_state(locations.lock, locations.status, self._now)
        checking = waiting(f"checking {counted(len(stores), 'store', 'stores')}")
        with history_of(runtime) as past, nullcontext() if quiet else checking:
            self._size = past.size(time.time()) if past else None
            self._seen = overview(self._found, ALL_RULES, user=runtime.user_checks, history=past)
        self._indexed = _indexed(runtime, self._found)

    def as_json(self) -> dict[str, object]:
        indexed = self._indexed
        return {
            "daemon": daemon.as_json(self._daemon),
            "stores": [row(view) for view in self._seen.views],
            "index": {
                "files_indexed": indexed and indexed.files,
                "files_on_disk": sum(len(view.snapshot.documents) for view in self._seen.views),
                "files_current": indexed and indexed.current,
            },
            "history": history.as_json(self._size),
            "alarms": [history.alarm_as_json(alarm) for alarm in self._alarms],
            **trust.as_json(self._found),
        }

    def lines(self, most: int | None = None) -> list[str]:
        """Return the status as text; if it is too long, only the stores with most problems are rows."""
        views = self._seen.views
        head = [*daemon.lines(self._daemon), *_index_line(self._indexed), *history.size_line(self._size), ""]
        if not views:
            none = _NO_STORES if self._all else ["no memory store of that agent or scope found"]
            return [*head, *none, *self._alarm_lines(), *trust.lines_of(self._found, ())]
        told = compaction_lines(views)
        tail = [*([""] if told else []), *told, "", *_summary(self._seen, whole=self._all), *self._notes()]
        rows = _table(views, self._now)
        if most and len(head) + len(rows) + len(tail) > most:
            rows = self._worst(most - len(head) - len(tail))
        return [*head, *rows, *tail]

    @property
    def _alarms(self) -> "list[Alarm]":
        """The alarms about the stores shown, and about deleted ones if all are shown; the newest first."""
        found = [alarm for view in self._seen.views for alarm in view.alarms]
        found += self._seen.elsewhere if self._all else ()
        return sorted(found, key=lambda alarm: alarm.id, reverse=True)

    def _alarm_lines(self) -> list[str]:
        return [styled(history.alarm_line(alarm), "red") for alarm in self._alarms]

    def _worst(self, most: int) -> list[str]:
        """Return at most this many lines of the table, in its order."""
        views = self._seen.views
        ranked = sorted(range(len(views)), key=lambda number: _rank(views[number]), reverse=True)
        rows: list[str] = []
        for count in range(1, len(views)):
            shown = [views[number] for number in sorted(ranked[:count])]
            more = f"… {len(views) - count:,} more with fewer problems"
            longer = [*_table(shown, self._now), styled(more, "dim")]
            if len(longer) > most and rows:
                break
            rows = longer
        return rows

    def _notes(self) -> list[str]:
        views = self._seen.views
        lines = self._alarm_lines()
        waiting = _waiting(self._found, views) if self._all else []
        if waiting:
            more = f" and {len(waiting) - _MOST} more" if len(waiting) > _MOST else ""
            lines.append(styled(f"no memory yet: {', '.join(waiting[:_MOST])}{more}", "dim"))
        return lines + trust.lines_of(self._found, [view.snapshot for view in views])


def _rank(view: "StoreView") -> tuple[float, ...]:
    from memoryd.domain.checks.diagnostic import Severity

    used = view.budget.used if view.budget else 0.0
    levels = (view.report.count(level) for level in (Severity.ERROR, Severity.WARNING))
    return (len(view.report.unread), used > 1, *levels, used)


def _indexed(runtime: "Runtime", found: "FoundStores") -> "IndexCoverage | None":
    """Compare the index with the disk; None if the index cannot be used."""
    from memoryd.services.status import compare_with_disk

    try:
        with ExitStack() as stack:
            exists = runtime.locations.index.exists()
            index = stack.enter_context(runtime.index()) if exists else None
            return compare_with_disk(found.stores, index)
    except MemorydError as error:  # the rest of the status does not need it
        note(f"warning: {error.message}")
        return None


def _index_line(indexed: "IndexCoverage | None") -> list[str]:
    if indexed is None or not indexed.on_disk:
        return []
    if not indexed.files:
        return ["index: empty; the first search reads everything"]
    files = counted(indexed.on_disk, "file", "files")
    behind, deleted = indexed.on_disk - indexed.current, indexed.files - indexed.on_disk
    if not behind and deleted <= 0:
        return [f"index: {files}, all up to date"]
    what = f"{behind:,} of {files} out of date" if behind else f"{deleted:,} more than the {files} on disk"
    return [f"index: {what}; the next search updates it"]


def _table(views: "Sequence[StoreView]", now: "datetime") -> list[str]:
    """Return a row for each store; on a narrow terminal with fewer columns, grouped by directory."""
    rows = [_row(view, now) for view in views]
    for columns in _COLUMNS:
        head = tuple(_HEAD[column] for column in columns)
        lines = table(head, [tuple(row[column] for column in columns) for row in rows])
        if fits(lines):
            break
    if columns is _COLUMNS[0]:
        return lines
    head_line, *lines = lines
    found = [head_line]
    directory = None
    for view, line in zip(views, lines, strict=True):
        here = short(view.store.base or view.store.root.rpartition("/")[0])
        if here != directory:
            found.append(styled(here, "bold"))
            directory = here
        found.append(line)
    return found


def _row(view: "StoreView", now: "datetime") -> tuple[str, ...]:
    from memoryd.domain.checks.diagnostic import Severity

    budget = view.budget
    used = (
        (
            f"{bar(budget.used, 10)} {budget.used:>4.0%}",
            f"{budget.view.lines:,}",
            f"{budget.view.units:,}",
            _number(len(budget.unseen), "red"),
        )
        if budget
        else ("no index file", "–", "–", "–")
    )
    return (
        view.store.agent,
        view.store.scope,
        *used,
        _number(view.report.count(Severity.ERROR), "red"),
        _number(view.report.count(Severity.WARNING), "yellow"),
        ago(view.changed, now).removesuffix(" ago") if view.changed else "–",
        short(view.store.root),
    )


def _number(number: int, style: str) -> str:
    """Return a number of problems, styled unless it is 0."""
    return styled(f"{number:,}", style) if number else "–"


def _summary(seen: "Overview", *, whole: bool) -> list[str]:
    """Return the totals of all rows, and what is not in them."""
    from memoryd.domain.checks.diagnostic import Severity

    views = seen.views
    files = sum(len(view.snapshot.documents) for view in views)
    over = sum(view.budget is not None and view.budget.is_over for view in views)
    unread = sum(len(view.report.unread) for view in views)
    numbers = {level: sum(view.report.count(level) for view in views) for level in Severity}
    found = [counted(number, level, f"{level}s") for level, number in numbers.items() if number]
    if whole and seen.definitions:
        found.append(f"{len(seen.definitions)} in agent definitions")
    total = f"{counted(len(views), 'store', 'stores')}, {counted(files, 'file', 'files')}: "
    lines = [total + (", ".join(found) or "no errors, no warnings")]
    if over:
        lines[0] += styled(f"; {over:,} over the limit", "red")
    if unread:
        lines.append(
            styled(f"{counted(unread, 'file', 'files')} cannot be read: `memoryd check` shows why", "red")
        )
    return [*lines, styled("(`memoryd check --all` also finds repetitions and gives advice)", "dim")]


def _waiting(found: "FoundStores", views: "Sequence[StoreView]") -> list[str]:
    """Return the names of agents whose definition asks for memory and that have none yet."""
    served = {definition for view in views for definition in view.agents}
    return sorted({each.name for each in found.definitions if each.scope and each not in served})
