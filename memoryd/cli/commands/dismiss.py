"""`dismiss`: end an alarm about a loss."""

from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.history import alarm_line
from memoryd.cli.output.terminal import emit_json, emit_lines, note
from memoryd.errors import MemorydError, contradiction


def dismiss(
    alarm: Annotated[
        int | None,
        typer.Argument(
            metavar="ALARM",
            min=1,
            max=999_999_999,  # more than any history has
            help="Number of the alarm that `status` shows. Default: the only one.",
        ),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All alarms.")] = False,
    json: options.Json = False,
) -> None:
    """End an alarm about lost lines or files, which were meant to be removed.

    `status` shows an alarm until what was lost is back or the alarm is dismissed. Nothing is deleted: `log`
    and `restore FILE@VERSION` still have the lines.

    For example:

        memoryd dismiss 3
        memoryd dismiss --all
    """
    from memoryd.runtime import build
    from memoryd.services.history.losses import dismiss as close
    from memoryd.services.history.losses import open_alarms

    if alarm is not None and everything:
        raise contradiction("ALARM", "--all")
    runtime = build()
    with runtime.history() as history:
        known = open_alarms(history)
        chosen = [each for each in known if alarm in {None, each.id}]
        if alarm is not None and not chosen:
            raise MemorydError(f"there is no open alarm {alarm}", "`memoryd status` shows the alarms")
        if alarm is None and not everything and len(known) > 1:
            emit_lines(map(alarm_line, known))
            raise MemorydError(f"there are {len(known)} alarms", "name one of them, or use --all")
        for each in chosen:
            close(history, each.id)
    if json:
        emit_json({"dismissed": [each.id for each in chosen]})
        return
    for each in chosen:
        note(f"Dismissed alarm {each.id}")
    if not chosen:
        note("There is no alarm")
