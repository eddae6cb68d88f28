"""`ls`."""

from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import stores_named
from memoryd.cli.output.stores import table
from memoryd.cli.output.terminal import emit_json, emit_lines, relative, short

if TYPE_CHECKING:
    from memoryd.domain.stores.store import Store


def ls(
    which: Annotated[
        str | None,
        typer.Argument(metavar="AGENT|PATH", help="List the files of this store. Default: all stores."),
    ] = None,
    *,
    json: options.Json = False,
) -> None:
    """List all memory stores, or the files of one.

    For example:

        memoryd ls
        memoryd ls code-reviewer
    """
    from memoryd.runtime import build

    runtime = build()
    found = runtime.discover().stores if which is None else stores_named(runtime, which)
    files = {store.root: _files(store) for store in found}
    if json:
        stores = [
            {
                "agent": store.agent,
                "scope": store.scope,
                "store": relative(store.root),
                "files": list(files[store.root]),
            }
            for store in found
        ]
        emit_json({"stores": stores})
    elif which is None:
        rows = [
            (store.agent, store.scope, f"{len(files[store.root]):,}", short(store.root)) for store in found
        ]
        emit_lines(table(("AGENT", "SCOPE", "FILES", "STORE"), rows) if rows else ["no memory store found"])
    else:
        emit_lines(short(f"{store.root}/{name}") for store in found for name in files[store.root])


def _files(store: "Store") -> tuple[str, ...]:
    """Return the names of the files of a store, the index file first."""
    from memoryd.adapters.stores import contents, files

    try:
        names = sorted(contents.scan(store).files)
    except files.UnreadableError:
        return ()
    return tuple(sorted(names, key=lambda name: name != store.profile.index_name))
