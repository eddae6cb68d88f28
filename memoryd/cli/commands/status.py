"""`status`."""

import gc
import shutil
import time
from contextlib import ExitStack, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd import private
from memoryd.cli import options
from memoryd.cli.output import daemon, history, setup, stores, trust
from memoryd.cli.output.progress import tick, waiting
from memoryd.cli.output.stores import compaction_lines, history_of, row
from memoryd.cli.output.terminal import (
    can_redraw,
    columns,
    emit_json,
    emit_lines,
    is_terminal,
    note,
    redrawn,
    styled,
)
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError, contradiction

if TYPE_CHECKING:
    from collections.abc import Callable

    from memoryd.adapters.history import History
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.history.lost_lines import Alarm
    from memoryd.domain.stores.store import Scope
    from memoryd.runtime import Runtime
    from memoryd.services.status.coverage import IndexCoverage
    from memoryd.services.status.views import Overview, StoreView

_EVERY = 2.0  # seconds between refreshes
_SHARE = 4  # a slow refresh is followed by a pause this many times as long
_WIDE, _MOST_TRENDS = 110, 200  # columns of a terminal, and stores, for which the past is looked up
_MOST = 6  # agents without memory that are named


def status(  # noqa: PLR0913  # options of a command
    *,
    json: options.Json = False,
    one_line: Annotated[
        bool, typer.Option("--short", help="One short line for a prompt, from what the daemon last wrote.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Refresh every two seconds until Ctrl-C.")] = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    no_cache: options.NoCache = False,
) -> None:
    """Show whether the daemon is running and how full every agent's memory is.

    Looks at every known store, wherever you are; options choose fewer.
    Counts errors and warnings, except for repetitions: `memoryd check --all` runs every rule.

    For example:

        memoryd status
        memoryd status --watch
    """
    look = partial(_Status, agent, scope, user=user and not everything, cache=not no_cache)
    if one_line:
        _print_short()
    elif not watch:
        gc.disable()  # what is read stays in use, and collecting garbage takes a tenth of the time
        seen = look()
        if json:
            emit_json(seen.as_json())
        else:
            emit_lines(seen.lines(seen.screen))
    elif json:
        raise contradiction("--watch", "--json")
    elif not can_redraw():
        raise MemorydError("--watch needs a terminal", "leave out --watch to print the status once")
    else:
        _watch(partial(look, quiet=True))


def _print_short() -> None:
    import os

    from memoryd.adapters.daemon.prompt import read_prompt
    from memoryd.config.locations import locate

    emit_lines([read_prompt(str(locate(os.environ).lock.parent), time.time())])


def _watch(look: "Callable[[], _Status]") -> None:
    with redrawn() as (draw, pause):
        while True:
            began = time.monotonic()
            draw(look().lines(shutil.get_terminal_size().lines))
            pause(max(_EVERY, _SHARE * (time.monotonic() - began)))


