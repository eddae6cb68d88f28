"""`status`, `show` and `search`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import bar, emit, has_colour, note, short, styled, table
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.index import Hit
    from memoryd.runtime import Runtime
    from memoryd.services.survey import StoreView


def status(
    *,
    json: options.Json = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
) -> None:
    """Is the daemon alive, and how full is every agent's memory."""
    from memoryd.adapters.service_manager import running_pid
    from memoryd.rules import ALL_RULES
    from memoryd.runtime import build
    from memoryd.services.survey import survey

    runtime = build()
    found = runtime.discover()
    stores = [
        store for store in found.stores if agent in {None, store.agent} and scope in {None, store.scope}
    ]
    views = survey(stores, found.definitions, ALL_RULES)
    pid = running_pid(runtime.locations.lock)
    if json:
        _emit_json(
            {
                "daemon": {"running": pid is not None, "pid": pid},
                "stores": [_as_json(view) for view in views],
                "index": _index_counts(runtime, sum(len(view.snapshot.documents) for view in views)),
            }
        )
        return
    emit(f"daemon: {f'running as process {pid}' if pid else 'not running'}\n")
    if not views:
        emit("no memory store found\n")
        return
    emit(
        "\n"
        + table(
            ("AGENT", "SCOPE", "USED", "LINES", "UNITS", "UNSEEN", "FINDINGS", "CHANGED", "STORE"),
            map(_row, views),
        )
    )
    waiting = [
        each.name
        for each in found.definitions
        if each.scope and not any(each in view.agents for view in views)
    ]
    if waiting and agent is None and scope is None:
        emit(f"\nno memory yet: {', '.join(sorted(set(waiting)))}\n")


def _row(view: "StoreView") -> tuple[str, ...]:
    from memoryd.domain.lint import Severity

    budget = view.budget
    findings = ", ".join(f"{number} {level}" for level in Severity if (number := view.report.count(level)))
    changed = view.changed.astimezone().strftime("%Y-%m-%d %H:%M") if view.changed else "–"
    used = (
        (
            f"{bar(budget.used)} {budget.used:>4.0%}",
            f"{budget.view.lines:,}",
            f"{budget.view.units:,}",
            str(len(budget.unseen)),
        )
        if budget
        else ("no index file", "–", "–", "–")
    )
    return (view.store.agent, view.store.scope, *used, findings or "–", changed, short(view.store.root))


def show(
    which: Annotated[
        str, typer.Argument(metavar="AGENT|PATH", help="An agent's name, or a path in a store.")
    ],
    *,
    loaded: Annotated[
        bool, typer.Option("--loaded", help="Print exactly what the harness loads, notice included.")
    ] = (False),
    json: options.Json = False,
) -> None:
    """Show one store: its budget, what the agent never sees, its topic files, its findings."""
    from memoryd.rules import ALL_RULES
    from memoryd.runtime import build
    from memoryd.services.survey import survey

    runtime = build()
    found = runtime.discover()
    stores = tuple(store for store in found.stores if store.agent == which)
    if not stores:
        from memoryd.runtime import Selection

        if not Path(which).exists():
            known = ", ".join(sorted({store.agent for store in found.stores}))
            raise MemorydError(
                f"there is no agent or path “{which}”",
                f"known agents: {known}" if known else "no memory store is known",
            )
        stores = runtime.select(Selection((Path(which),)))
    for number, view in enumerate(survey(stores, found.definitions, ALL_RULES)):
        if loaded:
            emit(view.budget.view.context + "\n" if view.budget else "")
        elif json:
            _emit_json(_as_json(view))
        else:
            emit(("\n" if number else "") + _page(view))


