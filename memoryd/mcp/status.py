"""`memory_status`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.stores.store import Store
from memoryd.domain.text.phrases import counted
from memoryd.mcp.answers import fitting
from memoryd.mcp.project import Project
from memoryd.rules import ALL_RULES
from memoryd.services.status.overview import overview
from memoryd.services.status.views import StoreView

_MOST_KINDS = 5  # of findings that are named


def status(project: Project, given: Mapping[str, object]) -> str:
    """Return how full the index files are, what is not loaded, and the findings.

    Raises:
        MemorydError: If an agent has no memory here.
    """
    stores = project.stores_of(str(given.get("agent", "")))
    key = tuple(store.root for store in stores)
    return project.remembered(("status", *key), lambda: _status(project, stores))


def _status(project: Project, stores: tuple[Store, ...]) -> str:
    found = replace(project.found, stores=stores)
    with project.runtime.existing_history() as history:
        shown = overview(found, ALL_RULES, user=project.runtime.user_checks, history=history)
    unseen = sum(len(view.budget.unseen) for view in shown.views if view.budget)
    findings = [each for view in shown.views for each in view.report.diagnostics]
    levels = Counter(str(each.level) for each in findings)
    parts = [counted(count, level, f"{level}s") for level, count in sorted(levels.items())]
    head = (
        f"{counted(len(stores), 'store', 'stores')}, {counted(unseen, 'entry', 'entries')} not loaded, "
        f"{', '.join(parts) or 'no findings'}"
    )
    fullest = sorted(shown.views, key=lambda view: -(view.budget.used if view.budget else 0))
    return fitting(head, (_line(project, view) for view in fullest))


def _line(project: Project, view: StoreView) -> str:
    store, budget = view.store, view.budget
    place = f"{store.agent} ({store.scope}) {project.shown(store.root)}"
    if budget is None:
        return f"{place}: no {store.profile.index_name}"
    sizes = ", ".join(f"{taken:,} of {most:,} {unit}" for taken, most, unit in budget.limits)
    unseen = counted(len(budget.unseen), "entry", "entries")
    lost = [f"{unseen} not loaded, from line {budget.cut_line:,}"] if budget.cut_line else []
    alarms = [counted(len(view.alarms), "loss", "losses")] * bool(view.alarms)
    return "; ".join([f"{place}: {sizes or 'no limit'}", *lost, *alarms, *_kinds(view.report.diagnostics)])


def _kinds(findings: tuple[Diagnostic, ...]) -> list[str]:
    """Return the most frequent kinds of findings, as one part of a line; nothing without any."""
    counts = Counter(each.name for each in findings).most_common(_MOST_KINDS)
    return [", ".join(f"{name} {count}" for name, count in counts)] if counts else []
