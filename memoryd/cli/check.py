"""`check` and `rule`."""

import os
from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import emit, note
from memoryd.errors import MemorydError


def check(  # noqa: PLR0913  # options of a command
    paths: options.Paths = None,
    *,
    report_format: Annotated[options.Format, typer.Option("--format", help="How to print findings.")] = (
        options.Format.FULL
    ),
    json: options.Json = False,
    user: options.User = False,
    everything: options.All = False,
    agent: options.Agent = None,
    scope: options.ScopeOption = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Finding nothing to check is no error.")
    ] = False,
) -> None:
    """Check memory files. Exit code: 0 clean, 1 errors or warnings, 2 something could not be checked."""
    from memoryd.domain.lint import Severity
    from memoryd.reporters import concise, full
    from memoryd.reporters import json as json_reporter
    from memoryd.rules import ALL_RULES
    from memoryd.runtime import NothingFoundError, build
    from memoryd.services.check import check as check_stores

    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    try:
        stores = build().select(chosen)
    except NothingFoundError:
        if not allow_empty:
            raise
        stores = ()
    report = check_stores(stores, ALL_RULES)
    reporter = {
        options.Format.FULL: full.render,
        options.Format.CONCISE: concise.render,
        options.Format.JSON: json_reporter.render,
    }[options.Format.JSON if json else report_format]
    emit(reporter(report, os.getcwd()))
    if report.unread:
        note(f"error: {len(report.unread)} of the files could not be read")
        raise typer.Exit(2)
    if report.count(Severity.ERROR) or report.count(Severity.WARNING):
        raise typer.Exit(1)


def rule(
    code: Annotated[str | None, typer.Argument(help="Code or name; all rules are listed without it.")] = None,
) -> None:
    """Explain what a rule means and why, with examples."""
    from difflib import get_close_matches

    from memoryd.rules import ALL_RULES

    if code is None:
        emit("".join(f"{each.code}  {each.level:<8} {each.name:<20} {each.summary}\n" for each in ALL_RULES))
        return
    for each in ALL_RULES:
        if code.upper() == each.code or code == each.name:
            emit(f"{each.code} {each.name} ({each.level})\n\n{each.page}\n")
            return
    near = get_close_matches(code, [name for each in ALL_RULES for name in (each.code, each.name)], n=1)
    raise MemorydError(
        f"there is no rule “{code}”",
        f"did you mean {near[0]}?" if near else "`memoryd rule` lists all of them",
    )
