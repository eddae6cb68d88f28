"""`show`."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import no_such_agent
from memoryd.cli.output.history import alarm_line
from memoryd.cli.output.links import path_link
from memoryd.cli.output.stores import as_json, history_of, told_apart
from memoryd.cli.output.terminal import bar, emit_bytes, emit_json, emit_lines, note, short, styled
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.stores.store import Store
    from memoryd.services.status import StoreView


def show(
    which: Annotated[
        str, typer.Argument(metavar="AGENT|PATH", help="An agent's name, or a path in a store.")
    ],
    *,
    loaded: Annotated[
        bool, typer.Option("--loaded", help="Print exactly what the harness loads, including its notice.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Show one store: its budget, what the agent never sees, its topic files, its findings.

    An agent may have several stores, one in each scope or project.

    For example:

        memoryd show code-reviewer
        memoryd show code-reviewer --loaded
    """
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
    from memoryd.rules import ALL_RULES
    from memoryd.services.status import survey

    with history_of(runtime) as history:
        views = survey(stores, found.definitions, ALL_RULES, user=runtime.user_checks, history=history)
    if json:
        emit_json(as_json(views[0]))
    else:
        for number, view in enumerate(views):
            emit_lines([*[""] * bool(number), *_page(view)])


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


def _page(view: "StoreView") -> list[str]:
    store = view.store
    lines = [styled(f"{store.agent} ({store.scope})", "bold") + f"  {path_link(store.root)}"]
    lines += [f"defined in {path_link(agent.path)}" for agent in view.agents]
    lines += ["", *_budget(view), "", *_topics(view)]
    if view.report.unread:
        lines += ["", "could not be read:"]
        lines += [f"  {short(each.path)}: {each.reason}" for each in view.report.unread]
    for alarm in view.alarms:
        lines += ["", styled(alarm_line(alarm), "red")]
        lines += [f"  {entry}" for loss in alarm.losses for entry in loss.entries]
    if view.report.diagnostics:
        lines += ["", f"findings (details: `memoryd check {short(store.root)}`):"]
        lines += [
            f"  {each.code} {short(each.path)}:{each.start.line} {each.message}"
            for each in view.report.diagnostics
        ]
    return lines


def _budget(view: "StoreView") -> list[str]:
    from memoryd.domain.limits.budget import budgets_of
    from memoryd.domain.markdown.plain_text import first_line
    from memoryd.domain.text.phrases import shorten

    budget, profile = view.budget, view.store.profile
    lines = [line for each in budgets_of(view.snapshot) for line in _bars(each)]
    if budget is None:
        return lines or [f"no {profile.index_name}: the agent starts with nothing"]
    if budget.cut_line is None:
        room = budget.room
        more = "" if room is None else f"; about {counted(room, 'more entry fits', 'more entries fit')}"
        return [*lines, f"all of it is loaded{more}"]
    unseen = counted(len(budget.unseen), "entry", "entries")
    return [
        *lines,
        f"{budget.cut_lines}; never seen by the agent: {unseen}",
        *(
            f"{budget.index.position(entry.span.start).line:>6}  "
            + shorten(first_line(budget.index, entry.span), 100)
            for entry in budget.unseen
        ),
    ]


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
