"""`check`, `link-check` and `rule`."""

from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.checking import Asked, Changing, Printing, carry_out
from memoryd.cli.output.terminal import emit
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


def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Code or name; all rules are listed without it.")
    ] = None,
) -> None:
    """Explain what a rule means and why, with examples."""
    from memoryd.domain.checks.selection import rule_called, suggestion
    from memoryd.rules import ALL_RULES

    if code is None:
        emit("".join(f"{each.code}  {each.level:<8} {each.name:<20} {each.summary}\n" for each in ALL_RULES))
        return
    found = rule_called(code, ALL_RULES)
    if found is None:
        raise MemorydError(f"there is no rule “{code}”", suggestion(code, ALL_RULES))
    emit(f"{found.code} {found.name} ({found.level})\n\n{found.page}\n")
