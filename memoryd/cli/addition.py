"""`check --adding`."""

from typing import TYPE_CHECKING

import typer

from memoryd.cli.output.terminal import emit_json, emit_lines, note, relative, short

if TYPE_CHECKING:
    from memoryd.cli.requests import CheckRequest
    from memoryd.domain.limits.addition import Addition
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.stores.store import Store


def report_addition(asked: "CheckRequest", line: str, *, json: bool) -> None:
    """Report for each store whether a line fits; exit 1 if it does not fit in one of them."""
    from memoryd.cli.checking import subject
    from memoryd.domain.limits.addition import add_line
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.limits.loaded import loaded_view
    from memoryd.domain.markdown.document import parse
    from memoryd.runtime import build
    from memoryd.services.checks.check import read

    runtime = build()
    stores = subject(runtime, asked).stores if asked.allow_empty else runtime.select(asked.chosen)
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
        emit_json({"adding": [_fit_json(*answer) for answer in answers]})
    else:
        emit_lines(line for answer in answers for line in _fit(*answer))
    if not all(addition.fits for _, _, addition in answers):
        raise typer.Exit(1)


def _fit(store: "Store", budget: "Budget", addition: "Addition") -> list[str]:
    from memoryd.domain.markdown.plain_text import first_line
    from memoryd.domain.text.phrases import shorten

    profile, view = budget.profile, addition.view
    of_lines = "" if profile.max_lines is None else f" of {profile.max_lines:,}"
    of_units = "" if profile.max_units is None else f" of {profile.max_units:,}"
    size = f"{view.lines:,}{of_lines} lines, {view.units:,}{of_units} {profile.unit}"
    path = short(f"{store.root}/{budget.index.path}")
    if addition.fits:
        return [f"{path}: fits: {size}"]
    lost = [
        f"  {budget.index.position(entry.span.start).line:>6}  "
        f"{shorten(first_line(budget.index, entry.span), 100)}"
        for entry in addition.pushed_out
    ]
    pushed = "; at the top it would push out:" if lost else ""
    return [f"{path}: does not fit: {size}; at the end it would never be seen{pushed}", *lost]


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
