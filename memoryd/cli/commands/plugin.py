"""`plugin`: the plugin for Claude Code."""

import typer

from memoryd.cli.output.terminal import emit_lines

app = typer.Typer(
    help="Find the plugin for Claude Code, which has the hooks, two commands and a skill.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _plugin() -> None:
    """Keep `path` a command of its own, though it is the only one."""


@app.command()
def path() -> None:
    """Print the directory of the plugin, and prepare the script that its hooks call.

    Claude Code installs it from there, with `claude plugin install memoryd@memoryd` after the first example.

    For example:

        claude plugin marketplace add "$(memoryd plugin path)"
        claude plugin validate "$(memoryd plugin path)"
    """
    from memoryd.runtime import build
    from memoryd.services.hooks.install import plugin_directory, write_script

    write_script(build().locations)
    emit_lines([str(plugin_directory())])