def _page(view: "StoreView") -> str:
    from memoryd.domain.topics import plain_text, shorten

    store, budget = view.store, view.budget
    lines = [styled(f"{store.agent} ({store.scope})", bold=True) + f"  {short(store.root)}"]
    lines += [f"defined in {short(agent.path)}" for agent in view.agents]
    if budget is None:
        lines.append(f"no {store.profile.index_name}: the agent starts with nothing")
    else:
        counted, profile = budget.view, budget.profile
        lines += [
            "",
            f"lines  {bar(budget.lines_used)} {counted.lines:>7,} of {profile.max_lines:,}",
            f"units  {bar(budget.units_used)} {counted.units:>7,} of {profile.max_units:,}",
        ]
        if budget.cut_line is None:
            lines.append(f"all of it is loaded; about {budget.room} more entries fit")
        else:
            lines += [
                f"cut at line {budget.cut_line}; never seen by the agent ({len(budget.unseen)} entries):",
                *(
                    f"{budget.index.position(entry.span.start).line:>6}  "
                    + shorten(plain_text(budget.index.slice(entry.span).strip().partition("\n")[0]), 100)
                    for entry in budget.unseen
                ),
            ]
    lines += ["", *_topics(view)]
    if view.report.diagnostics:
        lines += ["", "findings (`memoryd check` tells more):"]
        lines += [
            f"  {each.code} {short(each.path)}:{each.start.line} {each.message}"
            for each in view.report.diagnostics
        ]
    return "\n".join(lines) + "\n"


def _topics(view: "StoreView") -> list[str]:
    reach, lost = view.reach, view.unseen_topics
    if not reach:
        return ["no topic files"]
    ways = {path: "beyond the cut" if path in lost else (way or "not reached") for path, way in reach.items()}
    return [
        f"{len(ways)} topic files, by how the agent reaches them:",
        *(f"  {way:<14}  {path}" for path, way in ways.items()),
    ]


def search(  # noqa: PLR0913  # options of a command
    query: Annotated[
        list[str], typer.Argument(help="Words, “phrases”, prefix*, -without; any text is legal.")
    ],
    *,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Only topics of this type.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many results.")] = 10,
    json: options.Json = False,
) -> None:
    """Full text over all stores, the best first; never stale, with or without the daemon."""
    from memoryd.runtime import build
    from memoryd.services.sync import drop_deleted, sync

    runtime = build()
    text = " ".join(query)
    with runtime.index() as index:
        sync_all = runtime.discover().stores
        try:
            with runtime.history() as history:
                sync(sync_all, index, history)
        except MemorydError as error:
            note(f"warning: {error.message}; versions are not recorded")
            sync(sync_all, index, None)
        drop_deleted(index)
        if index.healed:
            note(f"note: {index.healed}")
        hits = index.search(text, agent=agent, scope=scope, type=kind, limit=limit)
    if json:
        _emit_json({"query": text, "hits": [_hit_json(hit) for hit in hits]})
    elif hits:
        emit("\n".join(map(_hit, hits)))
    else:
        note("nothing found")


def _hit(hit: "Hit") -> str:
    before, after = ("\x1b[1m", "\x1b[0m") if has_colour() else ("", "")
    path = styled(short(f"{hit.root}/{hit.path}"), fg="cyan")
    head = f"{path}:{hit.line}  {hit.title} ({hit.agent}, {hit.scope})"
    return f"{head}\n    {hit.marked(before, after)}\n"


def _hit_json(hit: "Hit") -> dict[str, object]:
    return {
        "path": short(f"{hit.root}/{hit.path}"),
        "line": hit.line,
        "title": hit.title,
        "snippet": hit.snippet,
        "score": hit.score,
        "agent": hit.agent,
        "scope": hit.scope,
    }


def _index_counts(runtime: "Runtime", on_disk: int) -> dict[str, object]:
    with runtime.index() as index:
        return {"files_indexed": sum(index.counts().values()), "files_on_disk": on_disk}


def _as_json(view: "StoreView") -> dict[str, object]:
    from memoryd.domain.lint import Severity

    store, budget = view.store, view.budget
    return {
        "store": store.root,
        "agent": store.agent,
        "scope": store.scope,
        "definitions": [agent.path for agent in view.agents],
        "lines": budget.view.lines if budget else 0,
        "units": budget.view.units if budget else 0,
        "limit_lines": store.profile.max_lines,
        "limit_units": store.profile.max_units,
        "cut_line": budget.cut_line if budget else None,
        "unseen_entries": [
            {
                "line": budget.index.position(entry.span.start).line,
                "text": budget.index.slice(entry.span).rstrip(),
            }
            for entry in budget.unseen
        ]
        if budget
        else [],
        "unseen_topics": list(view.unseen_topics),
        "topics": [{"path": path, "reached_by": way} for path, way in view.reach.items()],
        "findings": {f"{level}s": view.report.count(level) for level in Severity},
        "changed": view.changed.isoformat(timespec="seconds") if view.changed else None,
    }


def _emit_json(value: dict[str, object]) -> None:
    import json

    emit(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
