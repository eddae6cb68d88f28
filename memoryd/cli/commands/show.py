"""`show`."""

import os
import shlex
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import no_such_agent
from memoryd.cli.output.history import alarm_line
from memoryd.cli.output.links import path_link
from memoryd.cli.output.stores import as_json, history_of, told_apart
from memoryd.cli.output.terminal import (
    bar,
    columns,
    emit_bytes,
    emit_json,
    emit_lines,
    note,
    rows,
    short,
    styled,
)
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.agents.definition import AgentDefinition
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
    from memoryd.services.status.views import StoreView

_WIDTH = 100  # of an entry, in characters
_LEAST = 5  # unseen entries, however small the terminal


def show(
    which: Annotated[
        str, typer.Argument(metavar="AGENT|PATH", help="An agent's name, or a path in a store.")
    ],
    *,
    loaded: Annotated[
        bool, typer.Option("--loaded", help="Print exactly what the harness loads, including its notice.")
    ] = False,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Print only the entries that the agent never sees: all of them.")
    ] = False,
    json: options.Json = False,
    no_cache: options.NoCache = False,
) -> None:
    """Show one store: its budget, what the agent never sees, its topic files, its findings.

    A terminal shows as many of the unseen entries as fit its height. An agent may have several stores, one in
    each scope or project.

    For example:

        memoryd show code-reviewer
        memoryd show code-reviewer --loaded
    """
    if loaded + unseen + json > 1:
        raise MemorydError("--loaded, --unseen and --json cannot be used together", "use one of them")
    from memoryd.runtime import Selection, build

    runtime = build()
    found = runtime.discover()
    stores = tuple(store for store in found.stores if store.agent == which)
    if not stores:
        if not Path(which).exists():
            raise no_such_agent(which, found.stores)
        stores = runtime.select(Selection((Path(which),)))
    if len(stores) > 1 and (loaded or json):
        raise MemorydError(f'"{which}" has {len(stores)} stores', f"name one of them: {told_apart(stores)}")
    if loaded:
        _print_loaded(found, stores[0])
        return
    views, trends = _views(runtime, stores, found.definitions, cache=not no_cache)
    if json:
        emit_json(as_json(views[0]))
    else:
        for number, view in enumerate(views):
            page = _unseen_page(view) if unseen else _page(view, which, trends.get(view.store.root))
            emit_lines([*[""] * bool(number), *page])


def _views(
    runtime: "Runtime", stores: "tuple[Store, ...]", agents: "tuple[AgentDefinition, ...]", *, cache: bool
) -> "tuple[tuple[StoreView, ...], dict[str, tuple[str, str]]]":
    """Read stores completely; for a terminal, return also the fill over time by store."""
    from memoryd.rules import ALL_RULES
    from memoryd.services.report.past import sparks
    from memoryd.services.status.survey import survey

    kept, user = runtime.kept_facts(cache=cache), runtime.user_checks
    with history_of(runtime) as history:
        views = survey(stores, agents, ALL_RULES, user=user, history=history, kept=kept)
        return views, sparks(views, history, time.time()) if columns() else {}


def _print_loaded(found: "FoundStores", store: "Store") -> None:
    """Print what the harness sends of a store, and on stderr why that is not the index file."""
    from memoryd.adapters.stores import contents
    from memoryd.domain.limits.sent import sent_text
    from memoryd.services.agents.read_roster import gather

    variable = "CLAUDE_CODE_DISABLE_AUTO_MEMORY"
    off = f"{variable}=1 turns all memory off" if os.environ.get(variable) == "1" else ""
    snapshot = contents.snapshot(store)
    sent = sent_text(snapshot, gather(replace(found, stores=(store,)), (snapshot,), git=False), off=off)
    if sent.reason:
        note(f"{short(store.root)}: {sent.reason}")
    emit_bytes(f"{sent.text}\n".encode(errors="backslashreplace") if sent.text else b"")


def _title(view: "StoreView") -> str:
    store = view.store
    return styled(f"{store.agent} ({store.scope})", "bold") + f"  {path_link(store.root)}"


