"""`check` and `rule`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output import emit, emit_json, note, relative, short
from memoryd.domain.text import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.adding import Addition
    from memoryd.domain.budget import Budget
    from memoryd.domain.store import Store
    from memoryd.runtime import Selection


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
    adding: Annotated[
        str | None,
        typer.Option(
            "--adding", metavar="LINE", help="Only tell whether LINE still fits into the index file."
        ),
    ] = None,
) -> None:
    """Check memory files against all rules.

    Exit code: 0 clean, 1 errors or warnings found, 2 something could not be checked.
    """
    from memoryd.domain.lint import Severity
    from memoryd.reporters import concise, full
    from memoryd.reporters import json as json_reporter
    from memoryd.rules import ALL_RULES
    from memoryd.services.check import check as check_stores

    chosen = options.selection(paths, user=user, everything=everything, agent=agent, scope=scope)
    stores = _stores(chosen, allow_empty=allow_empty)
    kind = options.Format.JSON if json else report_format
    if adding is not None:
        _tell_whether_it_fits(stores, adding, json=kind is options.Format.JSON)
        return
    report = check_stores(stores, ALL_RULES)
    reporters = {
        options.Format.FULL: full.render,
        options.Format.CONCISE: concise.render,
        options.Format.JSON: json_reporter.render,
    }
    emit(reporters[kind](report, os.getcwd()))
    if report.unread:
        note(f"error: {counted(len(report.unread), 'file or directory', 'files or directories')} not read")
        raise typer.Exit(2)
    if report.count(Severity.ERROR) or report.count(Severity.WARNING):
        raise typer.Exit(1)


def _stores(chosen: "Selection", *, allow_empty: bool) -> "tuple[Store, ...]":
    from memoryd.runtime import NothingFoundError, build

    try:
        return build().select(chosen)
    except NothingFoundError:
        if not allow_empty:
            raise
        return ()


def _tell_whether_it_fits(stores: "tuple[Store, ...]", line: str, *, json: bool) -> None:
    """Answer `--adding` for each store; exit 1 where it would not fit into one of them."""
    from memoryd.domain.adding import add_line
    from memoryd.domain.budget import Budget
    from memoryd.domain.loaded import loaded_view
    from memoryd.domain.markdown import parse
    from memoryd.services.check import read

    answers = []
    unread = []
    for store in stores:
        snapshot = read(store)
        name = store.profile.index_name
        unread += [
            f"{store.root}/{each.path}: {each.reason}" for each in snapshot.unread if each.path in {"", name}
        ]
        index = snapshot.index or parse(name, b"")
        budget = Budget(index, store.profile, loaded_view(index.raw, store.profile))
        answers.append((store, budget, add_line(budget, line)))
    for problem in unread:
        note(f"error: {problem}")
    if unread:
        raise typer.Exit(2)
    if json:
        emit_json({"version": 1, "adding": [_fit_json(*answer) for answer in answers]})
    else:
        emit("".join(_fit(*answer) for answer in answers))
    if not all(addition.fits for _, _, addition in answers):
        raise typer.Exit(1)


def _fit(store: "Store", budget: "Budget", addition: "Addition") -> str:
    from memoryd.domain.topics import first_line, shorten

    profile, view = budget.profile, addition.view
    of_lines = "" if profile.max_lines is None else f" of {profile.max_lines:,}"
    of_units = "" if profile.max_units is None else f" of {profile.max_units:,}"
    size = f"{view.lines:,}{of_lines} lines, {view.units:,}{of_units} {profile.unit}"
    path = short(f"{store.root}/{budget.index.path}")
    if addition.fits:
        return f"{path}: fits: {size}\n"
    lost = [
        f"  {budget.index.position(entry.span.start).line:>6}  "
        f"{shorten(first_line(budget.index, entry.span), 100)}\n"
        for entry in addition.pushed_out
    ]
    pushed = f"; at the top it would push out:\n{''.join(lost)}" if lost else "\n"
    return f"{path}: does not fit: {size}; at the end it would never be seen{pushed}"


def _fit_json(store: "Store", budget: "Budget", addition: "Addition") -> dict[str, object]:
    index = budget.index
    return {
        "path": relative(f"{store.root}/{index.path}"),
        "fits": addition.fits,
        "lines": addition.view.lines,
        "units": addition.view.units,
        "limit_lines": budget.profile.max_lines,
        "limit_units": budget.profile.max_units,
        "unit": budget.profile.unit,
        "pushed_out": [
            {"line": index.position(entry.span.start).line, "text": index.slice(entry.span).rstrip()}
            for entry in addition.pushed_out
        ],
    }


def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Code or name; all rules are listed without it.")
    ] = None,
) -> None:
    """Explain what a rule means and why, with examples."""
    from difflib import get_close_matches

    from memoryd.rules import ALL_RULES

    if code is None:
        emit("".join(f"{each.code}  {each.level:<8} {each.name:<20} {each.summary}\n" for each in ALL_RULES))
        return
    for each in ALL_RULES:
        if code.upper() == each.code or code.lower() == each.name:
            emit(f"{each.code} {each.name} ({each.level})\n\n{each.page}\n")
            return
    near = get_close_matches(code, [name for each in ALL_RULES for name in (each.code, each.name)], n=1)
    raise MemorydError(
        f"there is no rule “{code}”",
        f"did you mean {near[0]}?" if near else "`memoryd rule` lists all of them",
    )
