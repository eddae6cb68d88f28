"""The command line: parse, call, print, exit code.

Modules here import typer and values only; what a command does is imported when it runs, since most
of a command's time is start-up.
"""

import sys
from typing import Annotated, Any, ClassVar, NoReturn

import typer

from memoryd import __version__
from memoryd.cli.program import Program


class _Memoryd(Program):
    panels: ClassVar = {
        "Look": {
            "status": "memoryd.cli.commands.status:status",
            "show": "memoryd.cli.commands.show:show",
            "search": "memoryd.cli.commands.search:search",
            "ls": "memoryd.cli.commands.ls:ls",
            "path": "memoryd.cli.commands.path:path",
            "log": "memoryd.cli.commands.log:log",
            "diff": "memoryd.cli.commands.diff:diff",
            "cat": "memoryd.cli.commands.cat:cat",
            "report": "memoryd.cli.commands.report:report",
            "usage": "memoryd.cli.commands.usage:usage",
        },
        "Check": {
            "check": "memoryd.cli.commands.check:check",
            "link-check": "memoryd.cli.commands.link_check:link_check",
            "rule": "memoryd.cli.commands.rule:rule",
        },
        "Tidy": {
            "compact": "memoryd.cli.commands.compact:compact",
            "prune": "memoryd.cli.commands.prune:prune",
            "dedupe": "memoryd.cli.commands.dedupe:dedupe",
            "forget": "memoryd.cli.commands.forget:forget",
            "undo": "memoryd.cli.commands.undo:undo",
            "restore": "memoryd.cli.commands.restore:restore",
            "dismiss": "memoryd.cli.commands.dismiss:dismiss",
        },
        "Connect": {
            "add": "memoryd.cli.commands.add:add",
            "edit": "memoryd.cli.commands.edit:edit",
            "hook": "memoryd.cli.commands.hook:app",
            "plugin": "memoryd.cli.commands.plugin:app",
            "mcp": "memoryd.cli.commands.mcp:mcp",
            "statusline": "memoryd.cli.commands.statusline:statusline",
            "move": "memoryd.cli.commands.move:move",
            "join": "memoryd.cli.commands.join:join",
            "sync": "memoryd.cli.commands.sync:app",
            "merge-driver": "memoryd.cli.commands.merge_driver:merge_driver",
            "resolve": "memoryd.cli.commands.resolve:resolve",
        },
        "Start": {
            "init": "memoryd.cli.commands.init:init",
            "config": "memoryd.cli.commands.config:app",
            "version": "memoryd.cli.commands.version:version",
            "help": "memoryd.cli.commands.help:help_",
            "completion": "memoryd.cli.commands.completion:completion",
        },
        "Run": {
            "run": "memoryd.cli.commands.run:run",
            "service": "memoryd.cli.commands.service:app",
            "doctor": "memoryd.cli.commands.doctor:doctor",
            "trust": "memoryd.cli.commands.trust:trust",
            "untrust": "memoryd.cli.commands.trust:untrust",
            "index": "memoryd.cli.commands.index:app",
            "history": "memoryd.cli.commands.history:app",
            "purge-data": "memoryd.cli.commands.purge_data:purge_data",
        },
    }
    unpaged: ClassVar = frozenset({"config", "edit", "init", "run", "service", "sync"})
    # so that `-word` reaches the query, and `- text` the note
    settings: ClassVar = {
        name: {"ignore_unknown_options": True, "help_option_names": ["--help"]} for name in ("search", "add")
    }

    def main(self, *args: Any, **extra: Any) -> NoReturn:  # noqa: ANN401  # Typer's, passed on
        """Run a command and exit with its code.

        Raises:
            MemorydError: If the command line is wrong, or the command cannot do its job.
        """
        from typer._click.exceptions import ClickException, NoArgsIsHelpError
        from typer._click.utils import PacifyFlushWrapper

        from memoryd.cli.output.terminal import NOTHING_CHANGED, note
        from memoryd.cli.usage_errors import explained

        try:
            sys.exit(super().main(*args, **extra | {"standalone_mode": False}))
        except SystemExit:
            if isinstance(sys.stdout, PacifyFlushWrapper):  # the reader of a help page closed it: no error
                sys.exit(0)
            raise
        except typer.Abort:  # the end of what is typed, where an answer was expected
            note(NOTHING_CHANGED)
            sys.exit(1)
        except NoArgsIsHelpError as error:
            note(*error.message.split("\n"))
            sys.exit(error.exit_code)
        except ClickException as error:
            raise explained(error) from error


app = typer.Typer(
    cls=_Memoryd,
    add_completion=False,  # Typer's changes settings of other programs' menus
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from memoryd.cli.output.terminal import emit

        emit(f"memoryd {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Looks after what AI coding agents remember."""
    if ctx.invoked_subcommand is None and not version:
        from memoryd.cli.commands.status import first_screen
        from memoryd.cli.output.terminal import emit, emit_lines

        lines = first_screen()
        emit_lines(lines) if lines else emit(f"{ctx.get_help()}\n")
