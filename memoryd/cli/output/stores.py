"""Stores as text and JSON."""

from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from memoryd.cli.output.links import path_links
from memoryd.cli.output.terminal import bar, broken, columns, note, one_line, plain, relative, short, styled
from memoryd.domain.dates.moments import ago
from memoryd.domain.text.phrases import counted
from memoryd.domain.text.width import width
from memoryd.errors import MemorydError
from memoryd.values import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from memoryd.adapters.history import History
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
    from memoryd.services.status.coverage import IndexCoverage
    from memoryd.services.status.views import Overview, StoreView

_HEAD = (
    *("AGENT", "SCOPE", "USED", "TREND", "LINES", "SIZE"),
    *("UNSEEN", "ERRORS", "WARNINGS", "CHANGED", "STORE"),
)
_STORE = 10  # the last column
# From the widest to the narrowest; without the last column, stores are grouped by directory.
_COLUMNS = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    (0, 1, 2, 4, 5, 6, 7, 8, 9, 10),
    (0, 1, 2, 4, 5, 6, 7, 8, 9),
    (0, 1, 2, 6, 7, 8, 9),
    (0, 2, 6, 7, 8),
)
NO_STORES = (
    "no memory store found: agents create them as they learn",
    "  (`projects` in the configuration names repositories to search)",
)
_NUMBER = regex(r"[\d,]+|–")
_MOST_COMPACTIONS = 3  # that `status` tells of


def told_apart(stores: "Iterable[Store]") -> str:
    """Return the paths and scopes of stores of one name, for an error that asks for one of them."""
    return ", ".join(f"{short(store.root)} ({store.scope})" for store in stores)


@contextmanager
def history_of(runtime: "Runtime") -> "Iterator[History | None]":
    """Open the history; None if it does not exist or cannot be opened."""
    with ExitStack() as stack:
        try:
            history = stack.enter_context(runtime.existing_history())
        except MemorydError as error:
            note(f"warning: {error.message}; losses are unknown")
            history = None
        yield history


def row(view: "StoreView") -> dict[str, object]:
    """Return a store as in `status --json`."""
    return {key: value(view) for key, value in ROW.items()}


def as_json(view: "StoreView") -> dict[str, object]:
    """Return a store as in `show --json`: its row, and the number of informational findings."""
    from memoryd.domain.checks.diagnostic import Severity

    return row(view) | {"findings": {**_findings(view), "infos": view.report.count(Severity.INFO)}}


def _unseen(view: "StoreView") -> list[dict[str, object]]:
    fill = view.summary.fill
    return [{"line": each.line, "text": each.text} for each in (fill.unseen if fill else ())]


def _findings(view: "StoreView") -> dict[str, object]:
    from memoryd.domain.checks.diagnostic import Severity

    report = view.report
    # `status` counts only what fails a check
    return {
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "infos": None,
    }


def _lost(view: "StoreView") -> list[dict[str, object]]:
    return [
        {
            "path": relative(loss.had.path),
            "version": loss.dropped_by.id,
            "entries": list(loss.entries),
            "alarm": alarm.id,
            "sign": alarm.sign,
        }
        for alarm in view.alarms
        for loss in alarm.losses
    ]


def _compaction(view: "StoreView") -> dict[str, object] | None:
    last = view.compaction
    if last is None:
        return None
    when = datetime.fromtimestamp(last.time, UTC).isoformat(timespec="seconds")
    return {"operation": last.operation, "time": when, "outcome": last.outcome}


ROW: "Mapping[str, Callable[[StoreView], object]]" = {
    "store": lambda view: relative(view.store.root),
    "agent": lambda view: view.store.agent,
    "scope": lambda view: view.store.scope,
    "definitions": lambda view: [relative(agent.path) for agent in view.agents],
    "lines": lambda view: view.summary.fill.lines if view.summary.fill else 0,
    "units": lambda view: view.summary.fill.units if view.summary.fill else 0,
    "limit_lines": lambda view: view.store.profile.max_lines,
    "limit_units": lambda view: view.store.profile.max_units,
    "unit": lambda view: view.store.profile.unit,
    "profile": lambda view: view.store.profile.name,
    "cut_line": lambda view: view.summary.fill.cut_line if view.summary.fill else None,
    "unseen_entries": _unseen,
    "unseen_topics": lambda view: list(view.unseen_topics),
    "topics": lambda view: [{"path": path, "reached_by": way} for path, way in view.reach.items()],
    "findings": _findings,
    "unread": lambda view: [
        {"path": relative(each.path), "reason": each.reason} for each in view.report.unread
    ],
    "lost": _lost,
    "compaction": _compaction,
    "changed": lambda view: view.changed.isoformat(timespec="seconds") if view.changed else None,
}
"""The values of a store in `status --json`, by key. A test compares the keys with the help topic `json`."""


