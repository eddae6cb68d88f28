"""`search`."""

from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.fresh_index import open_fresh
from memoryd.cli.output.links import path_link
from memoryd.cli.output.terminal import emit, emit_json, emit_lines, marks, note, relative, styled
from memoryd.cli.usage_errors import unknown_option
from memoryd.domain.text.nearest import did_you_mean
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from memoryd.adapters.search.index import Hit
    from memoryd.cli.fresh_index import FreshIndex
    from memoryd.domain.search.query import Filter

_DAY = "2026-01-31, 2026-01, yesterday, 90d"

_Words = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY", help="Words, “phrases”, prefix*, -without, agent:NAME…; any text is valid."
    ),
]
_Type = Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only topics of this type.")]
_Path = Annotated[
    str | None, typer.Option("--path", metavar="PART", help="Only files whose path contains this.")
]
_Since = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help=f"Only files dated then or later: {_DAY}.")
]
_Before = Annotated[
    str | None, typer.Option("--before", metavar="DAY", help="Only files dated before that day.")
]
_Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="Show at most N results.")
]


def search(  # noqa: PLR0913  # options of a command
    context: typer.Context,
    query: _Words,
    *,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    kind: _Type = None,
    path: _Path = None,
    since: _Since = None,
    before: _Before = None,
    limit: _Limit = 10,
    json: options.Json = False,
) -> None:
    """Search the text of all stores, best matches first.

    Always up to date, with or without the daemon. `-word` excludes documents with that word. The query may
    also contain the filters: `agent:reviewer`, `-type:user`, `since:2026-01`. Names ignore case, and `*` in
    them matches anything. A file's day is the one in its front matter or name, otherwise the day of its last
    change. A query of filters only lists files, the newest first.

    For example:

        memoryd search flaky tests
        memoryd search "exact words" -draft agent:code-reviewer since:90d
    """
    from memoryd.adapters.dates import now
    from memoryd.runtime import build

    if query == ["-h"]:  # otherwise a legal query for documents without h
        emit(context.get_help() + "\n")
        return
    present = now()
    given = {"agent": agent, "scope": scope, "type": kind, "path": path, "since": since, "before": before}
    filters = _filters(given, present)
    text = " ".join(query)
    with open_fresh(build()) as fresh:
        hits = fresh.index.search(text, filters=filters, now=present, limit=limit)
        hints = [] if json else [*_hints(context, query), *(() if hits else _unknown(fresh, agent, kind))]
    if json:
        emit_json({"query": text, "hits": [_as_json(hit) for hit in hits]})
    elif hits:
        for number, hit in enumerate(hits):
            emit_lines([*[""] * bool(number), *_as_text(hit)])
    elif not fresh.stores:
        note("nothing found: no memory store is known")
    else:
        note("nothing found")
    if hints:
        note(*hints)


def _hints(context: typer.Context, query: list[str]) -> "Iterator[str]":
    """Yield a line for each word that was searched as text, but looks like an option."""
    known = [name for each in context.command.get_params(context) for name in each.opts]
    for word in query:
        if word.startswith("--") and len(word) > len("--"):
            meant = unknown_option(word, known)
            near = f": {meant}" if meant else ", since search has no such option"
            yield f'"{word}" was searched as text{near}'


def _unknown(fresh: "FreshIndex", agent: str | None, kind: str | None) -> "Iterator[str]":
    """Yield a line for an agent or type that no store has."""
    agents = {store.agent for store in fresh.stores}
    for word, what, known in ((agent, "agent", agents), (kind, "type", fresh.index.types())):
        if word and "*" not in word and word.lower() not in {each.lower() for each in known}:
            meant = did_you_mean(word, known, "")
            yield f'no memory has the {what} "{word}"' + (f"; {meant}" if meant else "")


def _filters(given: "Mapping[str, str | None]", now: "datetime") -> "list[Filter]":
    """Return the filters that the options stand for."""
    from memoryd.domain.search.query import Field, filter_of

    filters = []
    for name, value in given.items():
        if value is not None:
            wanted = filter_of(Field(name), value, now)
            if wanted is None:
                is_day = name in {"since", "before"}
                hint = f"use {_DAY}" if is_day else "leave out the option to match any"
                kind = "date" if is_day else name
                raise MemorydError(f'--{name}: invalid {kind} "{value}"', hint)
            filters.append(wanted)
    return filters


def _as_text(hit: "Hit") -> tuple[str, str]:
    path = styled(path_link(f"{hit.root}/{hit.path}"), "cyan")
    return f"{path}:{hit.line}  {hit.title} ({hit.agent}, {hit.scope})", f"    {hit.marked(*marks('bold'))}"


def _as_json(hit: "Hit") -> dict[str, object]:
    return {
        "path": relative(f"{hit.root}/{hit.path}"),
        "line": hit.line,
        "title": hit.title,
        "snippet": hit.snippet,
        "score": hit.score,
        "agent": hit.agent,
        "scope": hit.scope,
    }
