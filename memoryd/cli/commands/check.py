"""`check`."""

from dataclasses import replace
from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.checking import run_check
from memoryd.cli.options import CheckOptions, StoreOptions
from memoryd.cli.program import spread
from memoryd.errors import MemorydError


@spread
def check(  # noqa: PLR0913  # options of a command
    how: CheckOptions,
    *,
    add_suppressions: options.AddSuppressions = False,
    write_baseline: options.WriteBaseline = False,
    show_files: options.ShowFiles = False,
    secrets: options.Scanner = None,
    adding: Annotated[
        str | None,
        typer.Option("--adding", metavar="LINE", help="Only report whether LINE still fits the index file."),
    ] = None,
    which: StoreOptions,
) -> None:
    """Check memory files against all rules.

    Exit code: 0 clean, 1 findings of level warning or error, 2 something could not be checked.

    For example:

        memoryd check
        memoryd check --all --select S,L
        memoryd check --fix -i
    """
    printing = how.printing(show_files=show_files)
    if adding is not None:
        from memoryd.cli.checking import report_addition

        rest = replace(how, report_format="full", json=False, allow_empty=False)
        others = rest != CheckOptions() or add_suppressions or write_baseline or show_files or secrets
        if others or printing.name not in {"full", "json"}:
            raise MemorydError(
                "--adding cannot be combined with other checks",
                "allowed with it: PATH, --agent, --scope, --json",
            )
        report_addition(how.asked(which.selection), adding, json=printing.name == "json")
        return
    changing = how.changing(suppress=add_suppressions, baseline=write_baseline)
    asked = replace(how.asked(which.selection), scanner=secrets)
    run_check("check", asked, printing, changing, how.fails_on)
