"""`index`: the search index."""

from typing import TYPE_CHECKING

import typer

from memoryd.cli import options
from memoryd.cli.fresh_index import open_fresh
from memoryd.cli.output.progress import waiting
from memoryd.cli.output.terminal import emit_json, emit_lines, note, short
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryd.services.search.verify import VerifyResult

app = typer.Typer(
    help="Manage the search index.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def path() -> None:
    """Print the path of the index; open it read-only with `sqlite3` or Datasette.

    For example:

        memoryd index path
        sqlite3 -readonly "$(memoryd index path)"
    """
    from memoryd.runtime import build

    emit_lines([str(build().locations.index)])


@app.command()
def rebuild() -> None:
    """Delete the index and build it again from the stores; nothing is lost.

    For example:

        memoryd index rebuild
        memoryd index rebuild && memoryd index verify
    """
    from memoryd.runtime import build

    with open_fresh(build(), rebuild=True) as fresh:
        counts = fresh.index.counts()
    documents = counted(sum(counts.values()), "document", "documents")
    emit_lines([f"{documents} of {counted(len(counts), 'store', 'stores')} indexed"])


@app.command()
def verify(*, json: options.Json = False) -> None:
    """Check the file, and compare it with an index built from the stores.

    A file that changed on disk since the last update is not a fault: the next search reads it.
    Exit code: 0 the index is correct, 1 it is not.

    For example:

        memoryd index verify
        memoryd index verify || memoryd index rebuild
    """
    from memoryd.runtime import build
    from memoryd.services.search.verify import verify as compare

    runtime = build()
    with runtime.index() as index, waiting("comparing the index with the stores"):
        verified = compare(runtime.discover().stores, index, runtime.locations.index.parent)
    faults = list(_faults(verified))
    if json:
        counts = {"stores": verified.stores, "documents": verified.documents, "behind": verified.behind}
        emit_json({**counts, "faults": faults})
    else:
        emit_lines(faults)
    if verified.behind:
        note(
            f"{counted(verified.behind, 'file has', 'files have')} changed since: the next search reads them"
        )
    if faults:
        note(f"{counted(len(faults), 'fault', 'faults')} found; `memoryd index rebuild` rebuilds the index")
        raise typer.Exit(1)
    documents = counted(verified.documents, "document", "documents")
    note(f"{documents} of {counted(verified.stores, 'store', 'stores')}: the index is correct")


def _faults(verified: "VerifyResult") -> "Iterator[str]":
    yield from verified.problems
    for root, names in verified.differing.items():
        yield f"{short(root)}: {', '.join(names)}"
