"""Preconditions as text and JSON."""

import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.terminal import emit_json, emit_lines, styled
from memoryd.domain.doctor import State
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryd.domain.doctor import Precondition
    from memoryd.services.doctor.doctor import Case


_SIGNS = {State.OK: ("✓", "green"), State.WARNING: ("⚠", "yellow"), State.ERROR: ("✗", "red")}


def examine(*, json: bool) -> None:
    """Print the checks of `doctor`, and end with their exit code."""
    from memoryd.services.doctor.doctor import preconditions

    found: list[Precondition] = []
    for each in preconditions(_case()):
        found.append(each)
        if not json:
            emit_lines(_lines(each))
    counts = {state: sum(each.state is state for each in found) for state in State}
    if json:
        emit_json(
            {
                "summary": {
                    "ok": counts[State.OK],
                    "warnings": counts[State.WARNING],
                    "errors": counts[State.ERROR],
                },
                "checks": [
                    {"name": each.name, "state": each.state, "message": each.message, "remedy": each.remedy}
                    for each in found
                ],
            }
        )
    else:
        emit_lines(["", _summary(counts)])
    if counts[State.ERROR]:
        raise typer.Exit(1)


def _case() -> "Case":
    """Return the case to examine, also if the configuration is bad."""
    from pathlib import Path

    from memoryd.adapters.stores.discovery import newest_client
    from memoryd.config import Config
    from memoryd.config.locations import locate
    from memoryd.errors import ConfigError
    from memoryd.runtime import Runtime, build
    from memoryd.services.doctor.doctor import Case

    try:
        runtime, problem = build(), None
    except ConfigError as error:
        runtime, problem = Runtime(Config(), locate(os.environ), Path.cwd()), error
    return Case(
        runtime.locations,
        runtime.config,
        runtime.discover(),
        newest_client(runtime.places),
        problem,
    )


def _lines(each: "Precondition") -> "Iterator[str]":
    sign, colour = _SIGNS[each.state]
    first, *more = _wrapped(each.message, 2)
    yield f"{styled(sign, colour)} {first}"
    yield from (f"  {line}" for line in more)
    first, *more = _wrapped(each.remedy or "", 4)
    if first:
        yield styled(f"  → {first}", "dim")
    yield from (styled(f"    {line}", "dim") for line in more)


def _wrapped(sentence: str, indent: int) -> list[str]:
    """Return lines that fit the terminal after an indent; one line elsewhere."""
    text = visible_line(_shortened(sentence))
    if sys.stdout is None or not sys.stdout.isatty():
        return [text]
    width = max(shutil.get_terminal_size().columns - indent, 20)
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _shortened(sentence: str) -> str:
    """Replace the home directory by `~`."""
    return sentence.replace(f"{os.path.expanduser('~')}/", "~/")


def _summary(counts: dict[State, int]) -> str:
    wrong, weak = counts[State.ERROR], counts[State.WARNING]
    if not wrong and not weak:
        return f"{counts[State.OK]} checks, no problems"
    return f"{counted(wrong, 'error', 'errors')}, {counted(weak, 'warning', 'warnings')}"
