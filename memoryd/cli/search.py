"""`search`."""

from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import emit, emit_json, marks, note, relative, short, styled
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.index import Hit, Index
    from memoryd.runtime import Runtime


def search(  # noqa: PLR0913  # options of a command
    context: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help="Words, “phrases”, prefix*, -without; any text is legal."),
    ],
    *,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Only topics of this type.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many results at most.")
    ] = 10,
    json: options.Json = False,
) -> None:
    """Search the full text of all stores, the best first.

    Never stale, with or without the daemon. Words that a document must not hold: `-word`.
    """
    from memoryd.runtime import build

    if query == ["-h"]:  # any text is legal, and nobody means this one
        emit(context.get_help() + "\n")
        return
    runtime = build()
    text = " ".join(query)
    with runtime.index() as index:
        stores = _sync(runtime, index)
        hits = index.search(text, agent=agent, scope=scope, type=kind, limit=limit)
    if json:
        emit_json({"query": text, "hits": [_as_json(hit) for hit in hits]})
    elif hits:
        emit("\n".join(map(_as_text, hits)))
    elif not stores:
        note("nothing found: no memory store is known")
    else:
        options_meant = [word for word in query if word.startswith("--")]
        note("nothing found" + (f"; “{options_meant[0]}” is no option here" if options_meant else ""))


def _sync(runtime: "Runtime", index: "Index") -> int:
    """Bring the index to the state of the disk; how many stores there are."""
    from memoryd.services.sync import drop_deleted, sync

    stores = runtime.discover().stores
    try:
        with runtime.history() as history:
            sync(stores, index, history)
            drop_deleted(index, history)
    except MemorydError as error:
        note(f"warning: {error.message}; versions are not recorded")
        sync(stores, index, None)
        drop_deleted(index, None)
    if index.healed:
        note(f"note: {index.healed}")
    return len(stores)


def _as_text(hit: "Hit") -> str:
    path = styled(short(f"{hit.root}/{hit.path}"), "cyan")
    return f"{path}:{hit.line}  {hit.title} ({hit.agent}, {hit.scope})\n    {hit.marked(*marks('bold'))}\n"


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