class _Status:
    """The state of daemon, stores and index at one moment."""

    def __init__(
        self,
        agent: str | None,
        scope: "Scope | None",
        *,
        user: bool = False,
        quiet: bool = False,
        cache: bool = True,
    ) -> None:
        from dataclasses import replace

        from memoryd.adapters.daemon.status_file import read_state
        from memoryd.adapters.dates import now
        from memoryd.adapters.stores.discovery import discover_user
        from memoryd.rules import ALL_RULES
        from memoryd.runtime import build
        from memoryd.services.status.overview import overview

        runtime = build()
        found = discover_user(runtime.places) if user else runtime.discover()
        chosen = tuple(
            each for each in found.stores if agent in {None, each.agent} and scope in {None, each.scope}
        )
        self._all = not user and len(chosen) == len(found.stores)
        self._found = replace(found, stores=chosen)
        self._now = now()
        self.is_new = runtime.config.enforce is None and not quiet
        locations = runtime.locations
        self._daemon = read_state(locations.lock, locations.status, self._now)
        checking = waiting(f"checking {counted(len(chosen), 'store', 'stores')}")
        with history_of(runtime) as past, nullcontext() if quiet else checking:
            self._size = past.size(time.time()) if past else None
            checks = runtime.user_checks
            is_set_up = runtime.config.enforce is not None  # until then nothing is written at all
            kept = runtime.kept_facts(cache=cache and is_set_up)
            self._seen = overview(self._found, ALL_RULES, user=checks, history=past, kept=kept, tick=tick)
            self._trends = _trends(self._seen.views, past)
        self._indexed = _indexed(runtime, self._found, self._seen)

    def as_json(self) -> dict[str, object]:
        indexed = self._indexed
        return {
            "daemon": daemon.as_json(self._daemon),
            "stores": [row(view) for view in self._seen.views],
            "index": {
                "files_indexed": indexed and indexed.files,
                "files_on_disk": sum(len(view.summary.files) for view in self._seen.views),
                "files_current": indexed and indexed.current,
            },
            "history": history.as_json(self._size),
            "alarms": [history.alarm_as_json(alarm) for alarm in self._alarms],
            **trust.as_json(self._found),
        }

    @property
    def screen(self) -> int | None:
        """The lines to fill at most: those of a terminal, for a person who sees it for the first time."""
        return shutil.get_terminal_size().lines - 1 if self.is_new and is_terminal() else None

    def lines(self, most: int | None = None) -> list[str]:
        """Return the status as text; if it is too long, only the stores with most problems are rows."""
        views = self._seen.views
        head = [*daemon.lines(self._daemon), *stores.index_line(self._indexed)]
        head += [*history.size_line(self._size), ""]
        if not views:
            none = stores.NO_STORES if self._all else ["no memory store of this choice found"]
            return [*head, *none, *self._alarm_lines(), *trust.lines_of(self._found, ()), *self._next()]
        told = compaction_lines(views)
        tail = [*([""] if told else []), *told, "", *stores.summary(self._seen, whole=self._all)]
        tail += [*self._notes(), *self._next()]
        rows = stores.table_lines(views, self._now, self._trends)
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

    def _next(self) -> list[str]:
        """Return what to type next, if nothing is set up."""
        if not (self.is_new and self._all):
            return []
        views = self._seen.views
        unseen = [(view.store, len(view.summary.fill.unseen)) for view in views if view.summary.fill]
        worst = sorted((each for each in unseen if each[1]), key=lambda each: -each[1])
        return setup.next_lines(worst, found=bool(views))

    def _worst(self, most: int) -> list[str]:
        """Return at most this many lines of the table, in its order."""
        views = self._seen.views
        ranked = sorted(range(len(views)), key=lambda number: _rank(views[number]), reverse=True)
        rows: list[str] = []
        for count in range(1, len(views)):
            shown = [views[number] for number in sorted(ranked[:count])]
            more = f"… {len(views) - count:,} more with fewer problems"
            longer = [*stores.table_lines(shown, self._now, self._trends), styled(more, "dim")]
            if len(longer) > most and rows:
                break
            rows = longer
        return rows

    def _notes(self) -> list[str]:
        views = self._seen.views
        lines = self._alarm_lines()
        waiting = stores.agents_without_memory(self._found, views) if self._all else []
        if waiting:
            more = f" and {len(waiting) - _MOST} more" if len(waiting) > _MOST else ""
            lines.append(styled(f"no memory yet: {', '.join(waiting[:_MOST])}{more}", "dim"))
        return lines + trust.lines_of(self._found, views)


def _trends(views: "tuple[StoreView, ...]", past: "History | None") -> dict[str, tuple[str, str]]:
    """Return the fill over time by store, for a terminal that has room for it."""
    if columns() < _WIDE or len(views) > _MOST_TRENDS:
        return {}
    from memoryd.services.report.past import sparks

    return sparks(views, past, time.time())


def _rank(view: "StoreView") -> tuple[float, ...]:
    from memoryd.domain.checks.diagnostic import Severity

    used = view.summary.fill.used if view.summary.fill else 0.0
    levels = (view.report.count(level) for level in (Severity.ERROR, Severity.WARNING))
    return (len(view.report.unread), used > 1, *levels, used)


def _indexed(runtime: "Runtime", found: "FoundStores", seen: "Overview") -> "IndexCoverage | None":
    """Compare the index with the disk; None if the index cannot be used."""
    from memoryd.services.status.coverage import compare_with_disk

    try:
        with ExitStack() as stack:
            exists = private.may_exist(runtime.locations.index)
            index = stack.enter_context(runtime.index()) if exists else None
            return compare_with_disk(found.stores, index, seen.look)
    except MemorydError as error:  # the rest of the status does not need it
        note(f"warning: {error.message}")
        return None


def first_screen() -> list[str]:
    """Return the status in one screen, for a person who has set up nothing; none if something is set up."""
    seen = _Status(None, None)
    return seen.lines(shutil.get_terminal_size().lines - 1) if seen.is_new else []
