"""`forget`."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.options import StoreOptions
from memoryd.cli.output.forgetting import as_json, show, show_proof
from memoryd.cli.output.terminal import ask, emit_json, is_terminal, note, short
from memoryd.cli.program import spread
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.forgetting.needle import Needle
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime, Selection
    from memoryd.services.forgetting.forget import ForgetPlan
    from memoryd.services.forgetting.purge import OwnFiles, PurgeProof

_PLACES = 10  # files that are named


@dataclass(frozen=True, slots=True)
class _Wish:
    """The options of `forget` that say what is to be done."""

    apply: bool
    purge: bool
    similar: bool
    exact: bool
    json: bool


@spread
def forget(  # noqa: PLR0913  # options of a command
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to forget; - reads it from standard input.")
    ],
    *,
    apply: options.Apply = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Also remove it from history and index, for good, with proof.")
    ] = False,
    similar: Annotated[
        bool, typer.Option("--similar", help="Also parts that contain all words of TEXT in any order.")
    ] = False,
    exact: Annotated[bool, typer.Option("--exact", help="Do not show such parts.")] = False,
    json: options.Json = False,
    which: StoreOptions,
) -> None:
    """Find every mention of TEXT in all stores, and remove it.

    Shows a diff and changes nothing; on a terminal it asks. With `--apply` it does it without asking. An
    entry goes with its children; a paragraph, a table row, a value of the front matter, the section
    under a heading; a topic file whose name or title speaks of TEXT goes whole, with the index lines
    that point at it. TEXT may be a secret: it is shown masked and never written down; give it as `-` to
    keep it out of the shell's history. `--purge` cannot be undone.
    """
    from memoryd.domain.forgetting.needle import Needle
    from memoryd.runtime import build

    if similar and exact:
        raise MemorydError("--similar and --exact exclude each other", "leave one of them out")
    if purge and replace(which, everything=False) != StoreOptions():
        raise MemorydError(
            "--purge looks through all stores", "leave out what narrows it: what is purged must stay nowhere"
        )
    runtime = build()
    needle = Needle(_read() if text == "-" else text)
    wholly = which.everything or not (which.paths or which.user)
    chosen = replace(which, everything=wholly).selection
    stores = _all_stores(runtime, chosen) if wholly else runtime.select(chosen)
    wish = _Wish(apply, purge, similar, exact, json)
    try:
        _forget(runtime, needle, stores, wish)
    except MemorydError as error:
        hint = error.hint and needle.masked(error.hint)
        raise MemorydError(needle.masked(error.message), hint) from None


def _read() -> str:
    """The text from standard input; a terminal does not show what is typed."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("What to forget: ")
    return sys.stdin.buffer.read().decode(errors="surrogateescape")


def _all_stores(runtime: "Runtime", chosen: "Selection") -> "tuple[Store, ...]":
    """The stores that can be found from here, and those that history remembers and that are there."""
    from memoryd.runtime import NothingFoundError

    stores: dict[str, Store] = {}
    with runtime.existing_history() as history:
        roots = [Path(root) for root in history.roots() if os.path.isdir(root)] if history else []
    for each in (chosen, replace(chosen, paths=tuple(roots), everything=False)) if roots else (chosen,):
        with suppress(NothingFoundError):
            stores |= {store.root: store for store in runtime.select(each)}
    return tuple(stores[root] for root in sorted(stores))


def _forget(runtime: "Runtime", needle: "Needle", stores: "tuple[Store, ...]", wish: _Wish) -> None:
    from memoryd.services.forgetting.forget import plan_forget

    rewrites = frozenset(runtime.config.rewrite)
    planned = plan_forget(stores, needle, similar=wish.similar, rewrites=rewrites)
    if wish.exact:
        planned = replace(planned, found=tuple(each for each in planned.found if each.mention.exact))
    if not wish.json:
        show(planned, needle, similar=wish.similar)
    operation, proof = None, None
    if _agreed(planned, wish):
        operation, proof = _carry_out(runtime, needle, stores, planned, wish)
    if wish.json:
        emit_json(as_json(planned, needle, operation, proof))
    elif proof:
        show_proof(proof, needle)
    for problem in planned.problems:
        note(f"error: {needle.masked(problem)}")
    if planned.problems:
        raise typer.Exit(2)
    if proof and proof.remaining:
        raise typer.Exit(1)


def _carry_out(
    runtime: "Runtime", needle: "Needle", stores: "tuple[Store, ...]", planned: "ForgetPlan", wish: _Wish
) -> "tuple[int | None, PurgeProof | None]":
    """Take it out; returns the operation, and with `--purge` the proof that it is gone."""
    from memoryd.domain.stores.profiles import may_rewrite
    from memoryd.services.forgetting.purge import clear

    if wish.purge and planned.problems:
        for problem in planned.problems:
            note(f"error: {needle.masked(problem)}")
        raise MemorydError("nothing was changed and nothing purged: see above", "mend that by hand first")
    operation = None
    if planned.plan.fixes:
        operation = _apply(runtime, planned)
        note(f"done as operation {operation}")
        note("agents see the change at their next start")
    allowed = {*runtime.config.rewrite}
    changed = (store for store in stores if may_rewrite(store.profile, allowed))
    if count := clear(needle, changed):
        note(f"removed {counted(count, 'empty directory', 'empty directories')} named after it")
    if wish.purge:
        return operation, _purge(runtime, needle, stores, operation, similar=wish.similar)
    note(f"`memoryd undo {operation}` takes it back: history still holds it; --purge removes it there, too")
    return operation, None


def _agreed(planned: "ForgetPlan", wish: _Wish) -> bool:
    """Whether it is to be done: asked for, or answered so on a terminal."""
    if not planned.plan.fixes and not wish.purge:
        return False
    if wish.purge:
        note("--purge cannot be undone: versions and operations lose what holds the text")
    if wish.apply:
        return True
    if is_terminal() and not wish.json and ask("Forget this for good?" if wish.purge else "Forget this?"):
        return True
    note("nothing was changed" + ("" if is_terminal() else "; --apply does it"))
    return False


def _apply(runtime: "Runtime", planned: "ForgetPlan") -> int:
    from memoryd.services.edits import apply

    with runtime.history() as history:
        return apply(planned.plan, history)


def _purge(
    runtime: "Runtime",
    needle: "Needle",
    stores: "tuple[Store, ...]",
    operation: int | None,
    *,
    similar: bool,
) -> "PurgeProof":
    """Take it out of history and index, unless a file still holds it."""
    from memoryd.services.forgetting.purge import prove, purge_all, standing

    if left := standing(needle, stores):
        names = ", ".join(needle.masked(short(path)) for path in left[:_PLACES])
        raise MemorydError(
            f"nothing was purged: the text still stands in {names}",
            "mend or remove that by hand, then run the command again",
        )
    own = _own(runtime)
    purged = purge_all(needle, stores, own, similar=similar, final=operation)
    rewritten = counted(purged.rewritten, "version rewritten", "versions rewritten")
    note(
        f"purged: {rewritten}, {purged.removed:,} removed, "
        f"{counted(purged.operations, 'operation', 'operations')} concerned, "
        f"{counted(purged.asides, 'file', 'files')} of conflicts removed"
    )
    return prove(needle, stores, own)


def _own(runtime: "Runtime") -> "OwnFiles":
    from memoryd.services.forgetting.purge import OwnFiles

    places = runtime.locations
    return OwnFiles(places.history, places.index, (places.urls, places.log))
