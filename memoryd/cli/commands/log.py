"""`log`."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.options import StoreOptions
from memoryd.cli.output.history import loss_sentence, returned_sentence
from memoryd.cli.output.terminal import (
    broken,
    emit_diff,
    emit_json,
    emit_lines,
    note,
    relative,
    short,
    styled,
)
from memoryd.cli.program import spread
from memoryd.domain.history.versions import CLIENT, GIT
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.domain.history.lost_lines import Loss
    from memoryd.domain.history.returned import ReturnedLines
    from memoryd.domain.history.versions import Event, Step
    from memoryd.services.history.events import NewestEvents

_MOST_FILES = 10  # shown of one event


_Patch = Annotated[bool, typer.Option("--patch", "-p", help="Show what changed, as a diff.")]
_Limit = Annotated[int, typer.Option("--limit", "-n", min=0, help="Show at most N events; 0 for all.")]


@spread
def log(
    *,
    patch: _Patch = False,
    limit: _Limit = 20,
    json: options.Json = False,
    which: StoreOptions,
) -> None:
    """Show who changed which stores or files and when, newest first.

    memoryd's own operations appear by name, checkouts and merges as "changed by git", writes that Claude Code
    reports as "changed by Claude Code", those of one turn as one operation, and all other changes as "changed
    outside". `@N` is the version of a file after the change, for `memoryd cat FILE@N`, `diff` and `restore`.

    For example:

        memoryd log
        memoryd log .claude/agent-memory/code-reviewer/MEMORY.md -p
    """
    from memoryd.cli.arguments import selected_paths
    from memoryd.runtime import build
    from memoryd.services.history.events import newest_events
    from memoryd.services.history.losses import open_alarms
    from memoryd.services.history.returned import returned_in

    runtime = build()
    with runtime.history() as history:
        paths = selected_paths(runtime, history, which.selection)
        found = newest_events(history, paths, limit)
        shown = found.shown
        lost = {
            loss.dropped_by.id: loss
            for root in sorted({path.root for path in paths})
            for alarm in open_alarms(history, root)
            for loss in alarm.losses
        }
        back = returned_in(history, shown)
        if json:
            told = [_as_json(event, history, lost, back) for event in shown]
            emit_json({"events": told, "hidden": found.versions, "hidden_operations": found.operations})
            return
        for event in shown:
            emit_lines(_lines(event, history, lost, back, all_files=patch))
            if patch:
                _emit_patch(event, history)
    if found.versions or found.operations:
        note(_hidden(found, lost))
    if not shown:
        note("nothing is recorded")


def _lines(
    event: "Event",
    history: "History",
    lost: "dict[int, Loss]",
    back: "dict[int, ReturnedLines]",
    *,
    all_files: bool,
) -> list[str]:
    steps = event.steps if all_files or len(event.steps) <= _MOST_FILES + 1 else event.steps[:_MOST_FILES]
    paths = [visible_line(short(step.after.path)) for step in steps]
    width = max(map(len, paths), default=0)
    head = broken(f"{_local(event.time)}  {_title(event)}", " " * 4)
    lines = [styled(line, "bold") for line in head]
    for step, path in zip(steps, paths, strict=True):
        counts = _counts(step, history)
        colours = (
            styled(f"+{counts[0]}", "green") + " " + styled(f"-{counts[1]}", "red")
            if counts
            else styled("its content is damaged", "red")
        )
        lines.append(
            f"  {step.action:<6}  {path:<{width}}  {styled(f'@{step.after.number}', 'yellow')}  {colours}"
        )
        if loss := lost.get(step.after.id):
            lines.append(styled(f"          {loss_sentence(loss)}", "red"))
        if returned := back.get(step.after.id):
            lines.append(styled(f"          {returned_sentence(returned)}", "yellow"))
    if len(steps) < len(event.steps):
        lines.append(
            f"  … and {counted(len(event.steps) - len(steps), 'more file', 'more files')}: --patch shows all"
        )
    return lines


def _title(event: "Event") -> str:
    operation = event.operation
    if operation is None:
        author = next((visible_line(step.after.author) for step in event.steps if step.after.author), "")
        if event.actor == CLIENT:
            return f"changed by {author} (Claude Code)" if author else "changed by Claude Code"
        if author and event.actor == GIT:
            return f"changed by git: {author}"
        if author:
            return f"committed by {author}"
        first = all(step.before is None for step in event.steps)
        return "first seen" if first else "changed by git" if event.actor == GIT else "changed outside"
    if operation.actor == CLIENT:
        return f"changed by Claude Code, operation {operation.id}: {visible_line(operation.title)}"
    who = " by the daemon" if operation.actor == "daemon" else ""
    undone = f" (undoes operation {operation.undoes})" if operation.undoes else ""
    known = {"done": "", "purge": "", "intent": ": not finished", "purged": ": what it changed was purged"}
    ended = known.get(operation.status, f": nothing changed ({operation.status})")
    title = operation.title
    for root in {step.after.root for step in event.steps}:
        title = title.replace(f"{root}: ", f"{short(root)}: ")
    return f"{operation.cause}, operation {operation.id}{who}{undone}{ended or f': {title}'}"


def _hidden(found: "NewestEvents", lost: "dict[int, Loss]") -> str:
    """Return what is not shown: the number of versions, from when, of what kinds, and how to see them."""
    shown = {step.after.id for event in found.shown for step in event.steps}
    kinds = (
        (found.operations, "operation", "operations"),
        (len(lost.keys() - shown), "loss", "losses"),
    )
    told = ", ".join(counted(*kind) for kind in kinds if kind[0])
    hidden = counted(found.versions, "earlier version", "earlier versions")
    since = f" since {_local(found.since)}" if found.versions else ""
    return f"hidden: {hidden}{since}{f' ({told})' if told else ''}: --limit 0 shows all"


def _counts(step: "Step", history: "History") -> tuple[int, int] | None:
    """Return the numbers of added and removed lines; None if a content is damaged."""
    from memoryd.domain.history.line_changes import line_counts
    from memoryd.services.history.look_up import change_of

    try:
        change = change_of(step, history)
        return line_counts(change.before or b"", change.after or b"")
    except MemorydError:
        return None


def _emit_patch(event: "Event", history: "History") -> None:
    from memoryd.services.history.look_up import change_of

    for step in event.steps:
        try:
            emit_diff(change_of(step, history).diff(os.getcwd()))
        except MemorydError as error:
            note(f"warning: {error.message}")
    emit_lines([""])


def _as_json(
    event: "Event", history: "History", lost: "dict[int, Loss]", back: "dict[int, ReturnedLines]"
) -> dict[str, object]:
    operation = event.operation
    value: dict[str, object] = {
        "time": _utc(event.time),
        "operation": operation.id if operation else None,
        "cause": operation.cause if operation else None,
        "actor": event.actor or None,
        "status": operation.status if operation else None,
        "title": operation.title if operation else None,
        "undoes": operation.undoes if operation else None,
        "author": next((step.after.author for step in event.steps if step.after.author), None),
    }
    files = []
    for step in event.steps:
        plus, minus = _counts(step, history) or (None, None)
        loss, returned = lost.get(step.after.id), back.get(step.after.id)
        files.append(
            {
                "path": relative(step.after.path),
                "action": step.action,
                "version": step.after.id,
                "number": step.after.number,
                "before": step.before.id if step.before else None,
                "added": plus,
                "removed": minus,
                "lost": list(loss.entries) if loss else [],
                "returned": list(returned.entries) if returned else [],
            }
        )
    return {**value, "files": files}


def _local(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
