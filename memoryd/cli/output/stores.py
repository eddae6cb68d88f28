"""One store as text and JSON, and its lost updates."""

import shlex
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import (
    note,
    relative,
    short,
)
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryd.adapters.history import History
    from memoryd.domain.history.lost_updates import Loss
    from memoryd.runtime import Runtime
    from memoryd.services.status import StoreView


@contextmanager
def history_of(runtime: "Runtime") -> "Iterator[History | None]":
    """The history where it is there and can be opened; the rest can be told without it."""
    with ExitStack() as stack:
        try:
            history = stack.enter_context(runtime.existing_history())
        except MemorydError as error:
            note(f"warning: {error.message}; nothing is known of lost updates")
            history = None
        yield history


def as_json(view: "StoreView") -> dict[str, object]:
    """A store for machines."""
    from memoryd.domain.checks.diagnostic import Severity

    store, budget = view.store, view.budget
    unseen = [
        {
            "line": budget.index.position(entry.span.start).line,
            "text": budget.index.slice(entry.span).rstrip(),
        }
        for entry in (budget.unseen if budget else ())
        if budget
    ]
    return {
        "store": relative(store.root),
        "agent": store.agent,
        "scope": store.scope,
        "definitions": [relative(agent.path) for agent in view.agents],
        "lines": budget.view.lines if budget else 0,
        "units": budget.view.units if budget else 0,
        "limit_lines": store.profile.max_lines,
        "limit_units": store.profile.max_units,
        "unit": store.profile.unit,
        "profile": store.profile.name,
        "cut_line": budget.cut_line if budget else None,
        "unseen_entries": unseen,
        "unseen_topics": list(view.unseen_topics),
        "topics": [{"path": path, "reached_by": way} for path, way in view.reach.items()],
        "findings": {f"{level}s": view.report.count(level) for level in Severity},
        "unread": [{"path": relative(each.path), "reason": each.reason} for each in view.report.unread],
        "lost": [
            {"path": relative(loss.had.path), "version": loss.dropped_by.id, "entries": list(loss.entries)}
            for loss in view.losses
        ],
        "changed": view.changed.isoformat(timespec="seconds") if view.changed else None,
    }


def lost_sentence(loss: "Loss") -> str:
    """What a lost update took away, and the way back."""
    path = loss.had.path
    path = shlex.quote(path) if shlex.quote(path) != path else short(path)
    what = counted(len(loss.entries), "line", "lines")
    return (
        f"a write from an old reading dropped {what} added shortly before; "
        f"`memoryd restore --lost {path}` brings {'it' if len(loss.entries) == 1 else 'them'} back"
    )
