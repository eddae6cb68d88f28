"""`restore`: files, stores and lost entries."""

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.confirm import applied_sentence, show_applied
from memoryd.cli.output.terminal import note, short
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.runtime import Runtime
    from memoryd.services.history.restore import RestorePlan


@dataclass(frozen=True, slots=True)
class _RestoreOptions:
    """The options of `restore`."""

    at: str | None
    lost: bool
    delete: bool


_What = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE[@VERSION]|STORE",
        help="A file, deleted or not, or a store. VERSION is a number that `log` shows, or a time.",
    ),
]


_At = Annotated[
    str | None,
    typer.Option(
        "--at", metavar="TIME", help="As it was at that time: '2 hours ago', yesterday, 2026-02-03 14:00."
    ),
]


_Lost = Annotated[
    bool, typer.Option("--lost", help="Restore the lost lines and files that `status` reports.")
]


_Delete = Annotated[bool, typer.Option("--delete", help="With --at: also delete files created since.")]


def restore(
    what: _What, *, at: _At = None, lost: _Lost = False, delete: _Delete = False, json: options.Json = False
) -> None:
    """Restore a version of a file, a deleted file, or a whole store, without asking.

    Without a version: a deleted file or store as it was last, any other file as it was before its last
    change. This is an operation; `memoryd undo` undoes it.

    For example:

        memoryd restore MEMORY.md@3
        memoryd restore .claude/agent-memory/code-reviewer --at yesterday
    """
    from memoryd.domain.edits.plan import Plan
    from memoryd.runtime import build
    from memoryd.services.edits import apply

    if lost and (at or delete):
        raise MemorydError("--lost cannot be used with --at or --delete", "leave one of them out")
    if delete and not at:
        raise MemorydError("--delete needs --at", "add --at TIME")
    runtime = build()
    with runtime.history() as history:
        how = _RestoreOptions(at, lost, delete)
        planned = [_planned(runtime, history, each, how) for each in what]
        plan = Plan("restore", tuple(fix for each in planned for fix in each.plan.fixes))
        paths = [change.path for change in plan.changes]
        for path, following in pairwise(paths):
            if path == following:
                raise MemorydError(f"{short(path)} is given twice", "give each file once")
        identity = apply(plan, history) if plan.fixes else None
    show_applied(plan, identity, json=json)
    if json:
        return
    newer = sum(each.newer for each in planned)
    if newer:
        note(f"kept {counted(newer, 'newer file', 'newer files')}; --delete removes them")
    if identity is None:
        note("Nothing to restore: " + ("no loss is known" if lost else "everything is as it was then"))
    else:
        note(applied_sentence(identity))


def _planned(runtime: "Runtime", history: "History", text: str, how: _RestoreOptions) -> "RestorePlan":
    from memoryd.adapters.dates import now
    from memoryd.adapters.stores import files
    from memoryd.cli.arguments import history_path, split_version
    from memoryd.services.history import look_up, restore

    path, version = split_version(text, history)
    if version is not None and (how.at or how.lost):
        raise MemorydError(f"{text} already has a version", f"leave out --{'at' if how.at else 'lost'}")
    found = history_path(runtime, history, path)
    runtime.demand_inside(found.root)
    if how.lost:
        return restore.plan_restore_lost(history, found.root, path=found.path)
    moment = how.at or (version if version is not None and not look_up.is_number(version) else None)
    if moment is not None:
        time = look_up.moment_of(moment, now())
        return restore.plan_restore_store(history, found.root, time, path=found.path, delete=how.delete)
    if look_up.is_directory(found, history):
        if version is not None:
            raise MemorydError(
                f"{path} is a directory: {version} is not a time", "for example --at '2 hours ago'"
            )
        return restore.plan_restore_store(history, found.root, None, path=found.path)
    if version is not None:
        return restore.plan_restore(history, look_up.find_version(history, found, version, now()))
    return restore.plan_restore(
        history,
        look_up.earlier_version(history, found, files.content(found.path, os.path.realpath(found.root))),
    )
