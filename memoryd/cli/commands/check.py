"""`check`, `link-check` and `rule`."""

from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.checking import carry_out
from memoryd.cli.options import Asked, Changing, Printing
from memoryd.errors import MemorydError

_JSON = Printing(options.Format.JSON)


def check(  # noqa: PLR0913  # options of a command
    paths: options.Paths = None,
    *,
    report_format: options.ReportFormat = options.Format.FULL,
    json: options.Json = False,
    output: options.Output = None,
    statistics: options.Statistics = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    fail_on: options.FailOnOption = options.FailOn.WARNING,
    exit_zero: options.ExitZero = False,
    fix: options.FixOption = False,
    unsafe_fixes: options.UnsafeFixes = False,
    diff: options.DiffOption = False,
    add_suppressions: options.AddSuppressions = False,
    baseline: options.Baseline = None,
    write_baseline: options.WriteBaseline = False,
    show_files: options.ShowFiles = False,
    tracked: options.Tracked = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    allow_empty: options.AllowEmpty = False,
    adding: Annotated[
        str | None,
        typer.Option("--adding", metavar="LINE", help="Only tell whether LINE still fits the index file."),
    ] = None,
) -> None:
    """Check memory files against all rules.

    Exit code: 0 clean, 1 findings of level warning or error, 2 something could not be checked.
    """
    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    printing = Printing(options.Format.JSON if json else report_format, output, statistics, show_files)
    changing = Changing(fix, unsafe_fixes, diff, add_suppressions, write_baseline)
    asked = Asked(chosen, options.words(select), options.words(ignore), tracked, allow_empty, baseline)
    if adding is not None:
        from memoryd.cli.addition import tell_whether_it_fits

        others = Asked(chosen, allow_empty=allow_empty), Changing(), options.FailOn.WARNING, False
        if (asked, changing, fail_on, exit_zero) != others or printing not in {Printing(), _JSON}:
            raise MemorydError("--adding checks nothing else", "it goes with PATH, --agent, --scope, --json")
        tell_whether_it_fits(asked, adding, json=printing.kind is options.Format.JSON)
        return
    carry_out("check", asked, printing, changing, options.FailOn.NEVER if exit_zero else fail_on)
