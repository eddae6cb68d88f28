"""`forget`."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import all_stores
from memoryd.cli.options import StoreOptions
from memoryd.cli.output.forgetting import as_json, show, show_proof
from memoryd.cli.output.progress import follow, waiting
from memoryd.cli.output.terminal import (
    NOTHING_CHANGED,
    USE_APPLY,
    ask,
    emit_json,
    is_terminal,
    note,
    short,
)
from memoryd.cli.program import spread
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError, contradiction
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryd.domain.edits.plan import Plan
    from memoryd.domain.forgetting.needle import Needle
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
    from memoryd.services.forgetting.forget import ForgetPlan
    from memoryd.services.forgetting.purge import PurgeProof

_MOST_FILES = 10  # named in a message
_OTHERS = "other machines forget it at their next `memoryd sync`, after yours: memoryd forget --status"


_Similar = Annotated[
    bool, typer.Option("--similar", help="Also parts that contain all words of TEXT in any order.")
]
_Exact = Annotated[bool, typer.Option("--exact", help="Only exact matches: do not show such parts.")]
_Secret = Annotated[
    str | None,
    typer.Option(
        "--secret", metavar="FINGERPRINT", help="A secret that X001 found; removed from history as well."
    ),
]


_Purge = Annotated[
    bool, typer.Option("--purge", help="Also remove it permanently from history and index, and prove it.")
]
_Status = Annotated[
    bool, typer.Option("--status", help="Which machines have forgotten what was purged, and which not.")
]


@dataclass(frozen=True, slots=True)
class _ForgetOptions:
    """The options of `forget` other than those that choose stores."""

    apply: bool
    purge: bool
    similar: bool
    exact: bool
    json: bool


@dataclass(frozen=True, slots=True)
class _Forgotten:
    """A text that was removed from stores, by an operation if it was there."""

    needle: "Needle"
    stores: "tuple[Store, ...]"
    plan: "Plan"
    operation: int | None


@spread
def forget(  # noqa: PLR0913  # options of a command
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to forget; - reads it from standard input.")
    ] = None,
    *,
    secret: _Secret = None,
    apply: options.Apply = False,
    purge: _Purge = False,
    similar: _Similar = False,
    exact: _Exact = False,
    status: _Status = False,
    json: options.Json = False,
    which: StoreOptions,
) -> None:
    """Find every mention of TEXT in all stores, and remove it.

    Shows a diff and changes nothing; on a terminal it asks. `--apply` applies the changes without asking.
    Removed are entries with their children, paragraphs, table rows, values of the front matter, and
    sections whose heading contains TEXT. A topic file whose name or title contains TEXT is removed with
    the index lines that point at it. TEXT may be a secret: it is shown masked and never written down;
    give it as `-` to keep it out of the shell's history. `--purge` cannot be undone, and reaches all
    machines that exchange memory (`memoryd help sync`).

    For example:

        memoryd forget - --purge
        memoryd forget --secret 3f9a1c2b0d
        memoryd forget --status
    """
    from memoryd.domain.forgetting.needle import Needle
    from memoryd.runtime import build

    given = {"TEXT": text is not None, "--secret": secret is not None, "--similar": similar, "--exact": exact}
    given |= {"--apply": apply, "--purge": purge, "--status": status}
    _demand_sense([name for name, is_given in given.items() if is_given])
    if status:
        from memoryd.cli.output.sync.machines import show_status

        show_status(build().locations.sync, json=json)
        return
    purge, exact = purge or secret is not None, exact or secret is not None
    if purge and replace(which, everything=False) != StoreOptions():
        raise MemorydError("a purge always searches all stores", "leave out the options that select stores")
    runtime = build()
    stores = _chosen(runtime, which)
    needle = Needle(_wanted(runtime, stores, text, secret))
    how = _ForgetOptions(apply, purge, similar, exact, json)
    with _masking(needle):
        _forget(runtime, needle, stores, how)


def _chosen(runtime: "Runtime", which: StoreOptions) -> "tuple[Store, ...]":
    """Return the stores that options select, all by default."""
    wholly = which.everything or not (which.paths or which.user)
    chosen = replace(which, everything=wholly).selection
    return all_stores(runtime, chosen) if wholly else runtime.select(chosen)


@contextmanager
def _masking(needle: "Needle") -> "Iterator[None]":
    """Mask the text in errors."""
    try:
        yield
    except MemorydError as error:
        hint = error.hint and needle.masked(error.hint)
        raise MemorydError(needle.masked(error.message), hint) from None


def _demand_sense(given: list[str]) -> None:
    """Refuse a text and options that contradict each other, and neither a text nor a secret."""
    for pair in (("TEXT", "--secret"), ("--similar", "--secret"), ("--similar", "--exact")):
        if set(pair) <= set(given):
            raise contradiction(*pair)
    if "--status" in given and len(given) > 1:
        raise contradiction("--status", next(each for each in given if each != "--status"))
    if not {"TEXT", "--secret", "--status"} & set(given):
        raise MemorydError("nothing to forget is named", "give TEXT, or --secret FINGERPRINT")


def _wanted(runtime: "Runtime", stores: "tuple[Store, ...]", text: str | None, secret: str | None) -> str:
    """Return the text to forget."""
    if secret is not None:
        from memoryd.services.security import secret_named

        with runtime.existing_history() as history:
            return secret_named(secret, stores, history)
    return _read() if text == "-" else text or ""


def _read() -> str:
    """Read the text from standard input; a terminal does not show what is typed."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("Text to forget: ")
    return sys.stdin.buffer.read().decode(errors="surrogateescape")


