"""`link-check`: the rules L alone."""

from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.checking import carry_out
from memoryd.cli.options import Asked, Changing, Printing
from memoryd.errors import MemorydError


def link_check(  # noqa: PLR0913  # options of a command
    paths: options.Paths = None,
    *,
    external: Annotated[
        bool, typer.Option("--external", help="Also ask the servers that http and https links name.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="With --external: also ask hosts of private networks.")
    ] = False,
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
    baseline: options.Baseline = None,
    tracked: options.Tracked = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    allow_empty: options.AllowEmpty = False,
) -> None:
    """Check links alone: the rules L.

    Exit codes are those of `check`.
    """
    if allow_private and not external:
        raise MemorydError("--allow-private goes with --external", "without it no host is asked")
    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    printing = Printing(options.Format.JSON if json else report_format, output, statistics)
    words = options.words(select), options.words(ignore)
    asked = Asked(chosen, *words, tracked, allow_empty, baseline, external, allow_private)
    fail_on = options.FailOn.NEVER if exit_zero else fail_on
    carry_out("link-check", asked, printing, Changing(fix, unsafe_fixes, diff), fail_on)
