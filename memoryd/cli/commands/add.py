"""`add`."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import store_named
from memoryd.cli.output.terminal import emit_plan_json, note, short
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.checks.diagnostic import Diagnostic
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.edits.plan import FileChange, Plan
    from memoryd.domain.limits.budget import Budget
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime


_Topic = Annotated[
    str | None,
    typer.Option(
        "--topic", metavar="TOPIC", help="Add it to this topic file, which is created if it is missing."
    ),
]


def add(
    which: Annotated[
        str, typer.Argument(metavar="AGENT|PATH", help="An agent's name, or a path in a store.")
    ],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note, in quotes.")],
    *,
    topic: _Topic = None,
    json: options.Json = False,
) -> None:
    """Add a note to an agent's memory, where the agent sees it.

    Shows the room that is left, and what the memory already says about it. A note that is there already,
    or would not be seen, is not added: exit code 1 or 2.

    For example:

        memoryd add code-reviewer "run the linter before each commit"
        memoryd add code-reviewer "the API moved to /v2" --topic api
    """
    from memoryd.adapters.stores import contents
    from memoryd.cli.confirm import apply
    from memoryd.domain.edits.combine import with_changes
    from memoryd.domain.edits.plan import Plan
    from memoryd.domain.limits.budget import budget_of
    from memoryd.domain.links.new_note import find_note, note_text, plan_note
    from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
    from memoryd.runtime import build

    line = note_text(text)
    runtime = build()
    store = store_named(runtime, which)
    runtime.demand_inside(store.root)
    if not may_rewrite(store.profile, frozenset(runtime.config.rewrite)):
        raise MemorydError(f"{store.root} is not changed: {rewrite_refusal(store.profile)}")
    snapshot = contents.snapshot(store)
    if known := find_note(snapshot, line):
        note(f"Nothing added: {short(f'{store.root}/{known[0]}')}:{known[1]} says the same.")
        raise typer.Exit(1)
    plan = Plan("add", (plan_note(snapshot, line, topic),))
    pending = {change.path: change for change in plan.changes}
    report = _new_findings(runtime, store, pending)
    operation = apply(runtime, plan)
    if json:
        emit_plan_json(plan, operation, report)
        return
    _tell(plan, report, budget_of(with_changes(snapshot, pending)))


def _tell(plan: "Plan", report: "CheckResult", budget: "Budget | None") -> None:
    for change in plan.changes:
        note(f"{change.action:<7} {short(change.path)}")
    if budget and budget.limits:
        taken = ", ".join(f"{number:,} of {most:,} {unit}" for number, most, unit in budget.limits)
        note(f"{budget.index.path} now has {taken}.")
    for each in report.diagnostics:
        note(f"{each.level}: {each.code} {short(each.path)}:{each.start.line} {each.message}")


def _new_findings(runtime: "Runtime", store: "Store", pending: "dict[str, FileChange]") -> "CheckResult":
    """Return the findings that a store would have after changes and does not have now."""
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.checks.selection import Choice
    from memoryd.rules import ALL_RULES
    from memoryd.services.checks.examine import Examination
    from memoryd.services.checks.judge import Terms

    terms = Terms(ALL_RULES, runtime.user_checks, Choice("", "/"))
    examination = Examination(FoundStores((store,)), terms)
    known = Counter(map(_key, examination.report().diagnostics))
    report = examination.report(pending)
    new = tuple(each for each in report.diagnostics if not known[_key(each)])
    return replace(report, diagnostics=new)


def _key(each: "Diagnostic") -> tuple[str, str, str]:
    return (each.code, each.path, each.message)