def _unseen_page(view: "StoreView") -> list[str]:
    entries = _entries(view.budget)
    return [_title(view), *(entries or ["the agent sees every entry" if view.budget else _without(view)])]


def _page(view: "StoreView", which: str, trend: tuple[str, str] | None) -> list[str]:
    """Return all about a store; on a terminal, only as many unseen entries as leave the rest on the screen.

    Args:
        view: The store.
        which: The user's word for it.
        trend: Its fill over time as blocks, and the day on which they begin; None if it never changed.
    """
    head = [_title(view), *(f"defined in {path_link(agent.path)}" for agent in view.agents), ""]
    head += _budget(view)
    head += [f"  {trend[0]}  since {trend[1]}"] if trend else []
    entries, tail = _entries(view.budget), ["", *_topics(view), *_problems(view)]
    if columns():
        room = shutil.get_terminal_size().lines - len(rows([*head, *tail])) - 2  # the rest, and the prompt
        most = max(room, _LEAST)
        if len(entries) > most + 1:
            more = f"        … {len(entries) - most:,} more: memoryd show {shlex.quote(which)} --unseen"
            entries = [*entries[:most], more]
    return [*head, *entries, *tail]


def _problems(view: "StoreView") -> list[str]:
    lines = list[str]()
    if view.report.unread:
        lines += ["", "could not be read:"]
        lines += [f"  {short(each.path)}: {each.reason}" for each in view.report.unread]
    for alarm in view.alarms:
        lines += ["", styled(alarm_line(alarm), "red")]
        lines += [f"  {entry}" for loss in alarm.losses for entry in loss.entries]
    if view.report.diagnostics:
        lines += ["", f"findings (details: `memoryd check {short(view.store.root)}`):"]
        lines += [
            f"  {each.code} {short(each.path)}:{each.start.line} {each.message}"
            for each in view.report.diagnostics
        ]
    return lines


def _without(view: "StoreView") -> str:
    return f"no {view.store.profile.index_name}: the agent starts with nothing"


def _entries(budget: "Budget | None") -> list[str]:
    """Return the first line of each entry that the agent never sees, with its line number."""
    from memoryd.domain.markdown.plain_text import first_line
    from memoryd.domain.text.phrases import shorten

    if budget is None:
        return []
    most = min(_WIDTH, max(columns() - 8, 0) or _WIDTH)
    return [
        f"{budget.index.position(entry.span.start).line:>6}  "
        + shorten(first_line(budget.index, entry.span), most)
        for entry in budget.unseen
    ]


def _budget(view: "StoreView") -> list[str]:
    from memoryd.domain.limits.budget import budgets_of

    budget = view.budget
    lines = [line for each in budgets_of(view.snapshot) for line in _bars(each)]
    if budget is None:
        return lines or [_without(view)]
    if budget.cut_line is None:
        room = budget.room
        more = "" if room is None else f"; about {counted(room, 'more entry fits', 'more entries fit')}"
        return [*lines, f"all of it is loaded{more}"]
    unseen = counted(len(budget.unseen), "entry", "entries")
    return [*lines, f"{budget.cut_lines}; never seen by the agent: {unseen}"]


def _bars(budget: "Budget") -> list[str]:
    """Return a bar for each limit of one loaded file."""
    bars = [
        f"  {bar(taken / most, 20)} {taken:>7,} of {most:,} {unit}" for taken, most, unit in budget.limits
    ]
    return [budget.index.path, *(bars or [f"  {budget.view.units:,} {budget.profile.unit}, without a limit"])]


def _topics(view: "StoreView") -> list[str]:
    from memoryd.domain.limits.budget import budgets_of

    reach, lost = view.reach, view.unseen_topics
    if not reach:
        return ["no topic files"]
    loaded = {budget.index.path for budget in budgets_of(view.snapshot)}
    ways = {
        path: "loaded" if path in loaded else "beyond the cut" if path in lost else (way or "not reached")
        for path, way in reach.items()
    }
    return [
        f"{counted(len(ways), 'topic file', 'topic files')}, by how the agent reaches them:",
        *(f"  {way:<14}  {path}" for path, way in ways.items()),
    ]
