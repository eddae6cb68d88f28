"""Content of the report, collected from stores and the history."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.rule import Rule
from memoryd.domain.checks.selection import Choice
from memoryd.domain.compaction.telling import outcome_in
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.plain_text import first_line
from memoryd.domain.report.graph import topics_of
from memoryd.domain.report.model import (
    Compaction,
    Cost,
    NotePlace,
    Report,
    ReportedFinding,
    SimilarNotes,
    StoreReport,
    UnseenEntry,
)
from memoryd.domain.report.series import writes_of
from memoryd.domain.security.masks import without_secrets
from memoryd.domain.text.phrases import shorten
from memoryd.domain.usage.bill import StoreBill
from memoryd.services.checks.judge import Tick, no_tick
from memoryd.services.duplicates import duplicate_rules
from memoryd.services.report.past import StorePast, day_of
from memoryd.services.status.overview import overview
from memoryd.services.status.survey import survey
from memoryd.services.status.views import StoreView
from memoryd.values import regex

if TYPE_CHECKING:
    from memoryd.adapters.history import History

DETAILED = 60
"""Most stores whose findings, links and repetitions are in a report; the others are rows of its table."""
_POINTS = 60  # of a trend
_FEW_POINTS = 12  # the same of a store that is only a row
_ENTRY, _NOTE = 120, 400  # most characters of an entry and of a note
_MOST_COMPACTIONS = 10
_BROKEN = frozenset({"L001", "L003", "L010"})  # findings whose quotation is the target
_LINK = regex(r"\]\(<?([^)>\s]+)|\[\[([^\]|#]+)")
_VERDICTS = {"D001": "same", "D002": "near", "D003": "contradiction"}


def collect(  # noqa: PLR0913  # what is looked at, and for which time
    found: FoundStores,
    rules: tuple[Rule, ...],
    *,
    user: Choice,
    history: "History | None",
    period: tuple[float, float],
    bills: Mapping[str, StoreBill] = MappingProxyType({}),
    kept: KeptFiles | None = None,
    git: bool = True,
    tick: Tick = no_tick,
) -> Report:
    """Return the content of the report on some stores.

    Args:
        found: The stores and agent definitions.
        rules: All rules.
        user: Rule settings of the user's configuration.
        history: Has the past; None if there is none.
        period: Start and end, in seconds since the epoch.
        bills: The costs of stores by path.
        kept: Has facts about texts that were found out earlier.
        git: Git may be asked, which starts a process.
        tick: Is told how many stores are looked at.
    """
    seen = overview(found, rules, user=user, history=history, kept=kept, git=git, tick=tick)
    views = sorted(seen.views, key=_rank, reverse=True)
    past = StorePast(history, period)
    stores = []
    for number, view in enumerate(views):
        tick("looking at the past", number, len(views))
        is_detailed = number < DETAILED
        store = _row(view, past, _POINTS if is_detailed else _FEW_POINTS)
        store = replace(store, cost=_cost(bills.get(store.store)))
        if is_detailed:
            store = _with_details(store, view, past, _similar(view, user, kept, git=git))
        stores.append(store)
    definitions = tuple(_finding(each, "") for each in seen.definitions)
    start, end = period
    return Report(
        end,
        start,
        is_redacted=False,
        has_history=history is not None,
        stores=tuple(stores),
        definitions=definitions,
    )


def _cost(bill: StoreBill | None) -> Cost | None:
    if bill is None:
        return None
    usage = bill.usage
    return Cost(
        starts=usage.loads,
        tokens_per_start=usage.tokens_now,
        tokens_per_day=round(bill.per_day),
        older_topics=usage.older,
        unread=len(usage.unread),
        saved=bill.saved,
    )


def _rank(view: StoreView) -> tuple[float, ...]:
    """Return the key by which stores with most problems are the last."""
    share = view.budget.used if view.budget else 0.0
    errors, warnings = (view.report.count(level) for level in (Severity.ERROR, Severity.WARNING))
    return (share > 1, errors, warnings, share)


def _row(view: StoreView, past: StorePast, points: int) -> StoreReport:
    store, budget = view.store, view.budget
    versions = past.versions(store.root)
    operations = {operation.id: operation for operation in past.operations(store.root)} if versions else {}
    unseen = tuple(
        UnseenEntry(
            budget.index.position(entry.span.start).line,
            shorten(_quoted(budget.index, first_line(budget.index, entry.span)), _ENTRY),
        )
        for entry in (budget.unseen if budget else ())
        if budget
    )
    return StoreReport(
        agent=store.agent,
        scope=store.scope.value,
        store=store.root,
        index_name=store.profile.index_name,
        has_index=budget is not None,
        lines=budget.view.lines if budget else 0,
        units=budget.view.units if budget else 0,
        unit=store.profile.unit.value,
        limit_lines=store.profile.max_lines,
        limit_units=store.profile.max_units,
        used=budget.used if budget else 0.0,
        cut_line=budget.cut_line if budget else None,
        files=len(view.snapshot.documents),
        errors=view.report.count(Severity.ERROR),
        warnings=view.report.count(Severity.WARNING),
        changed=view.changed.timestamp() if view.changed else None,
        unseen=unseen,
        trend=past.trend(view, points, versions),
        writes=writes_of(versions, operations, past.period[0], day_of),
    )


def _with_details(
    row: StoreReport, view: StoreView, past: StorePast, similar: tuple[SimilarNotes, ...]
) -> StoreReport:
    root, broken = view.store.root, defaultdict[str, list[str]](list)
    for each in view.report.diagnostics:
        if each.code in _BROKEN:
            broken[_inside(each.path, root)].append(_destination(each.quoted))
    return replace(
        row,
        is_detailed=True,
        findings=tuple(_finding(each, root) for each in view.report.diagnostics),
        similar=similar,
        topics=topics_of(view.snapshot, view.reach, view.unseen_topics, broken),
        compactions=_compactions(view, past),
    )


def _destination(link: str) -> str:
    """Return the destination of a Markdown or wiki link, or the text if it is none, shortened."""
    found = _LINK.search(link)
    return ((found[1] or found[2]) if found else link)[:_ENTRY]


def _inside(path: str, root: str) -> str:
    return path.removeprefix(f"{root}/") if root else path


def _finding(found: Diagnostic, root: str) -> ReportedFinding:
    path = _inside(found.path, root)
    return ReportedFinding(found.code, found.name, found.level.value, path, found.start.line, found.message)


def _similar(view: StoreView, user: Choice, kept: KeptFiles | None, *, git: bool) -> tuple[SimilarNotes, ...]:
    """Return the repeated and contradicting notes of a store, by its rules and their settings."""
    (checked,) = survey((view.store,), (), duplicate_rules(across=False), user=user, kept=kept, git=git)
    found = []
    for each in checked.report.diagnostics:
        for other in each.related[:1]:
            lines = max(each.end.line - each.start.line, 0) + 1
            one = _place(view, each.path, each.start.line, lines)
            found.append(
                SimilarNotes(
                    _VERDICTS[each.code],
                    _place(view, other.path, other.position.line, lines),
                    one,
                    each.message,
                )
            )
    return tuple(sorted(found, key=lambda each: list(_VERDICTS.values())[::-1].index(each.verdict)))


def _place(view: StoreView, path: str, line: int, count: int) -> NotePlace:
    relative = _inside(path, view.store.root)
    document = view.snapshot.documents.get(relative)
    lines = document.text.split("\n")[line - 1 : line - 1 + count] if document else []
    text = _quoted(document, "\n".join(lines).strip()) if document else ""
    return NotePlace(relative, line, text if len(text) <= _NOTE else shorten(text, _NOTE))


def _quoted(document: Document, text: str) -> str:
    return without_secrets(text, (document.source,))


def _compactions(view: StoreView, past: StorePast) -> tuple[Compaction, ...]:
    root, index_name = view.store.root, view.store.profile.index_name
    operations = [
        each for each in past.operations(root) if each.status == "done" and each.time >= past.period[0]
    ]
    undone = {each.undoes for each in operations}
    found = list[Compaction]()
    for each in operations:
        outcome = outcome_in(each.title, root)
        if outcome is not None and each.undoes is None and len(found) < _MOST_COMPACTIONS:
            moved = past.moved(each, root, index_name)
            found.append(Compaction(each.id, each.time, outcome, each.id in undone, moved))
    return tuple(found)