def compaction_lines(views: "Sequence[StoreView]") -> list[str]:
    """Return one sentence for each store that was compacted within a day, the newest first."""
    names = Counter(view.store.agent for view in views)
    told = sorted(
        ((view.compaction.time, view.compaction.operation, view) for view in views if view.compaction),
        key=lambda each: each[:2],
        reverse=True,
    )
    lines = []
    for _, operation, view in told[:_MOST_COMPACTIONS]:
        name = view.store.agent if names[view.store.agent] == 1 else ""
        outcome = view.compaction.outcome if view.compaction else ""
        text = f"{name or short(view.store.root)}: {outcome}. Undo: memoryd undo {operation}"
        lines += broken(text, "  ")
    if len(told) > _MOST_COMPACTIONS:
        lines.append(f"… and {len(told) - _MOST_COMPACTIONS:,} more: memoryd log")
    return lines


def index_line(indexed: "IndexCoverage | None") -> list[str]:
    """Return how much of the disk the index has, in at most one line."""
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


def table_lines(
    views: "Sequence[StoreView]", now: "datetime", trends: "Mapping[str, tuple[str, str]]"
) -> list[str]:
    """Return a row for each store; on a narrow terminal with fewer columns, grouped by directory.

    Args:
        views: The stores.
        now: The present.
        trends: The fill over time by path of the store, for a wide terminal; empty for none.
    """
    draw, number, present = cache(_used), cache(_number), now.astimezone(UTC)  # many rows are alike
    rows = [
        (*_row(view, present, trends.get(view.store.root, ("", ""))[0], draw, number), root)
        for view, root in zip(views, path_links(view.store.root for view in views), strict=True)
    ]
    most = columns()
    for chosen in _COLUMNS[not trends :]:
        head = tuple(_HEAD[column] for column in chosen)
        lines = table(head, [tuple(row[column] for column in chosen) for row in rows])
        if not most or max(map(width, map(plain, lines))) <= most:
            break
    if _STORE in chosen:
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


def _row(
    view: "StoreView",
    now: "datetime",
    trend: str,
    draw: "Callable[[float], str]",
    number: "Callable[[int, str], str]",
) -> tuple[str, ...]:
    from memoryd.domain.checks.diagnostic import Severity

    fill = view.summary.fill
    levels = [each.level for each in view.report.diagnostics]
    used = (
        (
            draw(fill.used),
            trend,
            f"{fill.lines:,}",
            f"{fill.units:,}",
            number(len(fill.unseen), "red"),
        )
        if fill
        else ("no index file", "", "–", "–", "–")
    )
    return (
        view.store.agent,
        view.store.scope,
        *used,
        number(levels.count(Severity.ERROR), "red"),
        number(levels.count(Severity.WARNING), "yellow"),
        ago(view.changed, now).removesuffix(" ago") if view.changed else "–",
    )


def _used(used: float) -> str:
    """Return how full an index file is, as a bar and a number."""
    return f"{bar(used, 10)} {used:>4.0%}"


def _number(number: int, style: str) -> str:
    """Return a number of problems, styled unless it is 0."""
    return styled(f"{number:,}", style) if number else "–"


def summary(seen: "Overview", *, whole: bool) -> list[str]:
    """Return the totals of all rows, and what is not in them."""
    from memoryd.domain.checks.diagnostic import Severity

    views = seen.views
    files = sum(len(view.summary.files) for view in views)
    over = sum(view.summary.fill is not None and view.summary.fill.is_over for view in views)
    unread = sum(len(view.report.unread) for view in views)
    numbers = Counter(each.level for view in views for each in view.report.diagnostics)
    found = [counted(numbers[level], level, f"{level}s") for level in Severity if numbers[level]]
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


def agents_without_memory(found: "FoundStores", views: "Sequence[StoreView]") -> list[str]:
    """Return the names of agents whose definition asks for memory and that have none yet."""
    served = {definition for view in views for definition in view.agents}
    return sorted({each.name for each in found.definitions if each.scope and each not in served})


def table(head: tuple[str, ...], rows: "Iterable[tuple[str, ...]]") -> list[str]:
    """Return aligned lines under a heading, numbers to the right; styles have no width."""
    columns = [_aligned(name, cells) for name, *cells in zip(head, *rows, strict=True)]
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def _aligned(name: str, cells: "Sequence[str]") -> list[str]:
    """Return the heading and the cells of a column in one width; equal cells are looked at once."""
    visible = {cell: one_line(cell) for cell in dict.fromkeys((name, *cells))}
    shown = {cell: plain(text) for cell, text in visible.items()}
    widest = max(map(width, shown.values()))
    to_right = all(_NUMBER.fullmatch(shown[cell]) for cell in dict.fromkeys(cells))
    for cell, text in visible.items():
        gap = " " * (widest - width(shown[cell]))
        visible[cell] = gap + text if to_right else text + gap
    return [visible[cell] for cell in (name, *cells)]