def _forget(runtime: "Runtime", needle: "Needle", stores: "tuple[Store, ...]", how: _ForgetOptions) -> None:
    from memoryd.services.forgetting.forget import plan_forget

    rewrites = frozenset(runtime.config.rewrite)
    with waiting("searching stores"):
        searched = follow("searching stores", stores)
        planned = plan_forget(searched, needle, similar=how.similar, rewrites=rewrites)
    if how.exact:
        planned = replace(planned, found=tuple(each for each in planned.found if each.mention.exact))
    if not how.json:
        show(planned, needle, similar=how.similar)
    operation, proof = None, None
    if _agreed(planned, how):
        operation, proof = _apply_and_purge(runtime, needle, stores, planned, how)
    if how.json:
        emit_json(as_json(planned, needle, operation, proof))
    elif proof:
        show_proof(proof, needle)
    for problem in planned.problems:
        note(f"error: {needle.masked(problem)}")
    if planned.problems:
        raise typer.Exit(2)
    if proof and proof.remaining:
        raise typer.Exit(1)


def _apply_and_purge(
    runtime: "Runtime",
    needle: "Needle",
    stores: "tuple[Store, ...]",
    planned: "ForgetPlan",
    how: _ForgetOptions,
) -> "tuple[int | None, PurgeProof | None]":
    """Remove the text; returns the operation and, with `--purge`, the proof."""
    from memoryd.domain.stores.profiles import may_rewrite
    from memoryd.services.edits import apply
    from memoryd.services.forgetting.purge import clear

    if how.purge and planned.problems:
        for problem in planned.problems:
            note(f"error: {needle.masked(problem)}")
        raise MemorydError(
            "nothing was changed or purged because of the problems above", "fix them by hand first"
        )
    operation = None
    if planned.plan.fixes:
        with runtime.history() as history:
            operation = apply(planned.plan, history)
        note(f"Applied as operation {operation}")
        note("Agents see the change at their next start.")
    allowed = {*runtime.config.rewrite}
    changed = (store for store in stores if may_rewrite(store.profile, allowed))
    if count := clear(needle, changed):
        note(f"removed {counted(count, 'empty directory', 'empty directories')} named after it")
    if how.purge:
        done = _Forgotten(needle, stores, planned.plan, operation)
        return operation, _purge(runtime, done, similar=how.similar)
    note(
        f"History still contains the text (undo: memoryd undo {operation}); --purge removes it there as well"
    )
    return operation, None


def _agreed(planned: "ForgetPlan", how: _ForgetOptions) -> bool:
    """Return whether to apply the plan: with `--apply`, or after a yes on a terminal."""
    if not planned.plan.fixes and not how.purge:
        return False
    if how.purge:
        note("--purge cannot be undone: it removes the text from versions and operations")
    if how.apply:
        return True
    if is_terminal() and not how.json and ask("Permanently remove this?" if how.purge else "Remove this?"):
        return True
    note(NOTHING_CHANGED if is_terminal() else f"{NOTHING_CHANGED} {USE_APPLY}")
    return False


def _purge(runtime: "Runtime", done: _Forgotten, *, similar: bool) -> "PurgeProof":
    """Remove the text from history and index, unless a file still contains it."""
    from memoryd.services.forgetting.follow import own_files, removed_counts
    from memoryd.services.forgetting.purge import prove, purge_all, standing
    from memoryd.services.sync.announce import answer

    needle, stores = done.needle, done.stores
    if left := standing(needle, stores):
        names = ", ".join(needle.masked(short(path)) for path in left[:_MOST_FILES])
        raise MemorydError(
            f"nothing was purged: the text is still in {names}",
            "remove it there by hand, then run the command again",
        )
    own = own_files(runtime.locations)
    text = _announce(runtime, needle)
    with waiting("purging the history and the index"):
        purged = purge_all(needle, stores, own, similar=similar, final=done.operation)
    rewritten = counted(purged.rewritten, "version rewritten", "versions rewritten")
    note(
        f"purged: {rewritten}, {purged.removed:,} removed, "
        f"{counted(purged.operations, 'operation', 'operations')} affected, "
        f"{counted(purged.asides, 'conflict file', 'conflict files')} removed"
    )
    if text:
        answer(runtime.locations.sync, text, removed_counts(done.plan, purged))
        note(_OTHERS)
    with waiting("searching what remains"):
        return prove(needle, stores, own)


def _announce(runtime: "Runtime", needle: "Needle") -> str:
    """Note for other machines that a text is being forgotten; return its id, or ""."""
    from memoryd.services.sync.announce import announce

    try:
        return announce(runtime.locations.sync, needle)
    except MemorydError as error:
        note(f"other machines still have the text: {error.message} ({error.hint})")
        return ""
