"""S: limits of the agent's context."""

from collections.abc import Iterator
from dataclasses import replace

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.draft import draft_of
from memoryd.domain.compaction.long_entries import long_entries, long_pointers
from memoryd.domain.compaction.shorten import compact, shorten
from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.domain.history.past import UNKNOWN
from memoryd.domain.limits.budget import NEAR, Budget, budgets_of
from memoryd.domain.links.names import unseen_topics
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.plain_text import plain_text
from memoryd.domain.text.phrases import counted
from memoryd.domain.text.phrases import shorten as shorten_text

_QUOTED = 80  # characters of an entry that are shown
_TITLE = "compact the index file"  # how far depends on its past, which only those read who show the plan


@rule("S001", "index-over-limit", Severity.ERROR)
def index_over_limit(context: RuleContext) -> Iterator[Finding]:
    """The index file is over a limit: the agent sees only its beginning.

    Claude Code loads at most 200 lines and at most 25,000 UTF-16 units of an index file, whichever is
    reached first, and silently drops the rest: the end of the file, which is the newest knowledge. The
    finding is at the cut, and names every entry and topic file that the agent never sees.
    `memoryd compact` moves details into topic files without losing a line.

    Found in:
        --- MEMORY.md
        201 × - a fact

    Silent in:
        --- MEMORY.md
        200 × - a fact
    """
    snapshot = context.snapshot
    budgets = budgets_of(snapshot)
    for budget in budgets:
        if budget.view.cut_offset is not None:
            yield _cut(context, budget, budget.view.cut_offset)
    parts = (min(budget.view.units, budget.profile.max_units or budget.view.units) for budget in budgets)
    total, most = sum(parts), snapshot.store.profile.max_total
    if most is not None and total > most and snapshot.index:
        unit = snapshot.store.profile.unit
        message = f"all files together are over the limit: {total:,} {unit} (limit {most:,})"
        yield Finding(snapshot.index, Span(snapshot.index.body, snapshot.index.body), message)


def _cut(context: RuleContext, budget: Budget, cut: int) -> Finding:
    snapshot = context.snapshot
    index = budget.index
    start = cut + index.source.startswith(b"\n", cut)
    topics = unseen_topics(snapshot, budget) if index is snapshot.index else ()
    related = [
        Relation(
            index,
            entry.span.start,
            f"never seen: {shorten_text(plain_text(index.slice(entry.span).strip()), _QUOTED)}",
        )
        for entry in budget.unseen
    ]
    related += [
        Relation(snapshot.documents[path], 0, "never reached: linked only from there") for path in topics
    ]
    lost = [counted(len(budget.unseen), "entry", "entries")]
    if topics:
        lost.append(counted(len(topics), "topic file", "topic files"))
    fix, reason = _compaction(context) if index is snapshot.index else (None, "")
    span = Span(start, max(start, index.source.find(b"\n", start)))
    return Finding(
        index, span, f"{_over(budget)}; {' and '.join(lost)} never seen{reason}", tuple(related), fix
    )


def _over(budget: Budget) -> str:
    profile = budget.profile
    if profile.max_bytes is not None and len(budget.index.raw) > profile.max_bytes:
        return f"nothing of it is loaded: it is larger than {profile.max_bytes:,} bytes"
    binding = [f"{taken:,} {unit} (limit {most:,})" for taken, most, unit in budget.limits if taken > most]
    return f"only part of it is loaded: {' and '.join(binding)}, {budget.cut_lines}"


def _compaction(context: RuleContext) -> tuple[Fix | None, str]:
    snapshot = context.snapshot
    if not context.options.want_fixes or not snapshot.store.profile.rewrites:
        return None, ""
    if not context.options.want_changes and snapshot.index and snapshot.index.undecodable is None:
        return Fix(_TITLE, Applicability.SAFE, ()), ""
    try:
        fix = compact(snapshot, context.around.past)
        return fix and replace(fix, title=_TITLE, outcome=fix.title), ""
    except CannotCompactError as error:
        return None, f"; cannot be compacted: {error}"


@rule("S002", "index-near-limit", Severity.WARNING)
def index_near_limit(context: RuleContext) -> Iterator[Finding]:
    """The index file uses 80 % of a limit or more, and will soon be cut.

    The message shows the use of both limits, and how many further entries of average size fit.
    `memoryd compact FILE` makes room. A fix never moves text of a file that is loaded whole.

    Found in:
        --- MEMORY.md
        160 × - a fact

    Silent in:
        --- MEMORY.md
        159 × - a fact
    """
    snapshot = context.snapshot
    for budget in budgets_of(snapshot):
        if budget.is_over or budget.used < NEAR:
            continue
        room = counted(budget.room or 0, "more entry fits", "more entries fit")
        used = " and ".join(f"{taken:,} of {most:,} {unit}" for taken, most, unit in budget.limits)
        message = f"{used} used; {room}"
        yield Finding(budget.index, Span(budget.index.body, budget.index.body), message)


@rule("S003", "long-index-entry", Severity.INFO)
def long_index_entry(context: RuleContext) -> Iterator[Finding]:
    """An index line of a topic file is longer than 200 characters.

    The format recommends 150: the line is loaded at every start, the topic file only when it is needed, so
    details belong there. Two thirds of real index lines are longer than recommended, so this never fails
    a check.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — we ship on Mondays, after the tests are green, from the release branch, with two people who watch the dashboards for an hour, and roll back at once when the error rate rises above one in a thousand
        --- deploy.md
        Ship it.

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        - a note of its own may be long: we ship on Mondays, after the tests are green, from the release branch, with two people who watch the dashboards for an hour, and roll back at once when the error rate rises
        --- deploy.md
        Ship it.
    """  # noqa: E501  # the example is about long lines
    snapshot = context.snapshot
    draft = draft_of(snapshot, UNKNOWN) if snapshot.store.profile.leads else None
    if draft is None:
        return
    index = draft.index
    pointers = long_pointers(draft)
    fix = shorten(draft, pointers) if pointers and index.undecodable is None else None
    fixable = {pointer.span for pointer in pointers}
    for entry in long_entries(draft):
        length = len(index.slice(entry.span).strip())
        where = entry.target if entry.exists else f"a topic file, and {entry.target} does not exist"
        message = f"{length:,} characters: the detail belongs in {where}"
        yield Finding(index, entry.span, message, fix=fix if entry.span in fixable else None)
