"""`history`: the database of versions."""

import time
from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.terminal import emit_lines, note
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

app = typer.Typer(
    help="Manage the database of versions.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def path() -> None:
    """Print the path of the history."""
    from memoryd.runtime import build

    emit_lines([str(build().locations.history)])


@app.command()
def verify() -> None:
    """Read every record and verify every hash.

    Exit code: 0 intact, 1 damaged.
    """
    from memoryd.runtime import build

    runtime = build()
    with runtime.history() as history:
        problems = history.verify()
        counts = () if problems else history.counts()
    emit_lines(problems)
    if problems:
        found = counted(len(problems), "damage", "damages")
        note(f"{found} found; restore {runtime.locations.history} from a backup")
        raise typer.Exit(1)
    note(f"{_counted(counts)}: all intact")


@app.command()
def expire() -> None:
    """Delete versions older than 90 days whose lines all exist in a file or a later version.

    The daemon does this once a day. The last 1,000 operations can always be undone.
    """
    from memoryd.runtime import build

    runtime = build()
    with runtime.history() as history:
        expired = history.expire(time.time(), runtime.config.history.max_size)
    counts = _counted(
        (("version", expired.versions), ("operation", expired.operations), ("content", expired.contents))
    )
    note(f"{counts} deleted, {expired.size / 1024:,.0f} KiB")


def _counted(numbers: "Iterable[tuple[str, int]]") -> str:
    return ", ".join(counted(number, word, f"{word}s") for word, number in numbers)
