"""One store as text and JSON."""

from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import (
    broken,
    note,
    relative,
    short,
)
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from memoryd.adapters.history import History
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
    from memoryd.services.status import StoreView

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
    budget = view.budget
    return [
        {
            "line": budget.index.position(entry.span.start).line,
            "text": budget.index.slice(entry.span).rstrip(),
        }
        for entry in (budget.unseen if budget else ())
        if budget
    ]


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
    "lines": lambda view: view.budget.view.lines if view.budget else 0,
    "units": lambda view: view.budget.view.units if view.budget else 0,
    "limit_lines": lambda view: view.store.profile.max_lines,
    "limit_units": lambda view: view.store.profile.max_units,
    "unit": lambda view: view.store.profile.unit,
    "profile": lambda view: view.store.profile.name,
    "cut_line": lambda view: view.budget.cut_line if view.budget else None,
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
