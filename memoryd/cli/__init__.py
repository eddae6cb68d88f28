"""The command line: parse, call, print, exit code.

Modules here import typer and values only; what a command does is imported when it runs, since most
of a command's time is start-up.
"""

from typing import Annotated

import typer

from memoryd import __version__
from memoryd.cli import (
    back,
    check,
    dedupe,
    doctor,
    forget,
    history,
    log,
    look,
    prune,
    run,
    search,
    service,
    tidy,
    versions,
)
from memoryd.cli.output import emit

app = typer.Typer(
    help="Looks after what AI coding agents remember.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        emit(f"memoryd {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Looks after what AI coding agents remember."""


app.command(
    rich_help_panel="Look",
    # so that `-word` reaches the query
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)(search.search)
for panel, commands in (
    ("Look", (look.status, look.show, log.log, versions.diff, versions.cat)),
    ("Check", (check.check, check.link_check, check.rule)),
    ("Tidy", (tidy.compact, prune.prune, dedupe.dedupe, forget.forget, back.undo, back.restore)),
    ("Run", (run.run, doctor.doctor)),
):
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(service.app, name="service", rich_help_panel="Run")
app.add_typer(history.app, name="history", rich_help_panel="Run")
