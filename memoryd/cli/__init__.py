"""The command line: parse, call, print, exit code.

Modules here import typer and values only; what a command does is imported when it runs, since most
of a command's time is start-up.
"""

from typing import Annotated, ClassVar

import typer

from memoryd import __version__
from memoryd.cli.program import Program


class _Memoryd(Program):
    panels: ClassVar = {
        "Look": {
            "status": "memoryd.cli.status:status",
            "show": "memoryd.cli.look:show",
            "search": "memoryd.cli.search:search",
            "log": "memoryd.cli.log:log",
            "diff": "memoryd.cli.versions:diff",
            "cat": "memoryd.cli.versions:cat",
        },
        "Check": {
            "check": "memoryd.cli.check:check",
            "link-check": "memoryd.cli.check:link_check",
            "rule": "memoryd.cli.check:rule",
        },
        "Tidy": {
            "compact": "memoryd.cli.tidy:compact",
            "prune": "memoryd.cli.prune:prune",
            "dedupe": "memoryd.cli.dedupe:dedupe",
            "forget": "memoryd.cli.forget:forget",
            "undo": "memoryd.cli.back:undo",
            "restore": "memoryd.cli.back:restore",
        },
        "Run": {
            "run": "memoryd.cli.run:run",
            "service": "memoryd.cli.service:app",
            "doctor": "memoryd.cli.doctor:doctor",
            "history": "memoryd.cli.history:app",
        },
    }
    # so that `-word` reaches the query
    settings: ClassVar = {"search": {"ignore_unknown_options": True, "help_option_names": ["--help"]}}


app = typer.Typer(
    cls=_Memoryd,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from memoryd.cli.output import emit

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
