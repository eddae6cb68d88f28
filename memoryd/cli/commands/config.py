"""`config`."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from memoryd.cli import options
from memoryd.cli.output.stores import table
from memoryd.cli.output.terminal import emit_json, emit_lines, emit_report, note, short

if TYPE_CHECKING:
    from pathlib import Path

    from memoryd.config.effective import EffectiveValue

app = typer.Typer(
    help="Show the configuration: every value, and where it comes from.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_TEMPLATE = """\
# Configuration of memoryd. All keys: memoryd help configuration
# Check it with: memoryd config validate

# What the daemon does with an index file over its limit: compact, report or off.
# [enforce]
# default = "report"
"""


@app.callback()
def show(ctx: typer.Context, *, json: options.Json = False) -> None:
    """Show the configuration: every value, and where it comes from."""
    if ctx.invoked_subcommand is not None:
        return
    from memoryd.config.effective import effective

    path = _path()
    values = effective(path, os.environ)
    if json:
        emit_json({"configuration": str(path), "exists": path.exists(), "values": list(map(asdict, values))})
        return
    missing = "" if path.exists() else " (does not exist yet: `memoryd init` or `memoryd config edit`)"
    rows = [(each.key, each.written, _source(each)) for each in values]
    emit_lines([f"{short(str(path))}{missing}", "", *table(("KEY", "VALUE", "FROM"), rows)])


@app.command()
def edit() -> None:
    """Open the configuration in your editor, and check it afterwards.

    The editor is that of VISUAL or EDITOR. A missing file is created.

    For example:

        memoryd config edit
        EDITOR=nano memoryd config edit
    """
    from memoryd.adapters.daemon.prompt import running_pid
    from memoryd.cli.editor import edit_file
    from memoryd.config.edit import create
    from memoryd.config.locations import locate

    path = _path()
    create(path, _TEMPLATE)
    before = path.read_bytes()
    edit_file(path)
    if path.read_bytes() == before:
        note("Nothing changed.")
        return
    _validate(path)
    if running_pid(locate(os.environ).lock):
        note("The running daemon reads it when it starts: memoryd service restart")


@app.command()
def validate() -> None:
    """Check the configuration and the `MEMORYD_*` variables; exit with 2 if they are wrong.

    For example:

        memoryd config validate
        memoryd config validate && memoryd service restart
    """
    _validate(_path())


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration, with which editors check and complete it.

    For example:

        memoryd config schema
        memoryd config schema > ~/memoryd.schema.json
    """
    from memoryd.config.schema import schema_text

    emit_report(schema_text())


def _path() -> "Path":
    from memoryd.config.locations import locate

    return locate(os.environ).config


def _validate(path: "Path") -> None:
    from memoryd.config import load

    load(path, os.environ)
    what = "is valid" if path.exists() else "does not exist: the defaults apply"
    note(f"{short(str(path))} {what}")


def _source(each: "EffectiveValue") -> str:
    return each.variable or (f"line {each.line}" if each.line else "default")
